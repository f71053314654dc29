//! The answer "the user must link again" with the link session that he needs, where the tenant's app asked for it.

use bowline_api::TenantId;
use bowline_api::v1::{CreateLinkSession, Relink};

use crate::app::App;
use crate::domain::facts::{NeedsReauth, Offered};
use crate::domain::{Code, Error, Facts};
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
        Error::Refused(mut refusal) => {
            if let Facts::NeedsReauth(account) = &mut refusal.facts {
                account.offer = Some(session(app, offer, relink, account).await);
            }
            Error::Refused(refusal)
        }
        other => other,
    }
}

async fn session(app: &App, offer: Offer<'_>, relink: &Relink, account: &NeedsReauth) -> Offered {
    if !offer.may_link {
        return Offered::LinkSessionError(Code::InsufficientScope.as_str());
    }
    let asked = CreateLinkSession {
        external_user_id: account.external_user_id.clone(),
        return_url: relink.return_url.clone(),
        completion_challenge: relink.completion_challenge.clone(),
        connector: None,
        scopes: None,
        account_id: Some(account.account_id),
    };
    match link::offer(app, offer.tenant, offer.actor, &asked).await {
        Ok(session) => Offered::LinkSession(session),
        Err(error) => {
            if !matches!(error, Error::Refused(_)) {
                tracing::warn!(error = %error, "no link session could be offered");
            }
            Offered::LinkSessionError(error.code().as_str())
        }
    }
}
