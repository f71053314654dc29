//! The states of accounts, link sessions, connectors and revocations, and other fixed names of the API and the database.

use crate::names::names;

pub use crate::names::UnknownName;

names! {
    /// What is wrong with an audit log.
    AuditFinding {
        /// An entry was changed, or does not follow its predecessor.
        Edited = "edited",
        /// An entry is missing, or the whole log of a tenant is.
        Missing = "missing",
        /// Entries are missing at the end.
        Cut = "cut",
        /// The row that records the length of the log was deleted.
        HeadMissing = "head_missing",
        /// The row that records the length of the log was changed.
        HeadMoved = "head_moved",
        /// There is an entry beyond the last one that the server wrote.
        BeyondHead = "beyond_head",
        /// An entry has no signature although it needs one.
        Unsigned = "unsigned",
        /// An entry is signed with a master key that is not in the key ring.
        UnknownKey = "unknown_key",
        /// An entry differs from the one in the checkpoint: the log was restored from an older state and continued.
        Replaced = "replaced",
    }
}

names! {
    /// Whether an account's tokens are available, and if not, who must act.
    AccountStatus {
        /// Tokens are issued.
        Active = "active",
        /// The grant has ended; the end user must link again.
        NeedsReauth = "needs_reauth",
        /// An operator suspended the account; its tokens are kept but not issued.
        Suspended = "suspended",
        /// Revoked here; the revocation at the provider is pending.
        Revoking = "revoking",
        /// Revoked here and at the provider.
        Revoked = "revoked",
    }
}

names! {
    /// Whether a call for an account's token gets one.
    TokenAvailability {
        /// Yes; a token that has expired is refreshed first.
        Issued = "issued",
        /// The current token is issued until it expires. It cannot be refreshed now.
        UntilExpiry = "until_expiry",
        /// No.
        NotIssued = "not_issued",
    }
}

names! {
    /// What is wrong with an account, or with what it depends on.
    AccountProblem {
        /// The provider has ended the grant; the user must link again.
        GrantEnded = "grant_ended",
        /// An operator has frozen its provider's account within the tenant.
        Frozen = "frozen",
        /// It is revoked; the user may link again.
        Revoked = "revoked",
        /// The provider has not confirmed the end of its grant.
        RevocationFailing = "revocation_failing",
        /// An operator has removed its connector.
        ConnectorRemoved = "connector_removed",
        /// An operator has disabled its connector.
        ConnectorDisabled = "connector_disabled",
        /// The provider rejects the app key or app secret of its connector.
        AppSecretRejected = "app_secret_rejected",
        /// The provider knows the connector's app and does not let it refresh tokens.
        AppRefused = "app_refused",
        /// The circuit breaker is open: the provider failed too often, and is not called for a moment.
        ProviderPaused = "provider_paused",
        /// The provider understood the request for a new token of this account and refused it.
        RefreshRefused = "refresh_refused",
        /// The last refresh failed, and the next attempt is not due yet.
        RefreshFailing = "refresh_failing",
        /// The user has granted fewer scopes than were requested.
        ScopesMissing = "scopes_missing",
    }
}

names! {
    /// What a job does with its accounts.
    JobKind {
        /// Revokes them, here and at the provider.
        RevokeAccounts = "revoke_accounts",
    }
}

names! {
    /// How far a job is.
    JobState {
        /// Its accounts are known. Its operator has to confirm it.
        Prepared = "prepared",
        /// It is confirmed, and a second person has to approve it.
        AwaitingApproval = "awaiting_approval",
        /// It is being worked off.
        Running = "running",
        /// An operator stopped it before all its accounts were done.
        Stopped = "stopped",
        /// An operator stopped it before it ran.
        Cancelled = "cancelled",
        /// All its accounts were tried.
        Finished = "finished",
    }
}

names! {
    /// How far an account of a job is.
    JobItemState {
        /// It has not been tried.
        Waiting = "waiting",
        /// It is done.
        Done = "done",
        /// It was tried and failed.
        Failed = "failed",
    }
}

names! {
    /// How certain it is that the person who approved is the tenant's user.
    Assurance {
        /// The tenant proved, from the user's own session, that the same user returned (two-step completion).
        Confirmed = "confirmed",
        /// Only the browser was bound; a forwarded link cannot be ruled out.
        Browser = "browser",
    }
}

names! {
    /// The state of one attempt to link.
    LinkSessionStatus {
        /// The tenant created the session.
        Created = "created",
        /// The end user has started; their browser is bound and on its way to the provider.
        Authorizing = "authorizing",
        /// The provider sent the user back with a code; the tenant must complete the link.
        Returned = "returned",
        /// The account is linked.
        Completed = "completed",
        /// The end user declined.
        Denied = "denied",
        /// The session cannot succeed any more; `failure` says why.
        Failed = "failed",
        /// The session was not completed in time.
        Expired = "expired",
    }
}

names! {
    /// The kind of account that the end user is asked to sign in with at the provider.
    RequiredRole {
        /// An account of a team.
        Work = "work",
        /// An account of one person.
        Personal = "personal",
    }
}

