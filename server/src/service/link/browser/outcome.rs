//! The end of a link session, for a browser that the tenant sends here after it could not complete.

use bowline_api::{LinkSessionId, TenantId};
use url::Url;

use super::again::hidden;
use super::binding::cookie_name;
use super::setting::Setting;
use super::standing::{Standing, Step, Stop, halted, is_bound_to, standing};
use crate::app::App;
use crate::domain::return_url::ReturnUrl;
use crate::domain::{Code, Error, Facts, Result};
use crate::service::link::places::check_intent;
use crate::store::TenantTx;
use crate::store::link_sessions::LinkSessionRow;

/// The page that tells the end of a session. It shows nothing of the session that its own browser does not know.
fn outcome_url(public_url: &Url, tenant: TenantId, session: LinkSessionId) -> String {
    format!("{public_url}link/{tenant}/outcome/{session}")
}

/// `error` of a completion, with the address of the page about it if the session has ended with it.
pub(in crate::service::link) fn with_outcome(
    app: &App,
    tenant: TenantId,
    session: LinkSessionId,
    error: Error,
) -> Error {
    let Error::Refused(mut refusal) = error else { return error };
    let has_ended = matches!(
        refusal.code,
        Code::LinkFailed
            | Code::LinkExpired
            | Code::TeamLink
            | Code::AccountMismatch
            | Code::ConnectorBroken
            | Code::ProviderMalformed
    );
    if has_ended {
        let reason = match refusal.facts {
            Facts::Reason { reason } => Some(reason),
            _ => None,
        };
        let outcome_url = outcome_url(&app.settings.public_url, tenant, session);
        refusal.facts = Facts::LinkEnded { reason, outcome_url };
    }
    Error::Refused(refusal)
}

/// How the session ended, for the browser with these cookies.
///
/// # Errors
/// `not_found` if there is no such session, or it has not ended.
pub async fn outcome<'c>(
    app: &App,
    tenant: TenantId,
    session: LinkSessionId,
    cookie: impl Fn(&str) -> Option<&'c str>,
) -> Step<Stop> {
    let read = async |tx: &mut TenantTx| {
        let session = tx.link_session(session.uuid()).await?.ok_or_else(Error::not_found)?;
        let connector = tx.connector(session.connector_id).await?;
        let connector = connector.ok_or_else(|| Error::bug("a session has no connector"))?;
        let account = match session.relink_account_id {
            Some(account) => tx.account(account).await?,
            None => None,
        };
        Ok((session, connector, account, tx.now().await?))
    };
    let (session, connector, account, now) = app.store.scoped(tenant, read).await?;
    check_intent(app, &session).await?;
    let binding = cookie(&cookie_name(app.settings.is_https(), session.id.into()));
    let is_ours = is_bound_to(&session, binding);
    let Standing::Halted(why) = standing(&session, now, is_ours)? else {
        return Err(Error::not_found().into());
    };
    let setting = Setting::of(&session, &connector)?;
    let session = if is_ours { session } else { without_query(session)? };
    let email = account.filter(|_| is_ours).map(|account| hidden(&account.email));
    Ok(halted(&session, why).at(&Setting { email, ..setting }))
}

/// The session, for a browser that must not learn what the tenant has put into the return URL's query.
fn without_query(session: LinkSessionRow) -> Result<LinkSessionRow> {
    let return_url = ReturnUrl::parse(&session.return_url)?.without_query().as_str().to_owned();
    Ok(LinkSessionRow { return_url, ..session })
}
