//! What became of a link.

use bowline_api::AccountId;
use bowline_api::status::LinkSessionStatus;
use bowline_api::v1::{Account, LinkSession};

use crate::{Code, Error, Refusal};

/// These end a link, unless they come from Bowline's own trouble and it goes on.
const ENDS: [Code; 9] = [
    Code::AccountMismatch,
    Code::CompletionRefused,
    Code::ConnectorBroken,
    Code::LinkExpired,
    Code::LinkFailed,
    Code::LinkFinished,
    Code::LinkNotReturned,
    Code::ProviderMalformed,
    Code::TeamLink,
];

/// What became of a link.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// The link was made. The account needs not to be kept: tokens are asked for by your own name of the user.
    Linked(Box<Account>),
    /// Nothing was linked.
    NotLinked(NotLinked),
}

/// Nothing was linked.
#[derive(Debug, Clone)]
pub struct NotLinked {
    /// Why.
    ///
    /// - `access_denied`: the user declined.
    /// - `not_started_here`: this session did not begin the link. Show an error.
    /// - `back`: the user comes from the page with their links.
    /// - `created` or another status of the link session: the user came back without an outcome.
    /// - Otherwise a code of the tenant guide, such as `link_expired`: offer the button again.
    pub reason: String,
    /// Bowline's page that tells the user what happened and what helps, and leads back to you: redirect there.
    pub page: Option<String>,
    /// The refusal with its `detail` for a developer, if there was one.
    pub refusal: Option<Box<Refusal>>,
}

impl NotLinked {
    /// Without a refusal.
    pub(crate) fn because(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), page: None, refusal: None }
    }

    /// This session did not begin the link.
    pub(crate) fn not_started_here() -> Self {
        Self::because("not_started_here")
    }

    /// Whether the user said no, which is fine.
    pub fn declined(&self) -> bool {
        self.reason == "access_denied"
    }
}

/// Why a link could not be completed.
///
/// # Errors
/// The link goes on, and `finish` can be called again with the same parameters.
pub(crate) fn not_linked(error: Error) -> Result<NotLinked, Error> {
    match error {
        Error::Refused(refusal)
            if refusal.retry_after.is_none()
                && refusal.code.known().is_some_and(|code| ENDS.contains(&code)) =>
        {
            Ok(NotLinked {
                reason: refusal.code.as_str().to_owned(),
                page: refusal.outcome_url().map(str::to_owned),
                refusal: Some(refusal),
            })
        }
        other => Err(other),
    }
}

/// How a link session stands: the id of the account, or why there is none.
///
/// # Errors
/// There is no account. The session may know only the visit of a page, and the address bar names any link, that of another
/// user as well: of such a link nothing is said.
pub(crate) fn standing(shown: &LinkSession, user: &str) -> Result<AccountId, NotLinked> {
    if shown.external_user_id != user {
        return Err(NotLinked::not_started_here());
    }
    match (shown.status.known(), shown.account_id) {
        (Some(LinkSessionStatus::Completed), Some(account)) => Ok(account),
        (Some(LinkSessionStatus::Denied), _) => Err(NotLinked::because("access_denied")),
        _ => Err(NotLinked::because(shown.failure.as_deref().unwrap_or(shown.status.as_str()))),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use super::*;

    fn refused(members: Value, retry_after: Option<Duration>) -> Error {
        let Value::Object(members) = members else { panic!("no object") };
        Refusal::of(members, 409, retry_after).unwrap().into()
    }

    #[test]
    fn an_end_has_a_page_and_trouble_is_no_end() {
        let page = "https://link.example.com/link/t/outcome/ls_1";
        let end =
            not_linked(refused(json!({ "code": "account_mismatch", "outcome_url": page }), None)).unwrap();
        assert_eq!((end.reason.as_str(), end.page.as_deref()), ("account_mismatch", Some(page)));
        assert!(end.refusal.is_some() && !end.declined());
        let second = Some(Duration::from_secs(1));
        assert!(not_linked(refused(json!({ "code": "provider_unavailable" }), second)).is_err());
        assert!(not_linked(refused(json!({ "code": "connector_broken" }), second)).is_err());
        assert!(not_linked(refused(json!({ "code": "of_tomorrow" }), None)).is_err());
        assert!(not_linked(Error::Unreachable { source: "cut".into() }).is_err());
    }

    #[test]
    fn a_link_of_another_user_is_not_told() {
        let shown = |status: &str, account: Option<&str>| -> LinkSession {
            serde_json::from_value(json!({
                "id": "ls_01h455vb4pex5vsknk084sn02q", "status": status, "external_user_id": "ada",
                "connector_id": "conn_01h455vb4pex5vsknk084sn02q", "account_id": account,
                "created_at": "2026-11-30T12:00:00Z", "expires_at": "2026-11-30T12:00:00Z",
            }))
            .unwrap()
        };
        let account = "acct_01h455vb4pex5vsknk084sn02q";
        let completed = shown("completed", Some(account));
        assert_eq!(standing(&completed, "ada").unwrap().to_string(), account);
        assert_eq!(standing(&completed, "bob").unwrap_err().reason, "not_started_here");
        assert!(standing(&shown("denied", None), "ada").unwrap_err().declined());
        assert_eq!(standing(&shown("authorizing", None), "ada").unwrap_err().reason, "authorizing");
        assert_eq!(standing(&shown("of_tomorrow", None), "ada").unwrap_err().reason, "of_tomorrow");
    }
}
