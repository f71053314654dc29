//! How a refresh ended, and what its callers are told if no valid token is left.

use std::time::Duration;

use bowline_provider::Failure;

use crate::domain::{Code, Error};
use crate::service::connector;

/// How a refresh ended.
#[derive(Debug, Clone)]
pub(in crate::service::token) enum RefreshOutcome {
    /// There is a fresh token, or the account's status says why there is none.
    Done,
    /// No refresh: the connector does not work.
    ConnectorBroken,
    /// No refresh: an operator has disabled the connector.
    ConnectorDisabled,
    /// The provider understood the request and refused it, which says nothing about the grant.
    Refused {
        /// The provider's error code.
        reason: String,
        /// When it may be tried again.
        retry_after: Duration,
    },
    /// The account has no refresh token, so the provider is not asked for another token.
    NoRefreshToken,
    /// The provider's response could not be understood.
    Malformed {
        /// When to try again.
        retry_after: Duration,
    },
    /// The provider could not be reached, or may not be called now.
    Unavailable {
        /// When to try again.
        retry_after: Duration,
    },
    /// The tenant's app has forced a refresh recently.
    Limited {
        /// When it may force the next one.
        retry_after: Duration,
    },
}

impl RefreshOutcome {
    /// For callers who waited too long for the refresh of another replica.
    pub(in crate::service::token) fn unknown() -> Self {
        Self::Unavailable { retry_after: Duration::from_secs(1) }
    }

    /// The outcome of a failed call. Nobody calls again before `retry_after` has passed.
    pub(super) fn of(failure: &Failure, retry_after: Duration) -> Self {
        match failure {
            Failure::GrantDead { .. } => Self::Done,
            Failure::ClientRejected { .. } => Self::ConnectorBroken,
            other => Self::cooling(Some(other.code()), retry_after),
        }
    }

    /// The outcome during a cool-down: that of the failure that began it, by its code.
    pub(super) fn cooling(code: Option<&str>, retry_after: Duration) -> Self {
        match code {
            Some(
                reason @ ("invalid_request" | "invalid_scope" | "unsupported_grant_type" | "route_error"),
            ) => Self::Refused { reason: reason.to_owned(), retry_after },
            Some(code) if code.starts_with("malformed_") => Self::Malformed { retry_after },
            _ => Self::Unavailable { retry_after },
        }
    }

    /// The error for a caller if no valid token is left.
    pub(in crate::service::token) fn refusal(&self) -> Error {
        match self {
            Self::ConnectorBroken => connector::broken().into(),
            Self::ConnectorDisabled => connector::disabled().into(),
            Self::NoRefreshToken => Code::InvalidState
                .because("this account has no refresh token, so its current token is the only one; check the account if the provider rejects that token")
                .into(),
            Self::Refused { reason, retry_after } => Code::ConnectorBroken
                .because(
                    "the provider refuses to refresh this account's token; the link itself is not in doubt, ask your operator to compare the connector with its app in the provider's console",
                )
                .reason(reason.as_str())
                .retry_after(*retry_after)
                .into(),
            Self::Malformed { retry_after } => Code::ProviderMalformed
                .because("the provider's response to the refresh is malformed; the account is unchanged, try again after Retry-After seconds")
                .retry_after(*retry_after)
                .into(),
            Self::Done => provider_unavailable(Duration::from_secs(1)),
            Self::Unavailable { retry_after } => provider_unavailable(*retry_after),
            Self::Limited { retry_after } => Code::RefreshLimited
                .because("a refresh of this account was forced less than a minute ago; fetch its token as usual")
                .retry_after(*retry_after)
                .into(),
        }
    }
}

/// For callers who waited for a refresh that ended without a result, because the database failed or the call that ran
/// it was stopped. It says nothing about the provider.
pub(super) fn lost() -> Error {
    Code::DatabaseUnavailable
        .because("the refresh that this call waited for was interrupted in Bowline; try again")
        .retry_after(Duration::from_secs(1))
        .into()
}

fn provider_unavailable(retry_after: Duration) -> Error {
    Code::ProviderUnavailable
        .because(
            "the provider cannot be reached and the last token has expired; the link itself is not in doubt, try again after Retry-After seconds",
        )
        .retry_after(retry_after)
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cool_down_answers_as_the_failure_did_that_began_it() {
        let wait = Duration::from_secs(7);
        for (code, expected) in [
            (Some("invalid_scope"), Code::ConnectorBroken),
            (Some("malformed_json"), Code::ProviderMalformed),
            (Some("provider_error"), Code::ProviderUnavailable),
            (None, Code::ProviderUnavailable),
        ] {
            assert_eq!(RefreshOutcome::cooling(code, wait).refusal().code(), expected, "{code:?}");
        }
    }

    #[test]
    fn an_interrupted_refresh_is_not_blamed_on_the_provider() {
        assert_eq!(lost().code(), Code::DatabaseUnavailable);
    }
}
