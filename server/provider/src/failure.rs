//! What a failed call to a provider means. This decides the status of an account.

use std::time::Duration;

use secrecy::SecretString;

/// A failed call. It says what may be concluded, and never repeats what the provider wrote.
///
/// Only [`GrantDead`](Self::GrantDead) means that an account's grant has ended.
/// [`ClientRejected`](Self::ClientRejected) concerns the tenant's configuration and no account. Otherwise one wrong
/// secret would mark a million accounts as broken.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// 400 `invalid_grant`: this code or refresh token will never work (RFC 6749, 5.2).
    #[error("the grant is dead: {}", reason.code())]
    GrantDead {
        /// The reason.
        reason: GrantReason,
        /// The provider's own id of the refused request, for its support, if it named one.
        request: Option<String>,
    },
    /// The app's key and secret were rejected: the connector is broken, its accounts are not.
    #[error("the provider refused the app: {}", reason.code())]
    ClientRejected {
        /// The reason.
        reason: ClientReason,
    },
    /// The provider understood the request and rejects it. Repeating it does not help.
    #[error("the provider refused the request: {}", reason.code())]
    RequestRejected {
        /// The reason.
        reason: RequestReason,
    },
    /// The API rejected the access token (401).
    #[error("the access token was refused: {}", tag.code())]
    TokenRejected {
        /// The reason.
        tag: TokenTag,
    },
    /// The access token lacks a scope that the route needs (401 `missing_scope`).
    #[error("the access token lacks a scope")]
    MissingScope {
        /// The scope, if the provider named one that is well-formed.
        required: Option<String>,
    },
    /// The provider has suspended its user (401 `user_suspended`), which may be temporary.
    #[error("the provider has suspended the user")]
    UserSuspended,
    /// The account may not use the route (403).
    #[error("the account has no access: {}", tag.code())]
    AccessDenied {
        /// The reason.
        tag: AccessTag,
    },
    /// Nothing was learnt about the grant. The call may be repeated later.
    #[error("the provider could not be asked: {}", kind.code())]
    Transient {
        /// What happened.
        kind: TransientKind,
        /// How long the provider asks callers to wait, at most [`MAX_RETRY_AFTER`](crate::MAX_RETRY_AFTER).
        retry_after: Option<Duration>,
        /// Whether bytes of the request may have been sent. If so, a code must not be sent again.
        sent: bool,
    },
    /// Status 200 with an invalid response. Stored tokens remain as they were.
    #[error("the provider's answer is malformed: {}", what.code())]
    Malformed {
        /// The invalid part.
        what: Malformed,
        /// Tokens from an invalid response to a code. They are alive and must be revoked.
        orphan: Option<Box<Orphan>>,
    },
}

/// Live tokens that will not be stored.
#[derive(Debug, Clone)]
pub struct Orphan {
    /// The access token. Revoking it ends the whole grant.
    pub access_token: Option<SecretString>,
    /// The refresh token. If there is no access token, refresh first and then revoke.
    pub refresh_token: Option<SecretString>,
}

impl Failure {
    /// A call that failed without a usable response, and may be repeated.
    pub(crate) fn transient(kind: TransientKind) -> Self {
        Self::Transient {
            kind,
            retry_after: None,
            sent: !matches!(kind, TransientKind::Connect | TransientKind::Randomness),
        }
    }

    pub(crate) fn malformed(what: Malformed) -> Self {
        Self::Malformed { what, orphan: None }
    }

    /// Whether nothing was learnt about the grant. The call may succeed later.
    ///
    /// This includes a malformed response. A code that was sent is consumed nevertheless: see [`sent`](Self::sent).
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Transient { .. } | Self::Malformed { .. } | Self::UserSuspended)
    }

    /// Whether bytes of the request may have reached the provider.
    #[must_use]
    pub fn sent(&self) -> bool {
        !matches!(self, Self::Transient { sent: false, .. })
    }

    /// Whether the request may have been processed with an unknown outcome: its response never arrived, was cut off, or did
    /// not come from the provider. After a code was sent, there may be a grant whose tokens nobody has.
    #[must_use]
    pub fn answer_is_lost(&self) -> bool {
        match self {
            // These mean that the request was not processed: there were too many, or it was rejected.
            Self::Transient { kind: TransientKind::RateLimited, .. } => false,
            Self::Transient { kind: TransientKind::Status(status), .. } => {
                *status == 408 || !(400..500).contains(status)
            }
            Self::Transient { sent, .. } => *sent,
            Self::Malformed { orphan, .. } => orphan.is_none(),
            _ => false,
        }
    }

    /// How long the provider asks callers to wait.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Transient { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Tokens that must be revoked because of this failure.
    #[must_use]
    pub fn orphan(&self) -> Option<&Orphan> {
        match self {
            Self::Malformed { orphan, .. } => orphan.as_deref(),
            _ => None,
        }
    }

    /// The provider's own id of the request that ended the grant, for its support.
    #[must_use]
    pub fn provider_request(&self) -> Option<&str> {
        match self {
            Self::GrantDead { request, .. } => request.as_deref(),
            _ => None,
        }
    }

    /// A stable name for columns, metrics and events.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::GrantDead { reason, .. } => reason.code(),
            Self::ClientRejected { reason } => reason.code(),
            Self::RequestRejected { reason } => reason.code(),
            Self::TokenRejected { tag } => tag.code(),
            Self::MissingScope { .. } => "missing_scope",
            Self::UserSuspended => "user_suspended",
            Self::AccessDenied { tag } => tag.code(),
            Self::Transient { kind, .. } => kind.code(),
            Self::Malformed { what, .. } => what.code(),
        }
    }
}

