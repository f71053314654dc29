//! The failures of a call, sorted by what the operator can do about them.

use std::time::Duration;

use bowline_api::Problem;

use super::version::{FailedRequest, OWN_VERSION};

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Failure {
    /// No answer arrived in time: try again.
    #[error("no answer from the server: {0}")]
    Unreachable(String),
    /// There is no session, or it has ended: log in.
    #[error("not logged in: {0}")]
    Unauthorised(String),
    /// The password is right, and a one-time code is needed as well.
    #[error("{0}")]
    CodeRequired(String),
    /// The change needs a login anew at the identity provider, which has not taken place. Nothing was changed.
    #[error("not logged in anew: {0}")]
    Unproven(String),
    /// The operator's role does not allow it.
    #[error("not allowed: {0}")]
    Forbidden(String),
    /// The server has no such route, most likely because it is older or newer than this client.
    #[error("this server ({server}) has no {route}: {advice}")]
    Unsupported {
        /// Method and path, such as `GET /admin/v1/overview`.
        route: String,
        /// What the server says that it is, such as `version 0.1.0`.
        server: String,
        /// What to do about it.
        advice: &'static str,
    },
    /// The resource does not exist, or is not visible to this operator.
    #[error("not found: {0}")]
    NotFound(String),
    /// Too many requests (429) or temporarily unavailable (503): wait.
    #[error("the server is busy: {detail}")]
    Busy {
        /// The server's explanation of the failure.
        detail: String,
        /// From `Retry-After`, if it was given in seconds.
        retry_after: Option<Duration>,
    },
    /// The server failed (5xx): quote the request id.
    #[error("server error {status}: {detail} (request {request_id})")]
    Server {
        /// The HTTP status.
        status: u16,
        /// The server's explanation of the failure.
        detail: String,
        /// The id under which the server's log has the request.
        request_id: String,
    },
    /// The server refused the request (other 4xx), or the client did not send it.
    #[error("refused: {0}")]
    Refused(String),
    /// The client was started with `--read-only`.
    #[error("this is a read-only session (--read-only): nothing was changed")]
    ReadOnly,
    /// The answer does not match `/admin/v1`; most likely the server is another program or another version.
    #[error("not an answer from Bowline's admin API: {0}")]
    Malformed(String),
}

impl Failure {
    /// Classifies an unsuccessful answer. `body` may be anything, because proxies answer too.
    pub fn from_answer(status: u16, retry_after: Option<Duration>, body: &[u8]) -> Self {
        let problem = serde_json::from_slice::<Problem>(body).ok();
        let request_id = problem.as_ref().map_or_else(|| "unknown".to_owned(), |p| p.request_id.clone());
        let has_code = |code: &str| problem.as_ref().is_some_and(|p| p.code == code);
        let (needs_code, failed) = (has_code("totp_required"), has_code("sign_on_failed"));
        let detail = problem.map_or_else(|| format!("status {status}"), |p| p.detail);
        if needs_code {
            return Self::CodeRequired(detail);
        }
        match status {
            401 => Self::Unauthorised(detail),
            403 => Self::Forbidden(detail),
            410 if failed => Self::Refused(detail),
            404 | 405 | 410 => Self::NotFound(detail),
            429 | 503 => Self::Busy { detail, retry_after },
            500.. => Self::Server { status, detail, request_id },
            400.. => Self::Refused(detail),
            _ => Self::Malformed(detail),
        }
    }

    /// What a 404 or 405 means for this call: the server lacks the route, or there is nothing with this id.
    #[must_use]
    pub(super) fn explained(self, call: &FailedRequest<'_>, has_problem: bool) -> Self {
        let Self::NotFound(detail) = self else { return self };
        match call.missing_route(has_problem) {
            Some(route) => {
                Self::Unsupported { route, server: call.server.to_string(), advice: call.server.advice() }
            }
            None if call.server.is_other() => Self::NotFound(format!(
                "{detail} (this server is {}, this bowline {OWN_VERSION})",
                call.server
            )),
            None => Self::NotFound(detail),
        }
    }

    /// What the failure of a login anew means for the change that needed it.
    #[must_use]
    pub(super) fn unproven(self) -> Self {
        match self {
            Self::Unauthorised(_) | Self::Unsupported { .. } | Self::ReadOnly => self,
            other => Self::Unproven(other.to_string()),
        }
    }

    /// Whether the same call may succeed later without the operator's help.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::Busy { .. } | Self::Server { .. })
    }

    /// How long the server asked the client to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Busy { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_becomes_what_the_operator_can_do_about_it() {
        let problem = br#"{"type":"urn:bowline:problem:x","title":"t","status":500,"code":"x","detail":"d","request_id":"r1","more":1}"#;
        let at = |status| Failure::from_answer(status, Some(Duration::from_secs(7)), problem);
        assert_eq!(at(401), Failure::Unauthorised("d".into()));
        assert_eq!(at(403), Failure::Forbidden("d".into()));
        assert_eq!(at(404), Failure::NotFound("d".into()));
        assert_eq!(at(422), Failure::Refused("d".into()));
        assert_eq!(at(429).retry_after(), Some(Duration::from_secs(7)));
        assert_eq!(at(503).retry_after(), Some(Duration::from_secs(7)));
        assert_eq!(at(500), Failure::Server { status: 500, detail: "d".into(), request_id: "r1".into() });
    }

    #[test]
    fn a_missing_one_time_code_is_no_missing_role() {
        let problem =
            br#"{"type":"t","title":"t","status":403,"code":"totp_required","detail":"d","request_id":"r1"}"#;
        assert_eq!(Failure::from_answer(403, None, problem), Failure::CodeRequired("d".into()));
    }

    #[test]
    fn a_proxys_page_is_no_reason_to_fall_over() {
        let failure = Failure::from_answer(502, None, b"<html>bad gateway</html>");
        assert_eq!(
            failure,
            Failure::Server { status: 502, detail: "status 502".into(), request_id: "unknown".into() }
        );
        assert!(failure.is_transient());
    }
}
