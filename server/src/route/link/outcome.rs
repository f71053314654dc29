//! The page to which a tenant sends a user whose link could not be completed, and its button "Choose another account".

use std::sync::Arc;

use bowline_api::{LinkSessionId, TenantId};
use rocket::{State, get, post};

use super::cookies::Cookies;
use super::failed::Failed;
use super::language::Preferred;
use super::page::{BrowserPage, Onward};
use super::sender::{FormSender, Posted};
use super::session::{cookie_scope, move_on, onward_words, own_origin, presented_binding, refused};
use crate::app::App;
use crate::domain::Error;
use crate::service::link;

#[get("/link/<tenant>/outcome/<session>")]
pub(super) async fn outcome(
    app: &State<Arc<App>>,
    tenant: &str,
    session: &str,
    cookies: Cookies<'_>,
) -> Result<Failed, Failed> {
    let tenant: TenantId = tenant.parse().map_err(|_| Error::not_found())?;
    let session: LinkSessionId = session.parse().map_err(|_| Error::not_found())?;
    Ok(link::outcome(app, tenant, session, |name| cookies.value(name)).await?.into())
}

#[post("/link/<tenant>/outcome/<session>", data = "<posted>")]
pub(super) async fn choose(
    app: &State<Arc<App>>,
    tenant: &str,
    session: &str,
    cookies: Cookies<'_>,
    preferred: Preferred<'_>,
    posted: Posted<'_>,
) -> Result<BrowserPage<Onward>, Failed> {
    let tenant: TenantId = tenant.parse().map_err(|_| Error::not_found())?;
    let session: LinkSessionId = session.parse().map_err(|_| Error::not_found())?;
    let opened = link::open_by_id(app, tenant, session, |name| cookies.value(name)).await?;
    let binding = presented_binding(app, &opened, &cookies);
    match posted.sender(&own_origin(app), &[], binding) {
        FormSender::Ours => {}
        other => return Err(refused(&opened, other)),
    }
    let (scope, setting) = (cookie_scope(&opened), opened.setting().clone());
    let onward = link::choose_again(app, opened, binding).await;
    let onward = onward.map_err(|stop| Failed::from(stop).at(&setting))?;
    let words = onward_words(&preferred, &setting, onward.provider.as_deref());
    Ok(move_on(app, &cookies, scope, onward, (words, setting.branding)))
}
