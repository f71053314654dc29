//! Why a request fails: one error type for all services, what an error is about, and the single table from codes to
//! HTTP statuses.

use std::borrow::Cow;
use std::time::Duration;

use bowline_api::{
    AccountId, ConnectorId, JobId, LinkSessionId, ManageSessionId, OperatorId, TenantId, WebhookEndpointId,
};

use super::facts::Facts;

/// The error detail of every 404.
pub const NO_SUCH_THING: &str = "there is nothing here with this id, or this path does not exist";

/// The result of every service.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a request fails.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The caller is told the reason and what to do.
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// The database is unreachable. Nothing was decided.
    #[error("the database is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The database did not confirm whether it stored a change.
    #[error("the database did not confirm the change")]
    Unconfirmed(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// An internal error. The caller is told only the request id.
    #[error("{what}")]
    Internal {
        /// The operation that failed.
        what: &'static str,
        /// The cause.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// A stored value was moved, edited, deleted or replaced by an old one. The transaction that ends with this error
    /// records it in the audit log.
    #[error("{what} was moved, edited, deleted or put back")]
    Integrity {
        /// Table and column.
        what: &'static str,
        /// What the unreadable value belongs to, for the error.
        about: About,
    },
}

impl Error {
    /// An internal error with its cause.
    pub fn internal(what: &'static str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal { what, source: Some(source.into()) }
    }

    /// An internal error without a deeper cause.
    pub fn bug(what: &'static str) -> Self {
        Self::Internal { what, source: None }
    }

    /// Other calls of the same tenant, or of operators, occupy all of their places. Nothing was decided, as if the
    /// database were unreachable.
    pub fn crowded() -> Self {
        Self::Unavailable(Box::new(Crowded))
    }

    /// Whether other calls of the same caller are the cause, and not the database.
    pub fn is_crowded(&self) -> bool {
        matches!(self, Self::Unavailable(source) if source.is::<Crowded>())
    }

    /// There is nothing with this id. The text is the same whether it never existed or belongs to another tenant.
    pub fn not_found() -> Self {
        Code::NotFound.because(NO_SUCH_THING).into()
    }

    /// The code that the caller sees.
    pub fn code(&self) -> Code {
        match self {
            Self::Refused(refusal) => refusal.code,
            Self::Unavailable(_) if self.is_crowded() => Code::RateLimited,
            Self::Unavailable(_) | Self::Unconfirmed(_) => Code::DatabaseUnavailable,
            Self::Internal { .. } => Code::Internal,
            Self::Integrity { .. } => Code::IntegrityError,
        }
    }
}

/// The cause if too many calls of the same caller are in progress.
#[derive(Debug, thiserror::Error)]
#[error("too many calls of the same caller are under way")]
struct Crowded;

/// The subject of a failed integrity check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the nouns")]
pub enum About {
    Account(AccountId),
    LinkSession(LinkSessionId),
    ManageSession(ManageSessionId),
    Connector(ConnectorId),
    WebhookEndpoint(WebhookEndpointId),
    Revocation(JobId),
    Operator(OperatorId),
    Tenant(TenantId),
    /// The log of a tenant, or the service's own.
    AuditLog(Option<TenantId>),
}

impl About {
    /// The id in its API form, if there is one.
    pub fn subject(self) -> Option<String> {
        match self {
            Self::Account(id) => Some(id.to_string()),
            Self::LinkSession(id) => Some(id.to_string()),
            Self::ManageSession(id) => Some(id.to_string()),
            Self::Connector(id) => Some(id.to_string()),
            Self::WebhookEndpoint(id) => Some(id.to_string()),
            Self::Revocation(id) => Some(id.to_string()),
            Self::Operator(id) => Some(id.to_string()),
            Self::Tenant(id) => Some(id.to_string()),
            Self::AuditLog(id) => id.map(|id| id.to_string()),
        }
    }
}

/// What the caller is told.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// The code that programs rely on.
    pub code: Code,
    /// What happened and what to do about it. Never a secret.
    pub detail: Cow<'static, str>,
    /// The refusal's further data for programs.
    pub facts: Facts,
    /// When to retry.
    pub retry_after: Option<Duration>,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.detail)
    }
}

impl Refusal {
    /// Adds further data for programs to the refusal.
    #[must_use]
    pub fn with(mut self, facts: Facts) -> Self {
        self.facts = facts;
        self
    }

    /// Names the field of the request whose value is not acceptable.
    #[must_use]
    pub fn field(self, field: &'static str) -> Self {
        self.with(Facts::Field { field })
    }

    /// Sets the reason, a short name such as the provider's error.
    #[must_use]
    pub fn reason(self, reason: impl Into<String>) -> Self {
        self.with(Facts::Reason { reason: reason.into() })
    }

    /// Sets when to retry. Responses contain at least one second.
    #[must_use]
    pub fn retry_after(mut self, delay: Duration) -> Self {
        self.retry_after = Some(delay);
        self
    }