names! {
    /// Whether a connector's registration at the provider works.
    ConnectorStatus {
        /// No problem is known.
        Active = "active",
        /// The provider rejected the app key or secret. The accounts are not affected themselves.
        Broken = "broken",
        /// An operator disabled the connector: no new links, and no calls to the provider except revocations and checks of a new app secret.
        Disabled = "disabled",
    }
}

names! {
    /// What the provider says about an app key and an app secret.
    SecretCheck {
        /// The provider accepts the app key and secret.
        Accepted = "accepted",
        /// The provider refuses the app key or secret.
        Refused = "refused",
        /// The provider could not be reached in time, or did not say whether it accepts the app key and secret.
        Unreachable = "unreachable",
    }
}

names! {
    /// The state of a revocation at the provider.
    RevocationStatus {
        /// It is pending; the next attempt is due now or after a pause.
        Due = "due",
        /// The provider has ended the grant.
        Done = "done",
        /// It was abandoned after too many attempts; the grant may still be alive.
        GivenUp = "given_up",
    }
}

names! {
    /// Why a grant is revoked at the provider.
    RevocationCause {
        /// Its account was revoked.
        Revoked = "revoked",
        /// Its account was linked again and has a new grant.
        Relinked = "relinked",
        /// It never became an account's grant.
        Orphaned = "orphaned",
    }
}

names! {
    /// Who has revoked an account.
    RevokedBy {
        /// A tenant's app.
        Tenant = "tenant",
        /// The end user.
        User = "user",
        /// An operator, or somebody at the machine.
        Operator = "operator",
        /// The server itself.
        Server = "server",
    }
}

names! {
    /// How a link is completed.
    Completion {
        /// The tenant's back end completes the link from the user's session (the default).
        Tenant = "tenant",
        /// The link is completed at the callback, without the tenant; weaker.
        Browser = "browser",
    }
}

names! {
    /// The protocol that a connector speaks with its provider.
    Protocol {
        /// OAuth 2 with PKCE (RFC 6749, RFC 7636).
        OAuth2 = "oauth2",
        /// OAuth 1.0 of 2007, as Dropbox's retired API v1 spoke it.
        OAuth1 = "oauth1",
        /// OAuth 1.0a (RFC 5849).
        OAuth1a = "oauth1a",
    }
}

names! {
    /// How requests of OAuth 1 are signed.
    SignatureMethod {
        /// The secrets themselves, over TLS.
        Plaintext = "plaintext",
        /// HMAC-SHA1.
        HmacSha1 = "hmac_sha1",
        /// HMAC-SHA256.
        HmacSha256 = "hmac_sha256",
    }
}

names! {
    /// Where the protocol parameters of OAuth 1 are sent.
    Transmission {
        /// In the Authorization header.
        Header = "header",
        /// In the form body.
        Body = "body",
        /// In the query.
        Query = "query",
    }
}

names! {
    /// What an operator may do; each role includes the previous ones.
    Role {
        /// Reads everything except the list of operators.
        Viewer = "viewer",
        /// Also suspends, resumes and revokes accounts, lifts freezes and verifies audit logs.
        Operator = "operator",
        /// Also manages tenants, connectors, keys and operators.
        Admin = "admin",
    }
}

names! {
    /// What an API key may do.
    Permission {
        /// Create, read and complete link sessions.
        Link = "link",
        /// Read and list accounts.
        AccountsRead = "accounts:read",
        /// Delete (revoke) accounts.
        AccountsWrite = "accounts:write",
        /// Fetch tokens.
        Token = "token",
        /// Have requests of OAuth 1 signed, without getting the token.
        Sign = "sign",
        /// Manage the endpoints that are told of events, and see what was delivered.
        Webhooks = "webhooks",
    }
}

names! {
    /// Whether an endpoint is told of events.
    WebhookState {
        /// It is told of events.
        Enabled = "enabled",
        /// It is told of nothing, and what waits for it is not delivered.
        Disabled = "disabled",
        /// It was removed, and its deliveries are being deleted.
        Removed = "removed",
    }
}

names! {
    /// Whether an endpoint has got an event.
    WebhookDeliveryState {
        /// It is to be delivered, or to be tried again.
        Waiting = "waiting",
        /// The endpoint has accepted it.
        Delivered = "delivered",
        /// It was tried for three days, or could not be tried in that time.
        Skipped = "skipped",
    }
}

names! {
    /// How the simulator of Dropbox behaves towards an account of a sandbox.
    SandboxState {
        /// As Dropbox usually does.
        Healthy = "healthy",
        /// The user has disconnected the app: the grant is dead, and its tokens with it. Linking the account again revives it.
        DeadGrant = "dead_grant",
        /// Dropbox has suspended the user: API calls answer `user_suspended`.
        UserSuspended = "user_suspended",
        /// The grant lacks a scope: calls for files answer `missing_scope`.
        MissingScope = "missing_scope",
        /// Every call is answered with 429 and `Retry-After: 1`.
        RateLimited = "rate_limited",
        /// Dropbox rejects the app's key and secret, for all accounts of the connector, until one of them is healthy again.
        BrokenApp = "broken_app",
        /// Every call takes three seconds.
        Slow = "slow",
    }
}
