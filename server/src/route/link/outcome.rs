//! The page to which a tenant sends a user whose link could not be completed.

use std::sync::Arc;

use bowline_api::{LinkSessionId, TenantId};
use rocket::{State, get};

use super::cookies::Cookies;
use super::failed::Failed;
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
