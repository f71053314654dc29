//! Why a sign-on failed, without anything that the identity provider wrote, except the short code of an error.

use openidconnect::core::CoreErrorResponseType;
use openidconnect::{
    ClaimsVerificationError, DiscoveryError, ErrorResponse, RequestTokenError, StandardErrorResponse,
};

use crate::Failure;

/// Why an ID token without `auth_time` proves no login anew.
pub(super) const NO_TIME: &str = "no auth_time";

/// Why a sign-on failed.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum OpenIdError {
    /// The identity provider could not be asked. It may work later.
    #[error("the identity provider could not be asked: {0}")]
    Unavailable(Failure),
    /// The identity provider refused the request. The code is one of RFC 6749, such as `invalid_grant`.
    #[error("the identity provider refused the request: {0}")]
    Refused(String),
    /// The identity provider refused this service: its client id, its secret, or a right that its registration lacks.
    #[error("the identity provider refuses this client: {0}")]
    Client(String),
    /// What the identity provider sent is not what the standard says, or does not belong to the configured issuer.
    #[error("the identity provider's response is malformed: {0}")]
    Malformed(&'static str),
    /// The ID token does not prove who the person is.
    #[error("the ID token is not accepted: {0}")]
    Untrusted(&'static str),
    /// The identity provider has no device authorization endpoint.
    #[error("the identity provider has no device flow")]
    NoDeviceFlow,
}

impl OpenIdError {
    /// A short name for logs and metrics.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unavailable(failure) => failure.code(),
            Self::Refused(_) => "refused",
            Self::Client(_) => "client_refused",
            Self::Malformed(_) => "malformed",
            Self::Untrusted(_) => "untrusted",
            Self::NoDeviceFlow => "no_device_flow",
        }
    }

    /// The failure for the code of an OAuth error. Anything that is not a short lower-case word is not repeated.
    pub(super) fn of_code(code: &str) -> Self {
        let is_word =
            !code.is_empty() && code.len() <= 64 && code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        let code = if is_word { code.to_owned() } else { "unknown_error".to_owned() };
        match code.as_str() {
            "invalid_client" | "unauthorized_client" | "unsupported_grant_type" | "invalid_scope" => {
                Self::Client(code)
            }
            _ => Self::Refused(code),
        }
    }
}

impl From<DiscoveryError<Failure>> for OpenIdError {
    fn from(error: DiscoveryError<Failure>) -> Self {
        match error {
            DiscoveryError::Request(failure) => Self::Unavailable(failure),
            DiscoveryError::Validation(_) => Self::Malformed("its issuer is not the configured one"),
            DiscoveryError::Parse(_) => Self::Malformed("its configuration or keys cannot be read"),
            _ => Self::Malformed("its configuration or keys cannot be fetched"),
        }
    }
}

impl From<RequestTokenError<Failure, StandardErrorResponse<CoreErrorResponseType>>> for OpenIdError {
    fn from(error: RequestTokenError<Failure, StandardErrorResponse<CoreErrorResponseType>>) -> Self {
        of_request(error, |answer| answer.error().as_ref().to_owned())
    }
}

/// The failure of a request to the token endpoint or to the device authorization endpoint.
pub(super) fn of_request<E: ErrorResponse + 'static>(
    error: RequestTokenError<Failure, E>,
    code: impl FnOnce(&E) -> String,
) -> OpenIdError {
    match error {
        RequestTokenError::ServerResponse(answer) => OpenIdError::of_code(&code(&answer)),
        RequestTokenError::Request(failure) => OpenIdError::Unavailable(failure),
        RequestTokenError::Parse(..) => OpenIdError::Malformed("the response is not the expected JSON"),
        RequestTokenError::Other(_) => OpenIdError::Malformed("the response is not one of OAuth 2.0"),
    }
}

impl From<ClaimsVerificationError> for OpenIdError {
    fn from(error: ClaimsVerificationError) -> Self {
        Self::Untrusted(match error {
            ClaimsVerificationError::Expired(_) => "it has expired; compare the clocks",
            ClaimsVerificationError::InvalidAudience(_) => "it is for another client",
            ClaimsVerificationError::InvalidAuthTime(why) if why == NO_TIME => {
                "it does not say when the person logged in, which needs require_auth_time in the registration at the identity provider"
            }
            ClaimsVerificationError::InvalidAuthTime(_) => "the person has not logged in anew",
            ClaimsVerificationError::InvalidIssuer(_) => "it is of another issuer",
            ClaimsVerificationError::InvalidNonce(_) => "it belongs to another login",
            ClaimsVerificationError::InvalidSubject(_) => "its subject is not acceptable",
            ClaimsVerificationError::SignatureVerification(_) => "its signature is not valid",
            _ => "a claim is not acceptable",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_short_codes_of_an_error_are_repeated() {
        let shown = |code| OpenIdError::of_code(code).to_string();
        assert!(shown("access_denied").ends_with(": access_denied"));
        assert!(matches!(OpenIdError::of_code("invalid_client"), OpenIdError::Client(_)));
        for hostile in ["", "<script>", "\u{1b}[31m", "A B", &"x".repeat(65)] {
            assert!(shown(hostile).ends_with(": unknown_error"), "{hostile:?}");
        }
    }
}
