//! What can go wrong with a call.

use std::time::Duration;

use bowline_api::v1::NewLinkSession;
use bowline_api::{AccountId, Named};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::Code;

/// Everything that the calls of this crate fail with.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Bowline refused the call. Decide by [`Error::code`].
    #[error(transparent)]
    Refused(Box<Refusal>),
    /// Bowline did not answer. The call may or may not have been carried out.
    #[error("Bowline does not answer")]
    Unreachable {
        /// What happened instead.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The answer makes no sense: it is not Bowline's, or that of a version which this client does not understand.
    #[error("{why}")]
    NotUnderstood {
        /// What was answered.
        why: String,
        /// The cause, if there is one.
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// The account was linked by another protocol: `token` is for OAuth 2, `oauth1_token` for OAuth 1.
    #[error("the account was linked by {linked_by}: use {instead}")]
    WrongProtocol {
        /// The protocol of the account.
        linked_by: &'static str,
        /// The method that returns its token.
        instead: &'static str,
    },
    /// The client cannot be set up like this.
    #[error("{0}")]
    Setup(String),
}

impl Error {
    /// Why Bowline refused the call; `None` for other failures, and for a code that this version does not know.
    pub fn code(&self) -> Option<Code> {
        self.refusal().and_then(|refusal| refusal.code.known())
    }

    /// What Bowline said, if it refused the call.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }
}

/// What Bowline said when it refused a call (RFC 9457).
///
/// Decide by `code`, show `detail` to a developer, and quote `request_id` when you ask for help.
#[derive(Clone, thiserror::Error)]
#[error("{code}: {detail}{}", named(.request_id))]
pub struct Refusal {
    /// The code, or the word of a newer server's code.
    pub code: Named<Code>,
    /// The HTTP status.
    pub status: u16,
    /// What happened in this case, for a developer.
    pub detail: String,
    /// Finds the call in the server's log; empty if Bowline itself did not answer.
    pub request_id: String,
    /// After how long the call may be repeated, if that helps.
    pub retry_after: Option<Duration>,
    /// All members of the problem document. `Debug` does not show them, because they may have the secret URL of a link.
    pub members: Map<String, Value>,
}

impl Refusal {
    /// Reads a problem document; `None` if it is none.
    pub(crate) fn of(
        members: Map<String, Value>,
        status: u16,
        retry_after: Option<Duration>,
    ) -> Option<Self> {
        let text = |name: &str| members.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let code = Named::read(members.get("code")?.as_str()?);
        Some(Self {
            code,
            status,
            detail: text("detail"),
            request_id: text("request_id"),
            retry_after,
            members,
        })
    }

    /// The refusal of something before Bowline, with a code such as `http_502`.
    pub(crate) fn foreign(status: u16, detail: &str, retry_after: Option<Duration>) -> Self {
        Self {
            code: Named::read(&format!("http_{status}")),
            status,
            detail: detail.to_owned(),
            request_id: String::new(),
            retry_after,
            members: Map::new(),
        }
    }

    /// Why, as a short name such as `refresh_token_revoked`, if there is more than one reason.
    pub fn reason(&self) -> Option<&str> {
        self.text("reason")
    }

    /// The account that the call concerned, if there is one.
    pub fn account_id(&self) -> Option<AccountId> {
        self.read("account_id")
    }

    /// The accounts of `ambiguous_account`, the newest first.
    pub fn account_ids(&self) -> Vec<AccountId> {
        self.read("account_ids").unwrap_or_default()
    }

    /// Your own name for the user, in `needs_reauth`.
    pub fn external_user_id(&self) -> Option<&str> {
        self.text("external_user_id")
    }

    /// The link session that you asked for with [`TokenOptions::relinking`](crate::TokenOptions::relinking): redirect the browser to its `url`.
    pub fn link_session(&self) -> Option<NewLinkSession> {
        self.read("link_session")
    }

    /// Why there is no link session although you asked for one.
    pub fn link_session_error(&self) -> Option<&str> {
        self.text("link_session_error")
    }

    /// Bowline's page that tells the user what happened to the link and what helps.
    pub fn outcome_url(&self) -> Option<&str> {
        self.text("outcome_url")
    }

    /// The permission that the API key lacks.
    pub fn permission(&self) -> Option<&str> {
        self.text("permission")
    }

    /// The field of the request that is not acceptable.
    pub fn field(&self) -> Option<&str> {
        self.text("field")
    }

    /// The query parameter that is not acceptable.
    pub fn parameter(&self) -> Option<&str> {
        self.text("parameter")
    }

    /// The scopes that the account lacks: begin a link session with its `account_id` that asks for them.
    pub fn missing_scopes(&self) -> Vec<String> {
        self.read("missing_scopes").unwrap_or_default()
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.members.get(name).and_then(Value::as_str)
    }

    fn read<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        serde_json::from_value(self.members.get(name)?.clone()).ok()
    }
}

/// The id of a call for the end of a message.
fn named(request_id: &str) -> String {
    if request_id.is_empty() { String::new() } else { format!(" ({request_id})") }
}

impl std::fmt::Debug for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Refusal")
            .field("code", &self.code)
            .field("status", &self.status)
            .field("detail", &self.detail)
            .field("request_id", &self.request_id)
            .field("retry_after", &self.retry_after)
            .finish_non_exhaustive()
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refusal(members: Value) -> Refusal {
        let Value::Object(members) = members else { panic!("no object") };
        Refusal::of(members, 409, None).unwrap()
    }

    #[test]
    fn members_are_read_and_the_url_of_a_link_is_not_shown() {
        let account = "acct_01h455vb4pex5vsknk084sn02q";
        let error = Error::from(refusal(json!({
            "code": "needs_reauth", "detail": "why", "request_id": "r1", "reason": "expired", "account_id": account,
            "external_user_id": "ada",
            "link_session": {
                "id": "ls_01h455vb4pex5vsknk084sn02q", "url": "https://link.example.com/link/secret",
                "expires_at": "2026-11-30T12:00:00Z",
            },
        })));
        assert_eq!(error.code(), Some(Code::NeedsReauth));
        assert_eq!(error.to_string(), "needs_reauth: why (r1)");
        let found = error.refusal().unwrap();
        assert_eq!((found.reason(), found.external_user_id()), (Some("expired"), Some("ada")));
        assert_eq!(found.account_id().unwrap().to_string(), account);
        assert_eq!(found.link_session().unwrap().url, "https://link.example.com/link/secret");
        assert!(!format!("{error:?}").contains("/link/secret"), "{error:?}");
        let several = refusal(json!({ "code": "ambiguous_account", "account_ids": [account] }));
        assert_eq!(several.account_ids().len(), 1);
    }

    #[test]
    fn a_code_of_a_newer_server_is_an_error_too() {
        let newer = refusal(json!({ "code": "of_tomorrow" }));
        assert_eq!((newer.code.as_str(), newer.to_string().as_str()), ("of_tomorrow", "of_tomorrow: "));
        assert_eq!(Error::from(newer).code(), None);
        assert!(Refusal::of(Map::new(), 500, None).is_none());
    }
}
