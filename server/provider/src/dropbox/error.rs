//! Errors of the API routes: the tagged envelope of 401 and 403, the plain text of 400.

use reqwest::StatusCode;

use crate::{AccessTag, Failure, RequestReason, TokenTag, http::Answer, oauth2::is_scope};

/// The relevant part of the envelope. Everything else is ignored.
struct Tagged {
    tag: String,
    required_scope: Option<String>,
}

/// What a response other than 200 means. If it does not have Dropbox's form, it gives no information.
pub(super) fn failure(answer: &Answer) -> Failure {
    match answer.status {
        StatusCode::BAD_REQUEST => match answer.plain_text() {
            Some(text) => bad_request(text),
            None => answer.unexplained(),
        },
        StatusCode::UNAUTHORIZED => tagged(answer, unauthorized),
        StatusCode::FORBIDDEN => tagged(answer, forbidden),
        StatusCode::CONFLICT => tagged(answer, |_| Failure::RequestRejected { reason: RequestReason::Route }),
        _ => answer.unexplained(),
    }
}

fn tagged(answer: &Answer, explain: impl FnOnce(&Tagged) -> Failure) -> Failure {
    let required_scope = answer.at(&["error", "required_scope"]);
    match answer.at(&["error", ".tag"]) {
        Some(tag) => explain(&Tagged { tag, required_scope }),
        None => answer.unexplained(),
    }
}

fn bad_request(text: &str) -> Failure {
    if text.contains("access token is malformed") {
        return Failure::TokenRejected { tag: TokenTag::Malformed };
    }
    Failure::RequestRejected { reason: RequestReason::InvalidRequest }
}

fn unauthorized(error: &Tagged) -> Failure {
    let tag = match error.tag.as_str() {
        "user_suspended" => return Failure::UserSuspended,
        "missing_scope" => {
            let required = error.required_scope.clone().filter(|scope| is_scope(scope));
            return Failure::MissingScope { required };
        }
        "invalid_access_token" => TokenTag::Invalid,
        "expired_access_token" => TokenTag::Expired,
        "invalid_select_user" | "invalid_select_admin" | "route_access_denied" => TokenTag::RouteDenied,
        _ => TokenTag::Other,
    };
    Failure::TokenRejected { tag }
}

fn forbidden(error: &Tagged) -> Failure {
    let tag = match error.tag.as_str() {
        "invalid_account_type" => AccessTag::AccountType,
        "paper_access_denied" => AccessTag::Paper,
        "team_access_denied" => AccessTag::Team,
        "no_permission" => AccessTag::NoPermission,
        _ => AccessTag::Other,
    };
    Failure::AccessDenied { tag }
}
