//! What a failed call to a provider means, which is what decides the status of an account.

use std::time::Duration;

use secrecy::SecretString;

/// A failed call. It says what may be concluded, never what the provider wrote.
///
/// Only [`GrantDead`](Self::GrantDead) says that an account's grant is gone.
/// [`ClientRejected`](Self::ClientRejected) is the tenant's configuration, of which no end user is
/// to blame: or one bad secret would mark a million accounts broken.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// 400 `invalid_grant`: this code or refresh token will never work (RFC 6749, 5.2).
    #[error("the grant is dead: {}", reason.code())]
    GrantDead {
        /// Which of the known reasons.
        reason: GrantReason,
    },
    /// The app's key and secret were not taken: the connector is broken, its accounts are not.
    #[error("the provider refused the app: {}", reason.code())]
    ClientRejected {
        /// Which of the known reasons.
        reason: ClientReason,
    },
    /// The provider understood the request and will not have it; asking again is no use.
    #[error("the provider refused the request: {}", reason.code())]
    RequestRejected {
        /// Which of the known reasons.
        reason: RequestReason,
    },
    /// The API did not take the access token (401).
    #[error("the access token was refused: {}", tag.code())]
    TokenRejected {
        /// Why.
        tag: TokenTag,
    },
    /// The access token lacks a scope that the route needs (401 `missing_scope`).
    #[error("the access token lacks a scope")]
    MissingScope {
        /// The scope, if the provider named one that is well-formed.
        required: Option<String>,
    },
    /// The provider has suspended its user (401 `user_suspended`), which may pass.
    #[error("the provider has suspended the user")]
    UserSuspended,
    /// The account may not use the route (403).
    #[error("the account has no access: {}", tag.code())]
    AccessDenied {
        /// Why.
        tag: AccessTag,
    },
    /// Nothing is known about the grant; the call may be made again later.
    #[error("the provider could not be asked: {}", kind.code())]
    Transient {
        /// What happened.
        kind: TransientKind,
        /// How long the provider asks to be left alone, at most [`MAX_RETRY_AFTER`](crate::MAX_RETRY_AFTER).
        retry_after: Option<Duration>,
        /// Whether bytes of the request may have gone out. A code must then not be sent again.
        sent: bool,
    },
    /// Status 200 with an answer that cannot be right. Whatever was stored before stays.
    #[error("the provider's answer is malformed: {}", what.code())]
    Malformed {
        /// The part that is wrong.
        what: Malformed,
        /// Tokens that came with a bad answer to a code. They are alive, and must be revoked.
        orphan: Option<Box<Orphan>>,
    },
}

/// Live tokens that nobody will store.
#[derive(Debug, Clone)]
pub struct Orphan {
    /// Revoking it kills the whole grant.
    pub access_token: Option<SecretString>,
    /// If there is no access token: refresh, then revoke.
    pub refresh_token: Option<SecretString>,
}

impl Failure {
    /// A call that failed without an answer of use, and may be made again.
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

    /// Whether nothing was learnt about the grant, so that the call may succeed later.
    ///
    /// A malformed answer counts; a code that was sent is nevertheless spent, see [`sent`](Self::sent).
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Transient { .. } | Self::Malformed { .. } | Self::UserSuspended)
    }

    /// Whether bytes of the request may have reached the provider.
    #[must_use]
    pub fn sent(&self) -> bool {
        !matches!(self, Self::Transient { sent: false, .. })
    }

    /// Whether the request may have been carried out without a word of what came of it: its answer never came, was cut, or is nothing
    /// of the provider's. After a code was sent, a grant may live of which nobody has a token.
    #[must_use]
    pub fn answer_is_lost(&self) -> bool {
        match self {
            // These say that the request was not carried out: too many of them, or refused.
            Self::Transient { kind: TransientKind::RateLimited, .. } => false,
            Self::Transient { kind: TransientKind::Status(status), .. } => {
                *status == 408 || !(400..500).contains(status)
            }
            Self::Transient { sent, .. } => *sent,
            Self::Malformed { orphan, .. } => orphan.is_none(),
            _ => false,
        }
    }

    /// How long the provider asks to be left alone.
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

    /// A stable word for columns, metrics and events.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::GrantDead { reason } => reason.code(),
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
            /// A stable word for columns, metrics and events.
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
    /// Why a grant is dead.
    GrantReason {
        /// The code is unknown, used or too old.
        CodeExpired => "code_expired",
        /// The code was issued for another redirect URI.
        RedirectUriMismatch => "redirect_uri_mismatch",
        /// The code was issued for another PKCE challenge.
        VerifierMismatch => "verifier_mismatch",
        /// The user disconnected the app, or the refresh token was revoked.
        RefreshTokenRevoked => "refresh_token_revoked",
        /// The refresh token is not one of the provider's.
        RefreshTokenMalformed => "refresh_token_malformed",
        /// The browser brought another request token than the one that the link began with; nothing was sent.
        RequestTokenMismatch => "request_token_mismatch",
        /// The request token is unknown, used or too old.
        RequestTokenExpired => "request_token_expired",
        /// The user has not approved the request token.
        NotAuthorized => "request_token_not_authorized",
        /// The provider says so in a text that is not known.
        Other => "invalid_grant",
    }
}

