//! The answer "the user must link again" with the link session that he needs, where the tenant's app asked for it.

use bowline_api::v1::{CreateLinkSession, Relink};
use bowline_api::{AccountId, TenantId};
use serde_json::{Value, json};

use crate::app::App;
use crate::domain::{Code, Error, Refusal};
use crate::service::audit::Actor;
use crate::service::link;

/// Who asked, and what for.
#[derive(Debug, Clone, Copy)]
pub struct Offer<'a> {
    /// Whose app.
    pub tenant: TenantId,
    /// For the audit log.
    pub actor: &'a Actor,
    /// Whether the key may make link sessions.
    pub may_link: bool,
    /// What the session is to be like; none where nothing was asked for.
    pub relink: Option<&'a Relink>,
}

/// `error`, with a member `link_session` if it is `needs_reauth` and a session was asked for; with `link_session_error`, the
/// code of the refusal, where none could be made. Everything else comes back as it is.
pub async fn offer(app: &App, offer: Offer<'_>, error: Error) -> Error {
    let Some(relink) = offer.relink else { return error };
    match error {
        Error::Refused(refusal) if refusal.code == Code::NeedsReauth => {
            let (member, value) = session(app, offer, relink, &refusal).await;
            refusal.with(member, value).into()
        }
        other => other,
    }
}

async fn session(app: &App, offer: Offer<'_>, relink: &Relink, refusal: &Refusal) -> (&'static str, Value) {
    if !offer.may_link {
        return ("link_session_error", json!(Code::InsufficientScope.as_str()));
    }
    let text = |name: &str| refusal.extra.get(name).and_then(Value::as_str).unwrap_or_default();
    let asked = CreateLinkSession {
        external_user_id: text("external_user_id").to_owned(),
        return_url: relink.return_url.clone(),
        completion_challenge: relink.completion_challenge.clone(),
        connector: None,
        scopes: None,
        account_id: text("account_id").parse::<AccountId>().ok(),
    };
    match link::offer(app, offer.tenant, offer.actor, &asked).await {
        Ok(session) => ("link_session", json!(session)),
        Err(error) => {
            if !matches!(error, Error::Refused(_)) {
                tracing::warn!(error = %error, "no link session could be offered");
            }
            ("link_session_error", json!(error.code().as_str()))
        }
    }
}