    /// When to retry, in whole seconds for a response. Rounded up, because a request that comes too early is rejected
    /// again.
    #[must_use]
    pub fn retry_after_seconds(&self) -> Option<u64> {
        let delay = self.retry_after?;
        Some(delay.as_secs().saturating_add(u64::from(delay.subsec_nanos() > 0)).max(1))
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

/// Declares the codes with their HTTP statuses and titles in a single table.
macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $status:literal, $title:literal;)*) => {
        /// A stable code by which programs decide.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$doc])* #[doc = $title] $variant,)* }

        impl Code {
            /// Every code, for the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The code on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The HTTP status.
            pub fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)* }
            }

            /// The error code's title, the same for every occurrence.
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }
        }
    };
}

codes! {
    InvalidRequest = "invalid_request", 400, "The request is malformed";
    InvalidCursor = "invalid_cursor", 400, "The cursor belongs to another list";
    Unauthenticated = "unauthenticated", 401, "The request has no valid credential";
    InvalidLogin = "invalid_login", 401, "The name or the password is wrong";
    InsufficientScope = "insufficient_scope", 403, "The credential does not permit this call";
    TotpRequired = "totp_required", 403, "A one-time code is needed as well";
    TotpEnrolmentRequired = "totp_enrolment_required", 403, "One-time codes must be set up first";
    SignOnRequired = "sign_on_required", 403, "A fresh login at the identity provider is needed";
    SignOnRefused = "sign_on_refused", 403, "This user of the identity provider may not log in";
    ForeignOrigin = "foreign_origin", 403, "The request comes from another site";
    CompletionRefused = "completion_refused", 403, "The completion proof does not match this link session";
    AccountSuspended = "account_suspended", 403, "The account is suspended";
    NotFound = "not_found", 404, "Not found";
    MethodNotAllowed = "method_not_allowed", 405, "The path does not support this method";
    RequestTimeout = "request_timeout", 408, "The request took too long to arrive";
    AlreadyExists = "already_exists", 409, "It exists already";
    AmbiguousAccount = "ambiguous_account", 409, "The user has several accounts";
    NeedsReauth = "needs_reauth", 409, "The user must link again";
    LinkNotReturned = "link_not_returned", 409, "The user has not returned from the provider";
    LinkInProgress = "link_in_progress", 409, "The link session is being completed";
    LinkFinished = "link_finished", 409, "The link session has ended";
    LinkFailed = "link_failed", 409, "The link cannot be completed";
    TeamLink = "team_link", 409, "A whole team was linked instead of one account";
    AccountMismatch = "account_mismatch", 409, "The user approved with another account";
    InvalidState = "invalid_state", 409, "The account's state does not allow this";
    LastAdmin = "last_admin", 409, "The last admin must remain";
    AccountRevoked = "account_revoked", 410, "The account is revoked";
    SignOnFailed = "sign_on_failed", 410, "The login at the identity provider cannot be completed";
    LinkExpired = "link_expired", 410, "The link session has expired";
    BodyTooLarge = "body_too_large", 413, "The body is too large";
    IdempotencyKeyInUse = "idempotency_key_in_use", 409, "The first call with this key is in progress";
    UnsupportedMediaType = "unsupported_media_type", 415, "The body is not JSON";
    InvalidField = "invalid_field", 422, "A field has an unacceptable value";
    IdempotencyKeyReused = "idempotency_key_reused", 422, "The key belongs to another request";
    SearchTooBroad = "search_too_broad", 422, "The search is too broad";
    RateLimited = "rate_limited", 429, "Too many requests";
    RefreshLimited = "refresh_limited", 429, "A refresh of this account was forced less than a minute ago";
    Internal = "internal", 500, "Internal error";
    IntegrityError = "integrity_error", 500, "A stored secret fails its integrity check";
    ConnectorBroken = "connector_broken", 502, "The provider rejects the connector's app key or secret";
    ProviderMalformed = "provider_malformed", 502, "The provider's response is malformed";
    ProviderUnavailable = "provider_unavailable", 503, "The provider is unavailable";
    DatabaseUnavailable = "database_unavailable", 503, "The database is unavailable";
    UnknownState = "unknown_state", 503, "Only a newer version knows this state";
    ConnectorDisabled = "connector_disabled", 403, "The connector is disabled";
    TenantFrozen = "tenant_frozen", 403, "The tenant is frozen";
    ApiKeySuspended = "api_key_suspended", 403, "The API key is suspended";
}

impl Code {
    /// A refusal with this code and a text for this occurrence.
    pub fn because(self, detail: impl Into<Cow<'static, str>>) -> Refusal {
        Refusal { code: self, detail: detail.into(), facts: Facts::None, retry_after: None }
    }
}

/// The text of an error with its causes, which the messages of our own errors do not repeat.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callers_are_never_told_to_come_back_too_early() {
        for (delay, expected) in [(0, 1), (1, 1), (999, 1), (1_000, 1), (1_001, 2), (2_900, 3), (3_000, 3)] {
            let refusal = Code::RateLimited.because("wait").retry_after(Duration::from_millis(delay));
            assert_eq!(refusal.retry_after_seconds(), Some(expected), "{delay} ms");
        }
        assert_eq!(Code::NotFound.because("nothing").retry_after_seconds(), None);
    }
}