/// Declares a fieldless enum whose variants have a stable code.
macro_rules! coded {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident => $code:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
        }

        impl $name {
            /// A stable name for columns, metrics and events.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)+
                }
            }
        }
    };
}

coded! {
    /// Why a grant has ended.
    GrantReason {
        /// The code is unknown, used or too old.
        CodeExpired => "code_expired",
        /// The code was issued for another redirect URI.
        RedirectUriMismatch => "redirect_uri_mismatch",
        /// The code was issued for another PKCE challenge.
        VerifierMismatch => "verifier_mismatch",
        /// The user disconnected the app, or the refresh token was revoked.
        RefreshTokenRevoked => "refresh_token_revoked",
        /// The provider does not know the refresh token.
        RefreshTokenMalformed => "refresh_token_malformed",
        /// The browser returned with another request token than the one that the link began with. Nothing was sent.
        RequestTokenMismatch => "request_token_mismatch",
        /// The request token is unknown, used or too old.
        RequestTokenExpired => "request_token_expired",
        /// The user has not approved the request token.
        NotAuthorized => "request_token_not_authorized",
        /// The provider gives a reason that is not known here.
        Other => "invalid_grant",
    }
}

coded! {
    /// Why the app was rejected.
    ClientReason {
        /// The app key or app secret is wrong.
        InvalidClient => "invalid_client",
        /// The provider found no usable credentials.
        NoAuthFunction => "no_auth_function",
        /// The app may not use this grant type.
        UnauthorizedClient => "unauthorized_client",
    }
}

coded! {
    /// Why a request was rejected.
    RequestReason {
        /// `invalid_request`, or a plain 400 of an API route.
        InvalidRequest => "invalid_request",
        /// The request names a scope that the app or the grant does not have.
        InvalidScope => "invalid_scope",
        /// The provider does not know the grant type.
        UnsupportedGrantType => "unsupported_grant_type",
        /// The provider does not accept our callback URL for the app.
        Callback => "redirect_uri_mismatch",
        /// The provider rejected the timestamp or the nonce of a signature: a clock is wrong.
        Stamp => "timestamp_refused",
        /// The protocol has no refresh tokens, and nothing was sent.
        NothingToRefresh => "nothing_to_refresh",
        /// The connector's description of its service is unusable. Nothing was sent.
        Misconfigured => "service_misconfigured",
        /// 409: an error that is specific to the route.
        Route => "route_error",
    }
}

coded! {
    /// Why an access token was rejected.
    TokenTag {
        /// It is unknown or revoked.
        Invalid => "invalid_access_token",
        /// It has expired: refresh it.
        Expired => "expired_access_token",
        /// It does not have the form of a token.
        Malformed => "malformed_access_token",
        /// It cannot be used for this route or this team member.
        RouteDenied => "route_access_denied",
        /// 401 with a tag that is not known.
        Other => "token_rejected",
    }
}

coded! {
    /// Why an account has no access.
    AccessTag {
        /// The route is not for this type of account.
        AccountType => "invalid_account_type",
        /// The account may not use Paper.
        Paper => "paper_access_denied",
        /// The team does not allow it.
        Team => "team_access_denied",
        /// The account lacks the permission.
        NoPermission => "no_permission",
        /// 403 with a tag that is not known.
        Other => "account_access_denied",
    }
}

coded! {
    /// The invalid part of a response.
    Malformed {
        /// It is larger than the limit.
        TooLarge => "malformed_too_large",
        /// It was cut off or is too large, after the tokens had arrived.
        Incomplete => "malformed_incomplete",
        /// It is not the expected JSON.
        Json => "malformed_json",
        /// `token_type` is not bearer.
        TokenType => "malformed_token_type",
        /// `access_token` is missing, or not printable ASCII of at most 4,096 bytes.
        AccessToken => "malformed_access_token",
        /// `refresh_token` is missing (was the access type `offline`?) or not well-formed.
        RefreshToken => "malformed_refresh_token",
        /// `expires_in` is not 1 second to 366 days.
        ExpiresIn => "malformed_expires_in",
        /// `scope` is not a list of scopes.
        Scope => "malformed_scope",
        /// It is not the expected form.
        Form => "malformed_form",
        /// `oauth_token` or `oauth_token_secret` of a request token is missing or not well-formed.
        RequestToken => "malformed_request_token",
        /// `oauth_callback_confirmed=true` is missing, so the service may speak OAuth 1.0 instead of 1.0a.
        CallbackConfirmed => "malformed_callback_confirmed",
        /// The access token belongs to another account than the browser returned with.
        AccountMismatch => "malformed_account_mismatch",
        /// The provider accepts a token that it has reported as ended.
        StillAlive => "token_still_alive",
        /// The account id is missing or does not have the provider's form.
        AccountId => "malformed_account_id",
        /// A whole team was linked instead of one account.
        TeamGrant => "team_grant",
        /// The response to a check does not echo the request.
        Echo => "malformed_echo",
    }
}

/// Why a call gave no information.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransientKind {
    /// No connection was established (name, route, refusal, TLS). Nothing was sent.
    Connect,
    /// The operating system provided no randomness. Nothing was sent.
    Randomness,
    /// No complete response arrived in time.
    Timeout,
    /// The connection broke before the complete response had arrived.
    Interrupted,
    /// 429.
    RateLimited,
    /// Any other status that says nothing about grant or app: 5xx, and responses that match no rule.
    Status(u16),
}

impl TransientKind {
    /// A stable name for columns, metrics and events.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Connect => "connect_failed",
            Self::Randomness => "no_randomness",
            Self::Timeout => "timeout",
            Self::Interrupted => "connection_broken",
            Self::RateLimited => "rate_limited",
            Self::Status(500..=599) => "provider_error",
            Self::Status(_) => "unexpected_status",
        }
    }
}
