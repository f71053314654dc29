export interface paths {
    "/v1/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List accounts
         * @description The tenant's accounts in any status, newest first.
         *
         *     Requires an API key with the permission `accounts:read`.
         */
        get: operations["accounts_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an account
         * @description Requires an API key with the permission `accounts:read`.
         */
        get: operations["accounts_show"];
        put?: never;
        post?: never;
        /**
         * Revoke an account
         * @description Once this call has returned, no replica issues a token of the account. The grant is revoked at Dropbox within seconds, or as soon as Dropbox can be reached. Repeating the call changes nothing. If the user links the same Dropbox account again, the account has the same id.
         *
         *     Requires an API key with the permission `accounts:write`.
         */
        delete: operations["accounts_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{id}/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Check whether a link is alive
         * @description Asks the provider, after a refresh of the token if it is due. If the grant has ended, the account becomes `needs_reauth`. If the account is `needs_reauth` already and the provider still accepts its refresh token, the account becomes `active` again. If the provider cannot be reached, nothing is known: `provider_unavailable` (503).
         *
         *     Requires an API key with the permission `accounts:read`.
         */
        post: operations["accounts_check"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{id}/sign": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign a request of OAuth 1
         * @description For apps that use an account and must not have its token: the app sends the request itself, with this Authorization header. Only requests to the connector's own origins are signed, and none to its token endpoints.
         *
         *     Requires an API key with the permission `sign`.
         */
        post: operations["accounts_sign"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{id}/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Fetch an access token of an account
         * @description The token is valid for at least `min_ttl` more seconds; if less is left, the server refreshes it before it responds. If that refresh fails and the token is still valid, the response has `degraded`. Fetch a token before each piece of work and do not store it. Without a token the response is a problem: `needs_reauth` (409), `account_suspended` (403) and `account_revoked` (410) say who has to act; `provider_unavailable` (503) and the like are temporary.
         *
         *     Requires an API key with the permission `token`.
         */
        post: operations["tokens_for_account"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{id}/token/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Force a refresh
         * @description Use this when the provider rejects a token before it expires. The response never has the old token: the call joins a refresh that is in progress or starts one, and fails if the provider cannot be reached. A refresh can be forced once a minute for each account; more often is `refresh_limited` (429). An account without a refresh token is `invalid_state` (409).
         *
         *     Requires an API key with the permission `token`.
         */
        post: operations["tokens_force"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow events
         * @description The messages that webhooks carry, as server-sent events, for development and for apps that no webhook can reach. An event of the type `event` has the body of a message as its data and the message's id as its id. To go on after an interruption without missing any, send the last id as `Last-Event-ID`, or as `after`; events are kept for 30 days, `account.changed` for three. The stream sends `ready` once it is up to date, with the id after which it goes on, `gap` if the event with that id is not known any more, and `end` with a `reason` when the key has ended, when the server is about to stop, and when the database is not available. A comment every 15 seconds shows that it lives.
         *
         *     By default five streams of a tenant may be open at each server. Further ones are `rate_limited`, as are those that exceed what a server allows to all tenants together: try again after `Retry-After` seconds. A stream whose reader is gone counts for up to 15 seconds more.
         *
         *     Requires an API key with the permission `webhooks`.
         */
        get: operations["events_follow"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/link-sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List link sessions
         * @description The tenant's link sessions in any status, newest first.
         *
         *     Requires an API key with the permission `link`.
         */
        get: operations["link_sessions_list"];
        put?: never;
        /**
         * Create a link session
         * @description Send the end user's browser to the `url` of the response. Keep the verifier of `completion_challenge` in the user's session, under the `id` of the link session. Each call creates another session, unless it repeats an `Idempotency-Key`.
         *
         *     Requires an API key with the permission `link`.
         */
        post: operations["link_sessions_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/link-sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a link session
         * @description With `wait`, the call is answered when the session changes its status, at the latest after that many seconds. It is answered at once if the session has ended, if it does not have `known_status` any more, and if the server is about to stop. Call again as long as the status is not the one that you wait for.
         *
         *     Requires an API key with the permission `link`.
         */
        get: operations["link_sessions_show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/link-sessions/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a link session
         * @description Ends a session that the user should not continue: its `url` works no longer, and an approval that was given is not used. The session is then `failed` with the failure `cancelled`. Repeating the call changes nothing. A session that has ended otherwise is refused with `link_finished` and its `state`.
         *
         *     Requires an API key with the permission `link`.
         */
        post: operations["link_sessions_cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/link-sessions/{id}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Complete a link session
         * @description Call this in the request with which the browser returns, with the verifier from that user's session. If that session has no verifier for the link session, do not complete it: the link may have been begun by somebody else. The call can be repeated: after a lost response it returns the same account. After `provider_unavailable` (503) and `link_in_progress` (409) it has to be repeated.
         *
         *     Requires an API key with the permission `link`.
         */
        post: operations["link_sessions_complete"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/manage-sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create a manage session
         * @description Send the end user's browser to the `url` of the response: a page with the accounts that this user has linked, where they can disconnect one or link it again. The URL works in the first browser that opens it, for some minutes. Create it in a request of the user's own session, because whoever opens it first can end the user's links. The API key needs the permissions `accounts:read` and `link` besides `accounts:write`, because the page does what they allow. Each call creates another session, unless it repeats an `Idempotency-Key`.
         *
         *     Requires an API key with the permission `accounts:write`.
         */
        post: operations["manage_sessions_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sandbox/accounts/{id}/state": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Put an account into a state
         * @description Dropbox, which is simulated, behaves accordingly from now on. Bowline learns of it as it does of everything: with the next check, refresh or link. Live keys get `not_found`.
         *
         *     Requires an API key with the permission `accounts:write`.
         */
        put: operations["sandbox_set_state"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sandbox/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Fire an event
         * @description Sends an event of any type to the endpoints that want it, about something of the sandbox, which does not change. Its `data` has `simulated`. Live keys get `not_found`.
         *
         *     Requires an API key with the permission `webhooks`.
         */
        post: operations["sandbox_fire"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sandbox/link-sessions/{id}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Approve a link session without a browser
         * @description Does what the browser of a user does, who approves or declines. Complete the link with the `link_code` of the `return_url`, as your app does when a browser comes back. Live keys get `not_found`.
         *
         *     Requires an API key with the permission `link`.
         */
        post: operations["sandbox_approve"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Fetch access tokens of up to 100 accounts
         * @description Each account has its own outcome, in the order of the request: a token, or the problem that the call for this one account would have returned. The response is 200 even if every outcome is a problem. Counts as one token for each account against the tenant's limit.
         *
         *     Requires an API key with the permission `token`.
         */
        post: operations["tokens_for_many"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{external_user_id}/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Fetch an access token of a user
         * @description Like the call for an account, for the user's only active account. If the user has several, the problem `ambiguous_account` (409) lists them in `account_ids`, newest first. If none is active, the problem is that of the newest account, or `not_found` if the user has linked nothing. Counts as four tokens against the tenant's limit.
         *
         *     Requires an API key with the permission `token`.
         */
        post: operations["tokens_for_user"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List webhook endpoints
         * @description All endpoints in one page, newest first, without their secrets.
         *
         *     Requires an API key with the permission `webhooks`.
         */
        get: operations["webhook_endpoints_list"];
        put?: never;
        /**
         * Create a webhook endpoint
         * @description The endpoint gets events as messages of Standard Webhooks. The response has its signing secret, which is never shown again. The URL must be https on a host of the public internet; redirects are not followed.
         *
         *     Requires an API key with the permission `webhooks`.
         */
        post: operations["webhook_endpoints_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a webhook endpoint
         * @description Requires an API key with the permission `webhooks`.
         */
        get: operations["webhook_endpoints_show"];
        put?: never;
        post?: never;
        /**
         * Remove a webhook endpoint
         * @description Nothing more is sent to it, except for attempts that have begun. Its deliveries are deleted.
         *
         *     Requires an API key with the permission `webhooks`.
         */
        delete: operations["webhook_endpoints_remove"];
        options?: never;
        head?: never;
        /**
         * Edit a webhook endpoint
         * @description What is omitted stays as it is. Events that wait go to the new URL at once.
         *
         *     Requires an API key with the permission `webhooks`.
         */
        patch: operations["webhook_endpoints_edit"];
        trace?: never;
    };
    "/v1/webhook-endpoints/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List deliveries
         * @description What became of events at the endpoint, newest event first. Events are kept for 30 days, `account.changed` for three.
         *
         *     Requires an API key with the permission `webhooks`.
         */
        get: operations["webhook_endpoints_deliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/{id}/deliveries/{event}/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send an event again
         * @description Also one that the endpoint has accepted, and one that it was not told of. It has the same id as before.
         *
         *     Requires an API key with the permission `webhooks`.
         */
        post: operations["webhook_endpoints_resend"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/{id}/disable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Disable a webhook endpoint
         * @description It is told of nothing that happens until it is enabled again. Disabling a disabled endpoint changes nothing.
         *
         *     Requires an API key with the permission `webhooks`.
         */
        post: operations["webhook_endpoints_disable"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/{id}/enable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Enable a webhook endpoint
         * @description What waits for it and is less than three days old is delivered at once. Send it what it has missed with `resend`.
         *
         *     Requires an API key with the permission `webhooks`.
         */
        post: operations["webhook_endpoints_enable"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/{id}/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send all events since a time again
         * @description Those that the endpoint has not accepted, among them what waits, and what it was not told of because it was disabled or did not exist; with `accepted_too`, the others as well. They have the same ids as before.
         *
         *     Requires an API key with the permission `webhooks`.
         */
        post: operations["webhook_endpoints_resend_since"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/{id}/rotate-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Rotate a webhook endpoint's secret
         * @description Messages are signed with the new secret from now on, and with the old one as well for `overlap_hours`. The response has the new secret, which is never shown again.
         *
         *     Requires an API key with the permission `webhooks`.
         */
        post: operations["webhook_endpoints_rotate_secret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a test event
         * @description Sends an event of the type `endpoint.test`, whatever types the endpoint gets. Its delivery is in the list of deliveries.
         *
         *     Requires an API key with the permission `webhooks`.
         */
        post: operations["webhook_endpoints_test"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description An access token that works now. */
        AccessToken: {
            /** @description Send it to the provider as `Authorization: Bearer`. Do not store it; request it again instead. */
            access_token: string;
            /** @description The account. */
            account_id: components["schemas"]["Id_acct"];
            /** @description Present and true if a refresh was due but failed. The token is valid, but for less time than requested. */
            degraded?: boolean;
            /**
             * Format: date-time
             * @description When the provider stops accepting it. Absent if the token has no expiry.
             */
            expires_at?: string | null;
            /** @description The provider's id of the account. */
            provider_account_id: string;
            /** @description The scopes of the token. */
            scopes: string[];
            /** @description `bearer`. */
            token_type: string;
        };
        /** @description A linked account. */
        Account: {
            /** @description How certain it is that the right person approved. */
            assurance: components["schemas"]["Assurance"];
            /** @description The connector through which the account was linked. */
            connector_id: components["schemas"]["Id_conn"];
            /** @description The display name that the provider reported when the account was linked. */
            display_name: string;
            /** @description The e-mail address that the provider reported when the account was linked. */
            email: string;
            /** @description The tenant's own name for its user. */
            external_user_id: string;
            /** @description The account's id, which stays the same when the same account is linked again. */
            id: components["schemas"]["Id_acct"];
            /**
             * Format: date-time
             * @description When a token was last issued, or up to an hour before: it is stored again only when an hour has passed.
             */
            last_used_at?: string | null;
            /**
             * Format: date-time
             * @description When the account was first linked.
             */
            linked_at: string;
            /** @description The tenant's own data, as given with the last link. */
            metadata?: {
                [key: string]: string;
            };
            /** @description Scopes that were requested but not granted. */
            missing_scopes?: string[];
            /** @description The protocol by which the account was linked last. */
            protocol?: components["schemas"]["Protocol"];
            /** @description The provider: `dropbox`. */
            provider: string;
            /** @description The provider's id of the account, such as `dbid:…`. */
            provider_account_id: string;
            /** @description Present and true in a sandbox: the account is at the simulator of Dropbox. */
            sandbox?: boolean;
            /** @description Scopes that were granted. */
            scopes: string[];
            /** @description Whether tokens are available. */
            status: components["schemas"]["AccountStatus"];
            /**
             * @description Why it is not active: the provider's reason, such as `refresh_token_revoked`, or `suspended_by_operator`, `revoked_by_tenant`,
             *     `revoked_by_user`, `revoked_by_operator` or `foreign_browser`. Operators see what they wrote instead.
             */
            status_reason?: string | null;
            /**
             * Format: date-time
             * @description When the account was last linked, changed or refreshed.
             */
            updated_at: string;
            /** @description How the tenant calls its user on the link pages, as given with the last link. */
            user_label?: string | null;
        };
        /** @description Response of `POST /v1/accounts/{id}/check`. */
        AccountCheck: {
            /** @description The account. */
            account_id: components["schemas"]["Id_acct"];
            /** @description Whether the provider accepts the account's token. */
            alive: boolean;
            /**
             * Format: date-time
             * @description When the account was checked.
             */
            checked_at: string;
            /** @description Why it is not alive, such as `refresh_token_revoked`. With `user_suspended`, the provider has suspended its user, which may be temporary. */
            reason?: string | null;
            /** @description Its status after the check; if the grant has ended, this is `needs_reauth`. */
            status: components["schemas"]["AccountStatus"];
        };
        /**
         * @description Whether an account's tokens are available, and if not, who must act.
         *
         *     - `active`: Tokens are issued.
         *     - `needs_reauth`: The grant has ended; the end user must link again.
         *     - `suspended`: An operator suspended the account; its tokens are kept but not issued.
         *     - `revoking`: Revoked here; the revocation at the provider is pending.
         *     - `revoked`: Revoked here and at the provider.
         * @enum {string}
         */
        AccountStatus: "active" | "needs_reauth" | "suspended" | "revoking" | "revoked";
        /** @description Body of `POST /v1/sandbox/link-sessions/{id}/approve`. */
        ApproveSandboxLink: {
            /** @description Whether the user declines instead; false if omitted. */
            decline?: boolean;
            /** @description The e-mail address of a user of the simulator, such as `amara@example.com`; a new user if omitted. */
            user?: string | null;
        };
        /** @description Response of `POST /v1/sandbox/link-sessions/{id}/approve`. */
        ApprovedSandboxLink: {
            /** @description The link session. */
            link_session_id: components["schemas"]["Id_ls"];
            /**
             * @description The address to which the user's browser would have been redirected: the session's return URL with `link_session`, and with
             *     `link_code` or `error`.
             */
            return_url: string;
        };
        /**
         * @description How certain it is that the person who approved is the tenant's user.
         *
         *     - `confirmed`: The tenant proved, from the user's own session, that the same user returned (two-step completion).
         *     - `browser`: Only the browser was bound; a forwarded link cannot be ruled out.
         * @enum {string}
         */
        Assurance: "confirmed" | "browser";
        /** @description Body of `POST /v1/link-sessions/{id}/complete`. */
        CompleteLinkSession: {
            /** @description The verifier whose SHA-256 was the `completion_challenge` of the session. */
            completion_verifier: string;
            /** @description The `link_code` with which the browser returned: `bwl_lc_…`. */
            link_code: string;
        };
        /**
         * @description How a link is completed.
         *
         *     - `tenant`: The tenant's back end completes the link from the user's session (the default).
         *     - `browser`: The link is completed at the callback, without the tenant; weaker.
         * @enum {string}
         */
        Completion: "tenant" | "browser";
        /** @description Body of `POST /v1/link-sessions`. */
        CreateLinkSession: {
            account_id?: components["schemas"]["Id_acct"] | null;
            completion?: components["schemas"]["Completion"] | null;
            /** @description The SHA-256 of a verifier, as base64url without padding (43 characters). The verifier stays in the user's session at the tenant. Required unless the connector completes in the browser. */
            completion_challenge?: string | null;
            connector?: components["schemas"]["Id_conn"] | null;
            /** @description The tenant's own name for its user: 1 to 256 bytes, compared byte for byte. It must not contain a control character, and no part between slashes may be `.` or `..`. */
            external_user_id: string;
            /** @description Whether the provider signs the user out first, so that they can choose another account. The default is true with `account_id` and false otherwise. OAuth 1 has nothing like it. */
            force_reauthentication?: boolean | null;
            /** @description The language of the link pages and of the provider's: a language tag (BCP 47) such as `pt-BR`, of at most 35 characters. The default is the browser's language. */
            locale?: string | null;
            /** @description The tenant's own data, which the linked account shows: up to 16 pairs with names of 1 to 40 and values of at most 500 characters. No secrets: operators see it. The default with `account_id` is the account's own. */
            metadata?: {
                [key: string]: string;
            } | null;
            require_role?: components["schemas"]["RequiredRole"] | null;
            /** @description Where the browser is redirected back to: an https URL (or http on a loopback address) of at most 2,000 ASCII characters. Origin and path must be registered with the connector. */
            return_url: string;
            /** @description Scopes to request: some of the connector's. `account_info.read` is always added. The default is the connector's scopes for a new link and, with `account_id`, the account's `scopes` and `missing_scopes`. */
            scopes?: string[] | null;
            /** @description How the link pages call the user, such as `ada@acme.example`, in place of `external_user_id`: 1 to 200 characters, none of them invisible or a control character. It is kept with the account. The default with `account_id` is the account's own. */
            user_label?: string | null;
        };
        /** @description Body of `POST /v1/manage-sessions`. */
        CreateManageSession: {
            /** @description The SHA-256 of a verifier, as in link sessions. If the user links an account again on the page, the link session has this challenge, and you complete it. Without it, the page offers no such link for connectors that need one. */
            completion_challenge?: string | null;
            connector?: components["schemas"]["Id_conn"] | null;
            /** @description The tenant's own name for its user, as in link sessions. The page shows the accounts of this user, of all connectors. */
            external_user_id: string;
            /** @description The language of the page: a language tag (BCP 47) such as `pt-BR`, of at most 35 characters. The default is the browser's language. */
            locale?: string | null;
            /** @description Where the browser is returned to, with `manage_session` as a parameter: as in link sessions. Origin and path must be registered with the connector. */
            return_url: string;
            /** @description How the page calls the user, such as `ada@acme.example`, in place of `external_user_id`: 1 to 200 characters. */
            user_label?: string | null;
        };
        /** @description Body of `POST /v1/webhook-endpoints`. */
        CreateWebhookEndpoint: {
            connector?: components["schemas"]["Id_conn"] | null;
            /** @description The types of events that it gets, such as `account.needs_reauth`; all if omitted or empty. */
            events?: string[];
            /** @description Where events are sent: https, on a host of the public internet; up to 1,000 characters. */
            url: string;
        };
        /** @description Body of `PATCH /v1/webhook-endpoints/{id}`. What is omitted stays as it is. */
        EditWebhookEndpoint: {
            connector?: components["schemas"]["Id_conn"] | null;
            /** @description The types of events that it gets; all if empty. Of events that wait, those of other types are still delivered. */
            events?: string[] | null;
            /** @description Where events are sent. */
            url?: string | null;
        };
        /** @description Body of `POST /v1/sandbox/events`. */
        FireSandboxEvent: {
            /** @description The id of what the event is about: an account, a link session, a connector or, for `endpoint.test`, an endpoint. */
            subject: string;
            /** @description A type of the tenant guide's table, such as `account.needs_reauth`. */
            type: string;
        };
        /** @description Response of `POST /v1/sandbox/events`. */
        FiredSandboxEvent: {
            /** @description The event's id. */
            event_id: components["schemas"]["Id_evt"];
        };
        /** @description Body of `POST /v1/accounts/{id}/token/refresh`; optional. */
        ForceRefresh: {
            /**
             * Format: int32
             * @description The minimum remaining lifetime of the token in seconds: 0 to 3,600; 300 if omitted.
             */
            min_ttl?: number | null;
        };
        Id_acct: string;
        Id_conn: string;
        Id_evt: string;
        Id_ls: string;
        Id_ms: string;
        Id_whe: string;
        /** @description Response of `GET /v1/link-sessions/{id}`. */
        LinkSession: {
            account_id?: components["schemas"]["Id_acct"] | null;
            completion?: components["schemas"]["Completion"] | null;
            /** @description The connector of the session. */
            connector_id: components["schemas"]["Id_conn"];
            /**
             * Format: date-time
             * @description When the session was created.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When the session expires.
             */
            expires_at: string;
            /** @description The tenant's own name for its user. */
            external_user_id: string;
            /**
             * @description Why it failed, such as `access_denied` or `answer_lost`; with status `failed` or `denied`. With status `authorizing`, why the last
             *     approval was not accepted: the user may still choose another account in the same session.
             */
            failure?: string | null;
            /** @description Whether the provider signs the user out first. */
            force_reauthentication?: boolean;
            /** @description The session's id. */
            id: components["schemas"]["Id_ls"];
            /** @description The requested language. */
            locale?: string | null;
            /** @description The tenant's own data. */
            metadata?: {
                [key: string]: string;
            };
            relink_account_id?: components["schemas"]["Id_acct"] | null;
            require_role?: components["schemas"]["RequiredRole"] | null;
            /** @description The requested scopes. */
            scopes?: string[];
            /** @description The session's state. */
            status: components["schemas"]["LinkSessionStatus"];
            /** @description How the link pages call the user. */
            user_label?: string | null;
        };
        /**
         * @description The state of one attempt to link.
         *
         *     - `created`: The tenant created the session.
         *     - `authorizing`: The end user has started; their browser is bound and on its way to the provider.
         *     - `returned`: The provider sent the user back with a code; the tenant must complete the link.
         *     - `completed`: The account is linked.
         *     - `denied`: The end user declined.
         *     - `failed`: The session cannot succeed any more; `failure` says why.
         *     - `expired`: The session was not completed in time.
         * @enum {string}
         */
        LinkSessionStatus: "created" | "authorizing" | "returned" | "completed" | "denied" | "failed" | "expired";
        /** @description Response of `POST /v1/link-sessions`. The `url` is a secret of the end user and shown only once. */
        NewLinkSession: {
            /**
             * Format: date-time
             * @description When the session expires, ten minutes after its creation by default.
             */
            expires_at: string;
            /** @description Identifies the session in later calls. */
            id: components["schemas"]["Id_ls"];
            /** @description Send the end user's browser here. The URL works in the first browser that begins the link. */
            url: string;
        };
        /** @description Response of `POST /v1/manage-sessions`. The `url` is a secret of the end user and shown only once. */
        NewManageSession: {
            /**
             * Format: date-time
             * @description When the URL stops working if nobody opens it, ten minutes after its creation by default. Opened, it works for as long again.
             */
            expires_at: string;
            /** @description The session's id. The browser returns with it as `manage_session`. */
            id: components["schemas"]["Id_ms"];
            /** @description Send the end user's browser here. The URL works in the first browser that opens it. */
            url: string;
        };
        /** @description An endpoint with a new secret, which is never shown again. */
        NewWebhookEndpoint: components["schemas"]["WebhookEndpoint"] & {
            /** @description `whsec_…`: give it to a library of Standard Webhooks as it is. */
            secret: string;
        };
        /** @description An access token of OAuth 1.0 or 1.0a that works now. It is valid until somebody ends the link. */
        OAuth1Token: {
            /** @description The account. */
            account_id: components["schemas"]["Id_acct"];
            /** @description Sent with each request. Do not store it; request it again instead. */
            oauth_token: string;
            /** @description Signs requests, together with the app secret, and is never sent. */
            oauth_token_secret: string;
            /** @description The provider's id of the account. */
            provider_account_id: string;
        };
        /**
         * @description One page of a list.
         *
         *     Cursors are opaque. A page may have fewer rows than requested even though there are more: only a page without `next` is the last one. A cursor is valid only with the filter and sort order that it came from.
         */
        Page_Account: {
            /** @description Whether a search ran out of time: there may be further rows, and there is no way to them but a longer text or more filters. Absent if false. */
            incomplete?: boolean;
            /** @description The rows, in the requested order. */
            items: {
                /** @description How certain it is that the right person approved. */
                assurance: components["schemas"]["Assurance"];
                /** @description The connector through which the account was linked. */
                connector_id: components["schemas"]["Id_conn"];
                /** @description The display name that the provider reported when the account was linked. */
                display_name: string;
                /** @description The e-mail address that the provider reported when the account was linked. */
                email: string;
                /** @description The tenant's own name for its user. */
                external_user_id: string;
                /** @description The account's id, which stays the same when the same account is linked again. */
                id: components["schemas"]["Id_acct"];
                /**
                 * Format: date-time
                 * @description When a token was last issued, or up to an hour before: it is stored again only when an hour has passed.
                 */
                last_used_at?: string | null;
                /**
                 * Format: date-time
                 * @description When the account was first linked.
                 */
                linked_at: string;
                /** @description The tenant's own data, as given with the last link. */
                metadata?: {
                    [key: string]: string;
                };
                /** @description Scopes that were requested but not granted. */
                missing_scopes?: string[];
                /** @description The protocol by which the account was linked last. */
                protocol?: components["schemas"]["Protocol"];
                /** @description The provider: `dropbox`. */
                provider: string;
                /** @description The provider's id of the account, such as `dbid:…`. */
                provider_account_id: string;
                /** @description Present and true in a sandbox: the account is at the simulator of Dropbox. */
                sandbox?: boolean;
                /** @description Scopes that were granted. */
                scopes: string[];
                /** @description Whether tokens are available. */
                status: components["schemas"]["AccountStatus"];
                /**
                 * @description Why it is not active: the provider's reason, such as `refresh_token_revoked`, or `suspended_by_operator`, `revoked_by_tenant`,
                 *     `revoked_by_user`, `revoked_by_operator` or `foreign_browser`. Operators see what they wrote instead.
                 */
                status_reason?: string | null;
                /**
                 * Format: date-time
                 * @description When the account was last linked, changed or refreshed.
                 */
                updated_at: string;
                /** @description How the tenant calls its user on the link pages, as given with the last link. */
                user_label?: string | null;
            }[];
            /** @description Pass this as `cursor` to get the next page; absent on the last page. */
            next?: string | null;
            /** @description Pass this as `cursor` to get the previous page; absent on the first page. */
            prev?: string | null;
            total?: components["schemas"]["Total"] | null;
            /** @description Ids of rows that are left out of this page. Their state was written by a newer version of the server, which the replica that responds does not know. This occurs only during a rolling update. */
            unknown_state?: string[];
        };
        /**
         * @description One page of a list.
         *
         *     Cursors are opaque. A page may have fewer rows than requested even though there are more: only a page without `next` is the last one. A cursor is valid only with the filter and sort order that it came from.
         */
        Page_LinkSession: {
            /** @description Whether a search ran out of time: there may be further rows, and there is no way to them but a longer text or more filters. Absent if false. */
            incomplete?: boolean;
            /** @description The rows, in the requested order. */
            items: {
                account_id?: components["schemas"]["Id_acct"] | null;
                completion?: components["schemas"]["Completion"] | null;
                /** @description The connector of the session. */
                connector_id: components["schemas"]["Id_conn"];
                /**
                 * Format: date-time
                 * @description When the session was created.
                 */
                created_at: string;
                /**
                 * Format: date-time
                 * @description When the session expires.
                 */
                expires_at: string;
                /** @description The tenant's own name for its user. */
                external_user_id: string;
                /**
                 * @description Why it failed, such as `access_denied` or `answer_lost`; with status `failed` or `denied`. With status `authorizing`, why the last
                 *     approval was not accepted: the user may still choose another account in the same session.
                 */
                failure?: string | null;
                /** @description Whether the provider signs the user out first. */
                force_reauthentication?: boolean;
                /** @description The session's id. */
                id: components["schemas"]["Id_ls"];
                /** @description The requested language. */
                locale?: string | null;
                /** @description The tenant's own data. */
                metadata?: {
                    [key: string]: string;
                };
                relink_account_id?: components["schemas"]["Id_acct"] | null;
                require_role?: components["schemas"]["RequiredRole"] | null;
                /** @description The requested scopes. */
                scopes?: string[];
                /** @description The session's state. */
                status: components["schemas"]["LinkSessionStatus"];
                /** @description How the link pages call the user. */
                user_label?: string | null;
            }[];
            /** @description Pass this as `cursor` to get the next page; absent on the last page. */
            next?: string | null;
            /** @description Pass this as `cursor` to get the previous page; absent on the first page. */
            prev?: string | null;
            total?: components["schemas"]["Total"] | null;
            /** @description Ids of rows that are left out of this page. Their state was written by a newer version of the server, which the replica that responds does not know. This occurs only during a rolling update. */
            unknown_state?: string[];
        };
        /**
         * @description One page of a list.
         *
         *     Cursors are opaque. A page may have fewer rows than requested even though there are more: only a page without `next` is the last one. A cursor is valid only with the filter and sort order that it came from.
         */
        Page_WebhookDelivery: {
            /** @description Whether a search ran out of time: there may be further rows, and there is no way to them but a longer text or more filters. Absent if false. */
            incomplete?: boolean;
            /** @description The rows, in the requested order. */
            items: {
                /** @description The beginning of the last answer, up to 1,024 bytes. */
                answer?: string | null;
                /**
                 * Format: date-time
                 * @description When it was tried last.
                 */
                attempted_at?: string | null;
                /**
                 * Format: int32
                 * @description How often it was tried since it was last asked for.
                 */
                attempts: number;
                /**
                 * Format: int32
                 * @description How many milliseconds the last attempt took. Absent for `connect_failed`, except for operators.
                 */
                duration_ms?: number | null;
                /**
                 * @description Why there was no answer: `connect_failed`, also if the address is not on the public internet, `timeout` or `interrupted`; `too_late` if it was
                 *     skipped because it could not be tried in time. Operators also see `address_not_public`.
                 */
                error?: string | null;
                /** @description The event, which is the message's `webhook-id` as well. */
                event_id: components["schemas"]["Id_evt"];
                /**
                 * Format: date-time
                 * @description When it is tried next; absent unless it waits.
                 */
                next_attempt_at?: string | null;
                /**
                 * Format: date-time
                 * @description When the event happened.
                 */
                occurred_at: string;
                /** @description Whether the endpoint has got it. */
                state: components["schemas"]["WebhookDeliveryState"];
                /**
                 * Format: int32
                 * @description The status of the last answer.
                 */
                status?: number | null;
                /** @description The event's type. */
                type: string;
            }[];
            /** @description Pass this as `cursor` to get the next page; absent on the last page. */
            next?: string | null;
            /** @description Pass this as `cursor` to get the previous page; absent on the first page. */
            prev?: string | null;
            total?: components["schemas"]["Total"] | null;
            /** @description Ids of rows that are left out of this page. Their state was written by a newer version of the server, which the replica that responds does not know. This occurs only during a rolling update. */
            unknown_state?: string[];
        };
        /**
         * @description One page of a list.
         *
         *     Cursors are opaque. A page may have fewer rows than requested even though there are more: only a page without `next` is the last one. A cursor is valid only with the filter and sort order that it came from.
         */
        Page_WebhookEndpoint: {
            /** @description Whether a search ran out of time: there may be further rows, and there is no way to them but a longer text or more filters. Absent if false. */
            incomplete?: boolean;
            /** @description The rows, in the requested order. */
            items: {
                connector_id?: components["schemas"]["Id_conn"] | null;
                /**
                 * Format: date-time
                 * @description When it was created.
                 */
                created_at: string;
                /** @description The types of events that it gets; all if empty. */
                events: string[];
                /**
                 * Format: date-time
                 * @description Since when no delivery was accepted although some were tried; absent if the last one was accepted.
                 */
                failing_since?: string | null;
                /** @description The endpoint's id. */
                id: components["schemas"]["Id_whe"];
                /**
                 * Format: date-time
                 * @description When the oldest of several valid secrets stops being used; absent if there is one only.
                 */
                old_secret_expires_at?: string | null;
                /** @description Whether it is told of events. */
                state: components["schemas"]["WebhookState"];
                /**
                 * @description Why it is disabled: `requested`, `gone` if it answered 410, `failing` if nothing was accepted for ten days, or `integrity_error` if what is
                 *     stored about it was edited.
                 */
                state_reason?: string | null;
                /** @description Where events are sent. */
                url: string;
            }[];
            /** @description Pass this as `cursor` to get the next page; absent on the last page. */
            next?: string | null;
            /** @description Pass this as `cursor` to get the previous page; absent on the first page. */
            prev?: string | null;
            total?: components["schemas"]["Total"] | null;
            /** @description Ids of rows that are left out of this page. Their state was written by a newer version of the server, which the replica that responds does not know. This occurs only during a rolling update. */
            unknown_state?: string[];
        };
        /** @description Why a request failed, in a form that both programs and people can use. */
        Problem: {
            /** @description A stable code for programs, such as `needs_reauth`. */
            code: string;
            /** @description What happened in this case, and what to do about it. */
            detail: string;
            /** @description Quote this id when asking for help; the server's log contains it. */
            request_id: string;
            /**
             * Format: int32
             * @description The HTTP status.
             */
            status: number;
            /** @description A short summary that is the same for every occurrence. */
            title: string;
            /** @description `urn:bowline:problem:` followed by the code. */
            type: string;
        } & {
            [key: string]: unknown;
        };
        /**
         * @description The protocol that a connector speaks with its provider.
         *
         *     - `oauth2`: OAuth 2 with PKCE (RFC 6749, RFC 7636).
         *     - `oauth1`: OAuth 1.0 of 2007, as Dropbox's retired API v1 spoke it.
         *     - `oauth1a`: OAuth 1.0a (RFC 5849).
         * @enum {string}
         */
        Protocol: "oauth2" | "oauth1" | "oauth1a";
        /** @description Describes the link session that a `needs_reauth` response contains as its member `link_session`. The API key also needs the permission `link`. If no session could be created, the member `link_session_error` says why. */
        Relink: {
            /** @description The SHA-256 of a verifier, as for `POST /v1/link-sessions`. */
            completion_challenge?: string | null;
            /** @description Where the browser is redirected back to; origin and path must be registered with the connector. */
            return_url: string;
        };
        /**
         * @description The kind of account that the end user is asked to sign in with at the provider.
         *
         *     - `work`: An account of a team.
         *     - `personal`: An account of one person.
         * @enum {string}
         */
        RequiredRole: "work" | "personal";
        /** @description Body of `POST /v1/webhook-endpoints/{id}/resend`. */
        ResendWebhooks: {
            /** @description Whether those that were accepted are sent again as well; false if omitted. */
            accepted_too?: boolean;
            /**
             * Format: date-time
             * @description The events that happened at this time or later.
             */
            since: string;
        };
        /** @description Response of `POST /v1/webhook-endpoints/{id}/resend`. */
        ResentWebhooks: {
            /**
             * Format: int64
             * @description The number of events that are on their way.
             */
            events: number;
        };
        /** @description Body of `POST /v1/webhook-endpoints/{id}/rotate-secret`. */
        RotateWebhookSecret: {
            /**
             * Format: int32
             * @description How many hours messages are signed with the old secret as well: 0 to 720; 24 if omitted.
             */
            overlap_hours?: number | null;
        };
        /** @description Response of `PUT /v1/sandbox/accounts/{id}/state`. */
        SandboxAccount: {
            /** @description The account. */
            account_id: components["schemas"]["Id_acct"];
            /** @description How the simulator of Dropbox behaves towards it. */
            state: components["schemas"]["SandboxState"];
        };
        /**
         * @description How the simulator of Dropbox behaves towards an account of a sandbox.
         *
         *     - `healthy`: As Dropbox usually does.
         *     - `dead_grant`: The user has disconnected the app: the grant is dead, and its tokens with it. Linking the account again revives it.
         *     - `user_suspended`: Dropbox has suspended the user: API calls answer `user_suspended`.
         *     - `missing_scope`: The grant lacks a scope: calls for files answer `missing_scope`.
         *     - `rate_limited`: Every call is answered with 429 and `Retry-After: 1`.
         *     - `broken_app`: Dropbox rejects the app's key and secret, for all accounts of the connector, until one of them is healthy again.
         *     - `slow`: Every call takes three seconds.
         * @enum {string}
         */
        SandboxState: "healthy" | "dead_grant" | "user_suspended" | "missing_scope" | "rate_limited" | "broken_app" | "slow";
        /** @description Body of `PUT /v1/sandbox/accounts/{id}/state`. */
        SetSandboxState: {
            /** @description How Dropbox is to behave towards the account from now on. It replaces what was set before. */
            state: components["schemas"]["SandboxState"];
        };
        /** @description Body of `POST /v1/accounts/{id}/sign`: a request of OAuth 1 that the app itself will send. */
        SignRequest: {
            /** @description The fields of the form body, if the body is a form (`application/x-www-form-urlencoded`). */
            body_params?: {
                [key: string]: string;
            };
            /** @description The HTTP method. */
            method: string;
            /** @description The URL with its query, exactly as it will be sent. It must be at one of the connector's own origins. */
            url: string;
        };
        /** @description Response of `POST /v1/accounts/{id}/sign`. */
        SignedRequest: {
            /** @description The value of the Authorization header. It is for this request alone, and the provider accepts it once and for some minutes. */
            authorization: string;
        };
        /** @description The token of an account that works now, in the form of the protocol by which the account was linked. */
        Token: components["schemas"]["AccessToken"] | components["schemas"]["OAuth1Token"];
        /** @description The outcome for one account: a token or a problem. */
        TokenOutcome: {
            /** @description The account. */
            account_id: components["schemas"]["Id_acct"];
            problem?: components["schemas"]["Problem"] | null;
            token?: components["schemas"]["Token"] | null;
        };
        /** @description Body of `POST /v1/accounts/{id}/token`; optional. */
        TokenRequest: {
            /**
             * Format: int32
             * @description The minimum remaining lifetime of the token in seconds: 0 to 3,600; 300 if omitted.
             */
            min_ttl?: number | null;
            relink?: components["schemas"]["Relink"] | null;
            /** @description Some of the account's scopes, for a token limited to them; all scopes if omitted. A scope that the account does not have is `invalid_field`. */
            scopes?: string[] | null;
        };
        /** @description Response of `POST /v1/tokens`. */
        Tokens: {
            /** @description One outcome per account, in the order of the request. */
            items: components["schemas"]["TokenOutcome"][];
        };
        /** @description Body of `POST /v1/tokens`. */
        TokensRequest: {
            /** @description 1 to 100 accounts. */
            account_ids: components["schemas"]["Id_acct"][];
            /**
             * Format: int32
             * @description The minimum remaining lifetime of each token in seconds: 0 to 3,600; 300 if omitted.
             */
            min_ttl?: number | null;
        };
        /** @description A count of rows that may be an estimate. */
        Total: {
            /** @description Whether `count` is an estimate from the planner's statistics rather than an exact count. */
            approximate: boolean;
            /**
             * Format: int64
             * @description The number of rows.
             */
            count: number;
        };
        /** @description Body of `POST /v1/users/{external_user_id}/token`; optional. */
        UserTokenRequest: {
            connector?: components["schemas"]["Id_conn"] | null;
            /**
             * Format: int32
             * @description The minimum remaining lifetime of the token in seconds: 0 to 3,600; 300 if omitted.
             */
            min_ttl?: number | null;
            relink?: components["schemas"]["Relink"] | null;
            /** @description Some of the account's scopes, for a token limited to them; all scopes if omitted. A scope that the account does not have is `invalid_field`. */
            scopes?: string[] | null;
        };
        /**
         * @description Whether an endpoint has got an event.
         *
         *     - `waiting`: It is to be delivered, or to be tried again.
         *     - `delivered`: The endpoint has accepted it.
         *     - `skipped`: It was tried for three days, or could not be tried in that time.
         * @enum {string}
         */
        WebhookDeliveryState: "waiting" | "delivered" | "skipped";
        /** @description An endpoint without its secret. */
        WebhookEndpoint: {
            connector_id?: components["schemas"]["Id_conn"] | null;
            /**
             * Format: date-time
             * @description When it was created.
             */
            created_at: string;
            /** @description The types of events that it gets; all if empty. */
            events: string[];
            /**
             * Format: date-time
             * @description Since when no delivery was accepted although some were tried; absent if the last one was accepted.
             */
            failing_since?: string | null;
            /** @description The endpoint's id. */
            id: components["schemas"]["Id_whe"];
            /**
             * Format: date-time
             * @description When the oldest of several valid secrets stops being used; absent if there is one only.
             */
            old_secret_expires_at?: string | null;
            /** @description Whether it is told of events. */
            state: components["schemas"]["WebhookState"];
            /**
             * @description Why it is disabled: `requested`, `gone` if it answered 410, `failing` if nothing was accepted for ten days, or `integrity_error` if what is
             *     stored about it was edited.
             */
            state_reason?: string | null;
            /** @description Where events are sent. */
            url: string;
        };
        /**
         * @description Whether an endpoint is told of events.
         *
         *     - `enabled`: It is told of events.
         *     - `disabled`: It is told of nothing, and what waits for it is not delivered.
         *     - `removed`: It was removed, and its deliveries are being deleted.
         * @enum {string}
         */
        WebhookState: "enabled" | "disabled" | "removed";
        /** @description Response of `POST /v1/webhook-endpoints/{id}/test`. */
        WebhookTest: {
            /** @description The event of the type `endpoint.test` that is on its way. */
            event_id: components["schemas"]["Id_evt"];
        };
    };
    responses: {
        /** @description The request, a query parameter or a cursor is malformed */
        400: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The request has no valid credential */
        401: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The credential does not permit this call, or an operator has blocked it */
        403: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description There is nothing with this id, or it belongs to another tenant, or the path does not exist */
        404: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The path does not support this method */
        405: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body did not arrive within ten seconds; nothing was done */
        408: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The resource is in a state that does not allow this call */
        409: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The resource existed, and is revoked or expired */
        410: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is too large */
        413: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is not JSON */
        415: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A field or query parameter has an unacceptable value; `field` names it */
        422: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too many requests; try again after `Retry-After` seconds */
        429: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A fault in Bowline; quote `request_id` */
        500: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The provider rejects the connector's app key or secret, or its response is malformed */
        502: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The database or the provider is unavailable; try again after `Retry-After` seconds */
        503: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    accounts_list: {
        parameters: {
            query?: {
                /** @description Only accounts of this user. */
                external_user_id?: string;
                /** @description Only accounts with this status. */
                status?: components["schemas"]["AccountStatus"];
                /** @description `next` or `prev` of another page of the same list; the first page if omitted. */
                cursor?: string;
                /** @description The number of rows of the page: 1 to 200; 50 if omitted. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of accounts */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Account"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            404: components["responses"]["404"];
            405: components["responses"]["405"];
            408: components["responses"]["408"];
            409: components["responses"]["409"];
            410: components["responses"]["410"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            502: components["responses"]["502"];
            503: components["responses"]["503"];
        };
    };
    accounts_show: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The resource's id. */
                id: components["schemas"]["Id_acct"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            404: components["responses"]["404"];
            405: components["responses"]["405"];
            408: components["responses"]["408"];
            409: components["responses"]["409"];
            410: components["responses"]["410"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            502: components["responses"]["502"];
            503: components["responses"]["503"];
        };
    };
    accounts_delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The resource's id. */
                id: components["schemas"]["Id_acct"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account, `revoking` or `revoked` */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            404: components["responses"]["404"];
            405: components["responses"]["405"];
            408: components["responses"]["408"];
            409: components["responses"]["409"];
            410: components["responses"]["410"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            502: components["responses"]["502"];
            503: components["responses"]["503"];
        };
    };
    accounts_check: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The resource's id. */
                id: components["schemas"]["Id_acct"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The result of the check */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountCheck"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            404: components["responses"]["404"];
            405: components["responses"]["405"];
            408: components["responses"]["408"];
            409: components["responses"]["409"];
            410: components["responses"]["410"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            502: components["responses"]["502"];
            503: components["responses"]["503"];
        };
    };
    accounts_sign: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The resource's id. */
                id: components["schemas"]["Id_acct"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignRequest"];
            };
        };
        responses: {
            /** @description The header */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedRequest"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            404: components["responses"]["404"];
            405: components["responses"]["405"];
            408: components["responses"]["408"];
            409: components["responses"]["409"];
            410: components["responses"]["410"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            502: components["responses"]["502"];
            503: components["responses"]["503"];
        };
    };
    tokens_for_account: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The resource's id. */
                id: components["schemas"]["Id_acct"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TokenRequest"] | null;
            };
        };
        responses: {
            /** @description The token */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Token"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            404: components["responses"]["404"];
            405: components["responses"]["405"];
            408: components["responses"]["408"];
            409: components["responses"]["409"];
            410: components["responses"]["410"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            502: components["responses"]["502"];
            503: components["responses"]["503"];
        };
    };
    tokens_force: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The resource's id. */
                id: components["schemas"]["Id_acct"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ForceRefresh"] | null;
            };
        };
        responses: {
            /** @description The new token */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Token"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            404: components["responses"]["404"];
            405: components["responses"]["405"];
            408: components["responses"]["408"];
            409: components["responses"]["409"];
            410: components["responses"]["410"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            502: components["responses"]["502"];
            503: components["responses"]["503"];
        };
    };
    events_follow: {
        parameters: {
            query?: {
                /** @description Begins after the event with this id instead of now. The header `Last-Event-ID` counts more. */
                after?: string;
            };
            header?: {
                /** @description The id of the last event that you have got: the stream goes on after it instead of beginning now. */
                "Last-Event-ID"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The stream */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            404: components["responses"]["404"];
            405: components["responses"]["405"];
            408: components["responses"]["408"];
            409: components["responses"]["409"];
            410: components["responses"]["410"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            502: components["responses"]["502"];
            503: components["responses"]["503"];
        };
    };
    link_sessions_list: {
        parameters: {
            query?: {
                /** @description Only sessions of this user. */
                external_user_id?: string;
                /** @description Only sessions with this status. */
                status?: components["schemas"]["LinkSessionStatus"];
                /** @description Only sessions created at this time (RFC 3339) or later. */
                created_after?: string;
                /** @description Only sessions created before this time (RFC 3339). */
                created_before?: string;
                /** @description `next` or `prev` of another page of the same list; the first page if omitted. */
                cursor?: string;
                /** @description The number of rows of the page: 1 to 200; 50 if omitted. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of link sessions */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_LinkSession"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            404: components["responses"]["404"];
            405: components["responses"]["405"];
            408: components["responses"]["408"];
            409: components["responses"]["409"];
            410: components["responses"]["410"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            502: components["responses"]["502"];
            503: components["responses"]["503"];
        };
    };
    link_sessions_create: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key of your choice for this request, such as a UUID: 1 to 255 characters. If the call is repeated within 72 hours with the same key and body, it is not carried out again and returns the first answer, with the header `Idempotent-Replayed: true`. */
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateLinkSession"];
            };
        };
        responses: {
            /** @description The link session */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewLinkSession"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            404: components["responses"]["404"];
            405: components["responses"]["405"];
            408: components["responses"]["408"];
            409: components["responses"]["409"];
            410: components["responses"]["410"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            502: components["responses"]["502"];
            503: components["responses"]["503"];
        };
    };
    link_sessions_show: {
        parameters: {
            query?: {
                /** @description Seconds to wait for a change: 0 to 30; 0 if omitted. */
                wait?: number;
                /** @description The status that you know. With `wait`, the call waits only while the session has it; if omitted, the status at the beginning of the call. */
                known_status?: components["schemas"]["LinkSessionStatus"];
            };
            header?: never;
            path: {
                /** @description The resource's id. */
                id: components["schemas"]["Id_ls"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The link session */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LinkSession"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            404: components["responses"]["404"];
            405: components["responses"]["405"];
            408: components["responses"]["408"];
            409: components["responses"]["409"];
            410: components["responses"]["410"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            502: components["responses"]["502"];
            503: components["responses"]["503"];
        };
    };
    link_sessions_cancel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The resource's id. */
                id: components["schemas"]["Id_ls"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The cancelled link session */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LinkSession"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            404: components["responses"]["404"];
            405: components["responses"]["405"];
            408: components["responses"]["408"];
            409: components["responses"]["409"];
            410: components["responses"]["410"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            502: components["responses"]["502"];
            503: components["responses"]["503"];
        };
    };
    link_sessions_complete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The resource's id. */
                id: components["schemas"]["Id_ls"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CompleteLinkSession"];
            };
        };
        responses: {
            /** @description The linked account */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            404: components["responses"]["404"];
            405: components["responses"]["405"];
            408: components["responses"]["408"];
            409: components["responses"]["409"];
            410: components["responses"]["410"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            502: components["responses"]["502"];
            503: components["responses"]["503"];
        };
    };
    manage_sessions_create: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key of your choice for this request, such as a UUID: 1 to 255 characters. If the call is repeated within 72 hours with the same key and body, it is not carried out again and returns the first answer, with the header `Idempotent-Replayed: true`. */
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateManageSession"];
            };
        };
        responses: {
            /** @description The manage session */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewManageSession"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            404: components["responses"]["404"];
            405: components["responses"]["405"];
            408: components["responses"]["408"];
            409: components["responses"]["409"];
            410: components["responses"]["410"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            502: components["responses"]["502"];
            503: components["responses"]["503"];
        };
    };
    sandbox_set_state: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The resource's id. */
                id: components["schemas"]["Id_acct"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetSandboxState"];
            };
        };
        responses: {
            /** @description The state */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SandboxAccount"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            404: components["responses"]["404"];
            405: components["responses"]["405"];
            408: components["responses"]["408"];
            409: components["responses"]["409"];
            410: components["responses"]["410"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            502: components["responses"]["502"];
            503: components["responses"]["503"];
        };
    };
    sandbox_fire: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FireSandboxEvent"];
            };
        };
        responses: {
            /** @description The event, which is on its way */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FiredSandboxEvent"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            404: components["responses"]["404"];
            405: components["responses"]["405"];
            408: components["responses"]["408"];
            409: components["responses"]["409"];
            410: components["responses"]["410"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            502: components["responses"]["502"];
            503: components["responses"]["503"];
        };
    };
    sandbox_approve: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The resource's id. */
                id: components["schemas"]["Id_ls"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApproveSandboxLink"];
            };
        };
        responses: {
            /** @description Where the browser would be redirected */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApprovedSandboxLink"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            404: components["responses"]["404"];
            405: components["responses"]["405"];
            408: components["responses"]["408"];
            409: components["responses"]["409"];
            410: components["responses"]["410"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            502: components["responses"]["502"];
            503: components["responses"]["503"];
        };
    };
    tokens_for_many: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TokensRequest"];
            };
        };
        responses: {
            /** @description The outcomes */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tokens"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            404: components["responses"]["404"];
            405: components["responses"]["405"];
            408: components["responses"]["408"];
            409: components["responses"]["409"];
            410: components["responses"]["410"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            502: components["responses"]["502"];
            503: components["responses"]["503"];
        };
    };
    tokens_for_user: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The tenant's own name for its user, encoded as one path segment. */
                external_user_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["UserTokenRequest"] | null;
            };
        };
        responses: {
            /** @description The token */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Token"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            404: components["responses"]["404"];
            405: components["responses"]["405"];
            408: components["responses"]["408"];
            409: components["responses"]["409"];
            410: components["responses"]["410"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            502: components["responses"]["502"];
            503: components["responses"]["503"];
        };
    };
    webhook_endpoints_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The endpoints */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_WebhookEndpoint"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            404: components["responses"]["404"];
            405: components["responses"]["405"];
            408: components["responses"]["408"];
            409: components["responses"]["409"];
            410: components["responses"]["410"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            502: components["responses"]["502"];
            503: components["responses"]["503"];
        };
    };
    webhook_endpoints_create: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key of your choice for this request, such as a UUID: 1 to 255 characters. If the call is repeated within 72 hours with the same key and body, it is not carried out again and returns the first answer, with the header `Idempotent-Replayed: true`. */
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateWebhookEndpoint"];
            };
        };
        responses: {
            /** @description The endpoint with its secret */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewWebhookEndpoint"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            404: components["responses"]["404"];
            405: components["responses"]["405"];
            408: components["responses"]["408"];
            409: components["responses"]["409"];
            410: components["responses"]["410"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            502: components["responses"]["502"];
            503: components["responses"]["503"];
        };
    };
    webhook_endpoints_show: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The resource's id. */
                id: components["schemas"]["Id_whe"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The endpoint */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpoint"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            404: components["responses"]["404"];
            405: components["responses"]["405"];
            408: components["responses"]["408"];
            409: components["responses"]["409"];
            410: components["responses"]["410"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            502: components["responses"]["502"];
            503: components["responses"]["503"];
        };
    };
    webhook_endpoints_remove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The resource's id. */
                id: components["schemas"]["Id_whe"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is removed */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            404: components["responses"]["404"];
            405: components["responses"]["405"];
            408: components["responses"]["408"];
            409: components["responses"]["409"];
            410: components["responses"]["410"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            502: components["responses"]["502"];
            503: components["responses"]["503"];
        };
    };
    webhook_endpoints_edit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The resource's id. */
                id: components["schemas"]["Id_whe"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EditWebhookEndpoint"];
            };
        };
        responses: {
            /** @description The endpoint */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpoint"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            404: components["responses"]["404"];
            405: components["responses"]["405"];
            408: components["responses"]["408"];
            409: components["responses"]["409"];
            410: components["responses"]["410"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            502: components["responses"]["502"];
            503: components["responses"]["503"];
        };
    };
    webhook_endpoints_deliveries: {
        parameters: {
            query?: {
                /** @description Only deliveries in this state. */
                state?: components["schemas"]["WebhookDeliveryState"];
                /** @description `next` or `prev` of another page of the same list; the first page if omitted. */
                cursor?: string;
                /** @description The number of rows of the page: 1 to 200; 50 if omitted. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The resource's id. */
                id: components["schemas"]["Id_whe"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of deliveries */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_WebhookDelivery"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            404: components["responses"]["404"];
            405: components["responses"]["405"];
            408: components["responses"]["408"];
            409: components["responses"]["409"];
            410: components["responses"]["410"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            502: components["responses"]["502"];
            503: components["responses"]["503"];
        };
    };
    webhook_endpoints_resend: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The resource's id. */
                id: components["schemas"]["Id_whe"];
                /** @description The event's id: `evt_…`. */
                event: components["schemas"]["Id_evt"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is on its way */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            404: components["responses"]["404"];
            405: components["responses"]["405"];
            408: components["responses"]["408"];
            409: components["responses"]["409"];
            410: components["responses"]["410"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            502: components["responses"]["502"];
            503: components["responses"]["503"];
        };
    };
    webhook_endpoints_disable: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The resource's id. */
                id: components["schemas"]["Id_whe"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The endpoint */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpoint"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            404: components["responses"]["404"];
            405: components["responses"]["405"];
            408: components["responses"]["408"];
            409: components["responses"]["409"];
            410: components["responses"]["410"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            502: components["responses"]["502"];
            503: components["responses"]["503"];
        };
    };
    webhook_endpoints_enable: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The resource's id. */
                id: components["schemas"]["Id_whe"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The endpoint */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpoint"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            404: components["responses"]["404"];
            405: components["responses"]["405"];
            408: components["responses"]["408"];
            409: components["responses"]["409"];
            410: components["responses"]["410"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            502: components["responses"]["502"];
            503: components["responses"]["503"];
        };
    };
    webhook_endpoints_resend_since: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The resource's id. */
                id: components["schemas"]["Id_whe"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResendWebhooks"];
            };
        };
        responses: {
            /** @description How many are on their way */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResentWebhooks"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            404: components["responses"]["404"];
            405: components["responses"]["405"];
            408: components["responses"]["408"];
            409: components["responses"]["409"];
            410: components["responses"]["410"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            502: components["responses"]["502"];
            503: components["responses"]["503"];
        };
    };
    webhook_endpoints_rotate_secret: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key of your choice for this request, such as a UUID: 1 to 255 characters. If the call is repeated within 72 hours with the same key and body, it is not carried out again and returns the first answer, with the header `Idempotent-Replayed: true`. */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description The resource's id. */
                id: components["schemas"]["Id_whe"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RotateWebhookSecret"];
            };
        };
        responses: {
            /** @description The endpoint with its new secret */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewWebhookEndpoint"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            404: components["responses"]["404"];
            405: components["responses"]["405"];
            408: components["responses"]["408"];
            409: components["responses"]["409"];
            410: components["responses"]["410"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            502: components["responses"]["502"];
            503: components["responses"]["503"];
        };
    };
    webhook_endpoints_test: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The resource's id. */
                id: components["schemas"]["Id_whe"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The event, which is on its way */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookTest"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            404: components["responses"]["404"];
            405: components["responses"]["405"];
            408: components["responses"]["408"];
            409: components["responses"]["409"];
            410: components["responses"]["410"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            502: components["responses"]["502"];
            503: components["responses"]["503"];
        };
    };
}
