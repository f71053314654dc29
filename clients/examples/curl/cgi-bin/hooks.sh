#!/bin/sh
# Receives a message of Bowline: verifies its signature with openssl, and tells the event on standard error.
#
# It is a CGI program (RFC 3875), so the headers are in the environment and the body is on standard input. WEBHOOK_SECRET is
# the secret of the endpoint.
set -euf

answer() {
    printf 'Status: %s\r\n\r\n' "$1"
    exit
}

refuse() {
    printf 'refused: %s\n' "$1" >&2
    answer '400 Bad Request'
}

# A file keeps the body as it came. A variable would lose line breaks at its end.
umask 077
body=$(mktemp)
trap 'rm "$body"' EXIT
head -c "${CONTENT_LENGTH:-0}" > "$body"

# What is signed: id, time and body, with HMAC-SHA256.
key=$(printf %s "${WEBHOOK_SECRET#whsec_}" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n')
if [ "${#key}" -lt 48 ]; then
    echo 'WEBHOOK_SECRET is not the secret of an endpoint' >&2
    answer '500 Internal Server Error'
fi
signed=$(
    (printf '%s.%s.' "${HTTP_WEBHOOK_ID-}" "${HTTP_WEBHOOK_TIMESTAMP-}" && cat "$body") \
        | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | openssl base64 -A
)

# Texts are compared by their hashes with something random, so that the time that it takes tells nothing about them.
salt=$(openssl rand -hex 32)
hash() {
    printf '%s%s' "$salt" "$1" | openssl dgst -sha256 -r
}
# While two secrets overlap, there are two signatures.
authentic=
for signature in ${HTTP_WEBHOOK_SIGNATURE-}; do
    if [ "$(hash "$signature")" = "$(hash "v1,$signed")" ]; then
        authentic=yes
    fi
done
[ -n "$authentic" ] || refuse 'the signature is wrong'

# Whoever has recorded a message cannot send it again later.
age=$(($(date +%s) - HTTP_WEBHOOK_TIMESTAMP))
[ "$age" -le 300 ] && [ "$age" -ge -300 ] || refuse 'the message is not of the last five minutes'

jq -r '"\(.type): \(.data.external_user_id // "")"' "$body" >&2
answer '204 No Content'
