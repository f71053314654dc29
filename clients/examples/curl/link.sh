#!/bin/sh
# Links a user's Dropbox through Bowline and lists its files, with nothing but curl, openssl and jq.
#
# Usage: sh link.sh USER, with BOWLINE_URL, BOWLINE_API_KEY and RETURN_URL in the environment.
set -eu
user=${1:?the name of a user}

# Secrets go through files and the environment: other users of the machine can see the arguments of programs.
umask 077
kept=$(mktemp -d)
trap 'rm -r "$kept"' EXIT
trap 'exit 1' HUP INT TERM
printf 'Authorization: Bearer %s\n' "$BOWLINE_API_KEY" > "$kept/bowline"

# Calls Bowline with the body from standard input.
call() {
    curl -sS --fail-with-body -H @"$kept/bowline" -H 'Content-Type: application/json' --data-binary @- "$BOWLINE_URL/v1/$1"
}

# Ends with what an answer says. If it has a page for the user, a browser has to go there.
refused() {
    printf '%s\n' "$1" | jq -r '"\(.code): \(.detail)", (.outcome_url // empty)' >&2
    exit 1
}

member() {
    printf '%s\n' "$1" | jq -r "$2"
}

# 1. Begin. An app keeps the verifier in the session of its user, and redirects the browser to the URL.
base64url() {
    openssl base64 -A | tr '+/' '-_' | tr -d '='
}
VERIFIER=$(openssl rand 32 | base64url)
challenge=$(printf %s "$VERIFIER" | openssl dgst -sha256 -binary | base64url)
begun=$(
    jq -n --arg user "$user" --arg return_url "$RETURN_URL" --arg challenge "$challenge" \
        '{external_user_id: $user, return_url: $return_url, completion_challenge: $challenge}' \
        | call link-sessions
) || refused "$begun"
id=$(member "$begun" .id)

# 2. The user links, and the browser comes back.
printf 'Open this address in a browser, and approve:\n%s\n' "$(member "$begun" .url)"
printf 'Then type the address to which the browser has come back, even if nothing is there:\n'
read -r returned
parameter() {
    printf '%s\n' "${returned#*\?}" | tr '&' '\n' | sed -n "s/^$1=//p" | tr -cd 'A-Za-z0-9_'
}
if [ "$(parameter link_session)" != "$id" ]; then
    echo 'This link was not started here, so nothing was linked.' >&2
    exit 1
fi
error=$(parameter error)
if [ "$error" = access_denied ]; then
    echo 'You declined, and that is fine. Nothing was linked.'
    exit
elif [ -n "$error" ]; then
    printf 'Your Dropbox was not linked (%s). Please try again.\n' "$error" >&2
    exit 1
fi

# 3. Finish, with the verifier.
LINK_CODE=$(parameter link_code)
export LINK_CODE VERIFIER
account=$(
    jq -n '{link_code: env.LINK_CODE, completion_verifier: env.VERIFIER}' \
        | call "link-sessions/$id/complete"
) || refused "$account"
account=$(member "$account" .id)
printf 'Linked: %s\n' "$account"

# 4. A token, before each piece of work.
token=$(printf '{}' | call "accounts/$account/token") || refused "$token"
printf 'Authorization: Bearer %s\n' "$(member "$token" .access_token)" > "$kept/dropbox"

# 5. The work.
files=$(
    curl -sS --fail-with-body ${DROPBOX_CA_FILE:+--cacert "$DROPBOX_CA_FILE"} -H @"$kept/dropbox" \
        -H 'Content-Type: application/json' --data-binary '{"path": ""}' \
        "https://${DROPBOX_API_HOST:-api.dropboxapi.com}/2/files/list_folder"
) || {
    printf '%s\n' "$files" >&2
    exit 1
}
member "$files" '.entries[].name'
