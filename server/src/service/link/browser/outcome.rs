//! The end of a link session, for a browser that the tenant sends here after it could not complete.

use bowline_api::{LinkSessionId, TenantId};
use url::Url;

use super::again::hidden;
use super::binding::cookie_name;
use super::standing::{LinkStanding, LinkStep, Stop, is_bound_to, standing_after_return};
use super::visit::{OpenedLink, opened};
use crate::app::App;
use crate::domain::return_url::ReturnUrl;
use crate::domain::{Code, Error, Facts, Result};
use crate::store::TenantTx;
use crate::store::link_sessions::LinkSessionRow;

/// The page that tells the end of a session. It shows nothing of the session that its own browser does not know.
fn outcome_url(public_url: &Url, tenant: TenantId, session: LinkSessionId) -> String {
    format!("{public_url}link/{tenant}/outcome/{session}")
}

/// `error` of a completion, with the address of the page about it if the session has ended with it, or the user may choose another
/// account there.
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
/// `not_found` if there is no such session, or it goes on.
pub async fn outcome<'c>(
    app: &App,
    tenant: TenantId,
    session: LinkSessionId,
    cookie: impl Fn(&str) -> Option<&'c str>,
) -> LinkStep<Stop> {
    let opened = open_by_id(app, tenant, session, &cookie).await?;
    let is_ours = is_bound_to(&opened.session, own_cookie(app, session, &cookie));
    match standing_after_return(&opened.session, opened.now, is_ours)? {
        LinkStanding::Halted(why) => Ok(opened.halted(why)),
        LinkStanding::Fresh | LinkStanding::Begun => Err(Error::not_found().into()),
    }
}

/// Opens a session by its id, which is no secret: another browser than the one that began learns nothing of it but whether it goes on.
///
/// # Errors
/// `not_found` if there is none.
pub async fn open_by_id<'c>(
    app: &App,
    tenant: TenantId,
    session: LinkSessionId,
    cookie: impl Fn(&str) -> Option<&'c str>,
) -> Result<OpenedLink> {
    let read = async |tx: &mut TenantTx| tx.link_session(session.uuid()).await;
    let row = app.store.scoped(tenant, read).await?.ok_or_else(Error::not_found)?;
    let mut opened = opened(app, row).await?;
    if is_bound_to(&opened.session, own_cookie(app, session, &cookie)) {
        opened.setting.email = opened.account.as_ref().map(|account| hidden(&account.email));
    } else {
        opened.session = without_query(opened.session)?;
        opened.setting.return_to = None;
    }
    Ok(opened)
}

fn own_cookie<'c>(
    app: &App,
    session: LinkSessionId,
    cookie: impl Fn(&str) -> Option<&'c str>,
) -> Option<&'c str> {
    cookie(&cookie_name(app.settings.is_https(), session))
}

/// The session, for a browser that must not learn what the tenant has put into the return URL's query.
fn without_query(session: LinkSessionRow) -> Result<LinkSessionRow> {
    let return_url = ReturnUrl::parse(&session.return_url)?.without_query().as_str().to_owned();
    Ok(LinkSessionRow { return_url, ..session })
}
