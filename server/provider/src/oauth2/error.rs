//! Errors of a token endpoint (RFC 6749, 5.2), and the known deviations of Dropbox.

use reqwest::StatusCode;

use crate::{ClientReason, Failure, GrantReason, RequestReason, http::Answer};

/// What a response other than 200 means.
///
/// The whole sentence may be in `error` (`invalid_client: Invalid client_id or client_secret`), so the comparison is by
/// prefix. A response that is not the provider's JSON gives no information.
pub(super) fn failure(answer: &Answer) -> Failure {
    if !answer.status.is_client_error() {
        return answer.unexplained();
    }
    let Some(error) = answer.at::<String>(&["error"]) else {
        return answer.unexplained();
    };
    // The description only adds detail. If it is not text, it is ignored.
    let description = answer.at::<String>(&["error_description"]).unwrap_or_default();
    let description = description.as_str();
    if is_error(&error, "invalid_client") {
        return client_rejected(ClientReason::InvalidClient);
    }
    if is_error(&error, "unauthorized_client") {
        return client_rejected(ClientReason::UnauthorizedClient);
    }
    if answer.status != StatusCode::BAD_REQUEST {
        return answer.unexplained();
    }
    let reason = match error.as_str() {
        "invalid_grant" => {
            let reason = grant_reason(description);
            return Failure::GrantDead { reason, request: answer.provider_request.clone() };
        }
        "invalid_request" if description.starts_with("No auth function available") => {
            return client_rejected(ClientReason::NoAuthFunction);
        }
        "invalid_request" => RequestReason::InvalidRequest,
        "invalid_scope" => RequestReason::InvalidScope,
        "unsupported_grant_type" => RequestReason::UnsupportedGrantType,
        _ => return answer.unexplained(),
    };
    Failure::RequestRejected { reason }
}

fn client_rejected(reason: ClientReason) -> Failure {
    Failure::ClientRejected { reason }
}

/// `code` alone, or followed by a colon and a sentence.
fn is_error(error: &str, code: &str) -> bool {
    error.strip_prefix(code).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
}

fn grant_reason(description: &str) -> GrantReason {
    match description {
        "code doesn't exist or has expired" => GrantReason::CodeExpired,
        "redirect_uri mismatch" => GrantReason::RedirectUriMismatch,
        "refresh token is invalid or revoked" => GrantReason::RefreshTokenRevoked,
        "refresh token is malformed" => GrantReason::RefreshTokenMalformed,
        // The exact sentence is not documented. Every known form of it names the verifier.
        text if text.contains("code_verifier") || text.contains("code verifier") => {
            GrantReason::VerifierMismatch
        }
        _ => GrantReason::Other,
    }
}
