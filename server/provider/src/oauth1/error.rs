//! What a refusal means, by what was asked (RFC 5849, 3.2).

use reqwest::StatusCode;

use super::complaint::{Complaint, complaint};
use crate::{
    AccessTag, ClientReason, Failure, GrantReason, RequestReason, TokenTag, TransientKind, http::Answer,
};

/// What was asked, and so which credentials the refusal can be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// A request token: only the app's key and secret vary.
    RequestToken,
    /// An access token for a request token and, in 1.0a, for a verifier that the browser brought.
    AccessToken,
    /// Something of the API, with an access token.
    Api,
}

/// The failure of an answer other than 200.
pub(super) fn failure(answer: &Answer, asked: Asked) -> Failure {
    let refused =
        matches!(answer.status, StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
    match complaint(answer) {
        Some(complaint) if refused => refusal(answer.status, complaint, asked),
        _ => answer.unexplained(),
    }
}

/// Only what certainly is about the app breaks the connector: a browser can bring any verifier, and an end user can end any token.
fn refusal(status: StatusCode, complaint: Complaint, asked: Asked) -> Failure {
    let unauthorized = status == StatusCode::UNAUTHORIZED;
    match (complaint, asked) {
        (Complaint::Stamp, _) => Failure::RequestRejected { reason: RequestReason::Stamp },
        (Complaint::Callback, Asked::RequestToken) => {
            Failure::RequestRejected { reason: RequestReason::Callback }
        }
        (Complaint::Signature | Complaint::App, _) => invalid_client(),
        (_, Asked::RequestToken) if unauthorized => invalid_client(),
        (Complaint::Verifier, Asked::AccessToken) => dead(GrantReason::VerifierMismatch),
        (Complaint::NotAuthorized, Asked::AccessToken) => dead(GrantReason::NotAuthorized),
        (Complaint::RequestToken | Complaint::AccessToken, Asked::AccessToken) => {
            dead(GrantReason::RequestTokenExpired)
        }
        (_, Asked::AccessToken) if unauthorized => dead(GrantReason::Other),
        (Complaint::AccessToken, Asked::Api) => Failure::TokenRejected { tag: TokenTag::Invalid },
        (_, Asked::Api) if unauthorized => Failure::TokenRejected { tag: TokenTag::Other },
        (_, Asked::Api) if status == StatusCode::FORBIDDEN => Failure::AccessDenied { tag: AccessTag::Other },
        _ => Failure::RequestRejected { reason: RequestReason::InvalidRequest },
    }
}

fn invalid_client() -> Failure {
    Failure::ClientRejected { reason: ClientReason::InvalidClient }
}

fn dead(reason: GrantReason) -> Failure {
    Failure::GrantDead { reason, request: None }
}

/// Services of this age limit rates with a 503 and `Retry-After`. Such a request was not carried out, so no grant is lost with it.
pub(super) fn rate_limit(failure: Failure) -> Failure {
    match failure {
        Failure::Transient { kind: TransientKind::Status(503), retry_after: Some(wait), sent } => {
            Failure::Transient { kind: TransientKind::RateLimited, retry_after: Some(wait), sent }
        }
        other => other,
    }
}
