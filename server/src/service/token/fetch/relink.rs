//! Adds the link session that the user needs to the refusal `needs_reauth`, if the tenant's app asked for it.

use bowline_api::status::Permission;
use bowline_api::v1::{CreateLinkSession, Relink};

use crate::app::App;
use crate::domain::facts::{NeedsReauth, Offered};
use crate::domain::{Code, Error, Facts};
use crate::service::api_key::VerifiedKey;
use crate::service::link;

/// Adds a link session to `error` if it is `needs_reauth`: as its member `link_session`, or as `link_session_error`
/// with the code of the refusal if none could be created. Returns other errors unchanged.
pub(super) async fn offer(app: &App, key: &VerifiedKey, relink: &Relink, error: Error) -> Error {
    match error {
        Error::Refused(mut refusal) => {
            if let Facts::NeedsReauth(account) = &mut refusal.facts {
                account.offer = Some(relink_session(app, key, relink, account).await);
            }
            Error::Refused(refusal)
        }
        other => other,
    }
}

async fn relink_session(app: &App, key: &VerifiedKey, relink: &Relink, account: &NeedsReauth) -> Offered {
    if !key.may(Permission::Link) {
        return Offered::LinkSessionError(Code::InsufficientScope.as_str());
    }
    let asked = CreateLinkSession {
        completion_challenge: relink.completion_challenge.clone(),
        account_id: Some(account.account_id),
        ..CreateLinkSession::new(&account.external_user_id, &relink.return_url)
    };
    match link::offer(app, key.tenant(), &key.actor(), &asked).await {
        Ok(session) => Offered::LinkSession(session),
        Err(error) => {
            if !matches!(error, Error::Refused(_)) {
                tracing::warn!(error = %error, "no link session could be created for a needs_reauth response; the response says so");
            }
            Offered::LinkSessionError(error.code().as_str())
        }
    }
}
