#!/bin/sh
# Walks accounts of a sandbox through every state, without a browser and without Dropbox, with nothing but curl, openssl and jq.
#
# Usage: sh sandbox.sh, with BOWLINE_URL, BOWLINE_API_KEY (a test key: bwl_test_…) and RETURN_URL in the environment.
set -eu

# Secrets go through files and the environment: other users of the machine can see the arguments of programs.
umask 077
kept=$(mktemp -d)
trap 'rm -r "$kept"' EXIT
trap 'exit 1' HUP INT TERM
printf 'Authorization: Bearer %s\n' "$BOWLINE_API_KEY" > "$kept/bowline"

# Calls Bowline with the body from standard input, and prints the answer, also that of a refused call.
call() {
    curl -sS -X "$1" -H @"$kept/bowline" -H 'Content-Type: application/json' --data-binary @- "$BOWLINE_URL/v1/$2"
}

member() {
    printf '%s\n' "$1" | jq -r "$2"
}

base64url() {
    openssl base64 -A | tr '+/' '-_' | tr -d '='
}

# Begins a link session for the user $1.
begin() {
    VERIFIER=$(openssl rand 32 | base64url)
    challenge=$(printf %s "$VERIFIER" | openssl dgst -sha256 -binary | base64url)
    begun=$(
        jq -n --arg user "$1" --arg return_url "$RETURN_URL" --arg challenge "$challenge" \
            '{external_user_id: $user, return_url: $return_url, completion_challenge: $challenge}' \
            | call POST link-sessions
    )
    session=$(member "$begun" .id)
}

# Approves the session without a browser, and completes it as the tenant's app does. Sets `account` to the answer.
finish() {
    back=$(printf '{}' | call POST "sandbox/link-sessions/$session/approve")
    LINK_CODE=$(member "$back" '.return_url // empty' | tr '?&' '\n\n' | sed -n 's/^link_code=//p')
    export LINK_CODE VERIFIER
    account=$(
        jq -n '{link_code: env.LINK_CODE, completion_verifier: env.VERIFIER}' \
            | call POST "link-sessions/$session/complete"
    )
}

# Puts the account $1 into the state $2.
put() {
    printf '{"state": "%s"}' "$2" | call PUT "sandbox/accounts/$1/state" > "$kept/put"
    [ "$(jq -r .state "$kept/put")" = "$2" ] || {
        cat "$kept/put" >&2
        exit 1
    }
}

# What a check of the account says: its status and why it is not alive, or the code of the error.
check() {
    said=$(printf '' | call POST "accounts/$1/check")
    member "$said" '.code // ([.status, .reason] | map(values) | join(", "))'
}

for state in healthy missing_scope user_suspended slow rate_limited dead_grant; do
    begin "user-$state"
    finish
    id=$(member "$account" '.id // empty')
    [ -n "$id" ] || {
        printf '%s\n' "$account" >&2
        exit 1
    }
    put "$id" "$state"
    printf '%s: %s\n' "$state" "$(check "$id")"
    put "$id" healthy
done

# The app is rejected, so the next link fails. Once an account is healthy, it works again.
put "$id" broken_app
begin user-broken_app
finish
printf 'broken_app: %s\n' "$(member "$account" .code)"
put "$id" healthy