coded! {
    /// Why the app was refused.
    ClientReason {
        /// The app key or app secret is wrong.
        InvalidClient => "invalid_client",
        /// The provider found no credentials that it can use.
        NoAuthFunction => "no_auth_function",
        /// The app may not use this grant type.
        UnauthorizedClient => "unauthorized_client",
    }
}

coded! {
    /// Why a request was refused.
    RequestReason {
        /// `invalid_request`, or a plain 400 of an API route.
        InvalidRequest => "invalid_request",
        /// A scope that the app or the grant does not have.
        InvalidScope => "invalid_scope",
        /// The provider does not know the grant type.
        UnsupportedGrantType => "unsupported_grant_type",
        /// The provider did not take the timestamp or the nonce of a signature: a clock is wrong.
        Stamp => "timestamp_refused",
        /// The protocol has no refresh tokens, and nothing was sent.
        NothingToRefresh => "nothing_to_refresh",
        /// What the connector says of its service cannot be used; nothing was sent.
        Misconfigured => "service_misconfigured",
        /// 409: an error of the route's own.
        Route => "route_error",
    }
}

coded! {
    /// Why an access token was refused.
    TokenTag {
        /// Unknown or revoked.
        Invalid => "invalid_access_token",
        /// Too old: refresh it.
        Expired => "expired_access_token",
        /// Not in the form of a token.
        Malformed => "malformed_access_token",
        /// The token is of no use for this route or this member.
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
    /// The part of an answer that cannot be right.
    Malformed {
        /// Larger than the limit.
        TooLarge => "malformed_too_large",
        /// Broken off or too large, after the tokens had come.
        Incomplete => "malformed_incomplete",
        /// Not the JSON that was to come.
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
        /// Not the form that was to come.
        Form => "malformed_form",
        /// `oauth_token` or `oauth_token_secret` of a request token is missing or not well-formed.
        RequestToken => "malformed_request_token",
        /// `oauth_callback_confirmed=true` is missing, so the service may speak OAuth 1.0 instead of 1.0a.
        CallbackConfirmed => "malformed_callback_confirmed",
        /// The access token is of another account than the browser said.
        AccountMismatch => "account_mismatch",
        /// The provider takes a token that it said it had ended.
        StillAlive => "token_still_alive",
        /// The account id is missing or not of the provider's form.
        AccountId => "malformed_account_id",
        /// A whole team was linked instead of one account.
        TeamGrant => "team_grant",
        /// The answer to a check is not its echo.
        Echo => "malformed_echo",
    }
}

/// Why nothing was learnt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransientKind {
    /// No connection came about (name, route, refusal, TLS): nothing was sent.
    Connect,
    /// The operating system gave no randomness: nothing was sent.
    Randomness,
    /// No whole answer in time.
    Timeout,
    /// The connection broke before the whole answer was there.
    Interrupted,
    /// 429.
    RateLimited,
    /// Any other status that says nothing about grant or app: 5xx, and what no rule explains.
    Status(u16),
}

impl TransientKind {
    /// A stable word for columns, metrics and events.
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
