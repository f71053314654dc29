//! The codes of refused calls, which the tenant guide lists.

use std::fmt;
use std::str::FromStr;

/// A code that this version does not know.
#[derive(Debug, thiserror::Error)]
#[error("this version of the client does not know the code")]
pub struct UnknownCode;

/// Declares the codes with their names on the wire in one table.
macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $text:literal;)*) => {
        /// Why a call was refused, for programs.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Code { $($(#[doc = $doc])+ $variant,)* }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The code on the wire, such as `needs_reauth`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }

        impl FromStr for Code {
            type Err = UnknownCode;

            fn from_str(text: &str) -> Result<Self, UnknownCode> {
                match text {
                    $($text => Ok(Self::$variant),)*
                    _ => Err(UnknownCode),
                }
            }
        }
    };
}

codes! {
    /// The user approved with another Dropbox account than the one to be linked again. Nothing was linked.
    AccountMismatch = "account_mismatch";
    /// The account was deleted or revoked; the user can link again.
    AccountRevoked = "account_revoked";
    /// An operator froze the account; ask them.
    AccountSuspended = "account_suspended";
    /// The user linked several accounts: ask for one of [`Refusal::account_ids`](crate::Refusal::account_ids).
    AmbiguousAccount = "ambiguous_account";
    /// An automatic stop has suspended this API key, which fetched far more tokens than usual. Ask your operator.
    ApiKeySuspended = "api_key_suspended";
    /// The request is above a limit.
    BodyTooLarge = "body_too_large";
    /// The verifier or the link code does not belong to this link session. Nothing was linked.
    CompletionRefused = "completion_refused";
    /// Dropbox refuses the app's key or secret, or with a `reason` the refresh of this account: ask your operator.
    ConnectorBroken = "connector_broken";
    /// An operator has disabled the connector; the links are kept. Ask them.
    ConnectorDisabled = "connector_disabled";
    /// Bowline cannot reach its database. Try again after `retry_after`.
    DatabaseUnavailable = "database_unavailable";
    /// The first call with this `Idempotency-Key` is in progress. Repeat yours after `retry_after`.
    IdempotencyKeyInUse = "idempotency_key_in_use";
    /// The `Idempotency-Key` was sent with another body.
    IdempotencyKeyReused = "idempotency_key_reused";
    /// The API key lacks [`Refusal::permission`](crate::Refusal::permission).
    InsufficientScope = "insufficient_scope";
    /// A fault of Bowline's, which raised an alarm; quote `request_id`.
    IntegrityError = "integrity_error";
    /// A fault of Bowline's; quote `request_id`.
    Internal = "internal";
    /// A value of the request is not acceptable: [`Refusal::field`](crate::Refusal::field) names it.
    InvalidField = "invalid_field";
    /// A fault in the request: [`Refusal::parameter`](crate::Refusal::parameter) names it if it is a query parameter.
    InvalidRequest = "invalid_request";
    /// The account has no refresh token, so its only token can be neither narrowed nor refreshed.
    InvalidState = "invalid_state";
    /// The user took too long; begin another link session.
    LinkExpired = "link_expired";
    /// The attempt has ended for `reason`; begin another link session.
    LinkFailed = "link_failed";
    /// The link session has ended already; begin another one.
    LinkFinished = "link_finished";
    /// Another call is completing the link session: repeat yours to get its result.
    LinkInProgress = "link_in_progress";
    /// The user has not returned from Dropbox yet.
    LinkNotReturned = "link_not_returned";
    /// The user disconnected the app, or the grant ended: offer the link button again, with the `account_id`.
    NeedsReauth = "needs_reauth";
    /// The user has linked nothing, or the id is not yours.
    NotFound = "not_found";
    /// Dropbox's answer makes no sense. Nothing was changed; try again later.
    ProviderMalformed = "provider_malformed";
    /// Dropbox cannot be reached, and the last token has expired. Try again after `retry_after`.
    ProviderUnavailable = "provider_unavailable";
    /// Your apps together make too many calls. Wait as long as `retry_after` says.
    RateLimited = "rate_limited";
    /// You forced a refresh of this account less than a minute ago: fetch the token as usual.
    RefreshLimited = "refresh_limited";
    /// The whole body did not arrive within ten seconds. Nothing was done.
    RequestTimeout = "request_timeout";
    /// Dropbox linked a whole team instead of one account. Nothing was linked.
    TeamLink = "team_link";
    /// An operator has frozen your tenant. Ask them.
    TenantFrozen = "tenant_frozen";
    /// The API key does not work.
    Unauthenticated = "unauthenticated";
    /// A newer version of Bowline is being rolled out. Try again after `retry_after`.
    UnknownState = "unknown_state";
    /// The body is not JSON.
    UnsupportedMediaType = "unsupported_media_type";
}

impl From<Code> for &'static str {
    fn from(code: Code) -> Self {
        code.as_str()
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The tenants' document about errors.
    const GUIDE: &str = include_str!("../../../docs/tenant-guide.md");

    /// The codes of the guide's table, which are in the second cell of each row.
    fn codes_of_the_guide() -> BTreeSet<&'static str> {
        let (_, section) = GUIDE.split_once("\n## 5. When there is no token\n").unwrap();
        let (section, _) = section.split_once("\n## ").unwrap();
        let cells =
            section.lines().filter(|line| line.starts_with("| ")).filter_map(|row| row.split('|').nth(2));
        cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).filter(|code| *code != "code").collect()
    }

    #[test]
    fn the_guide_and_the_client_have_the_same_codes() {
        let known: BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(known.len(), Code::ALL.len());
        assert_eq!(known, codes_of_the_guide());
        assert!(Code::ALL.iter().all(|code| code.as_str().parse::<Code>().ok() == Some(*code)));
    }
}
