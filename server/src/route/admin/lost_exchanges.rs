//! Authorization codes whose token response was lost.

use bowline_api::Page;
use bowline_api::admin::LostExchange;
use rocket::get;
use rocket::serde::json::Json;

use crate::domain::Result;
use crate::http::{Lister, Shared, params};
use crate::route::problems::Problems;
use crate::service::link;

/// List lost exchanges
///
/// Link sessions of one tenant or of all tenants whose code was sent to the provider and whose token response was lost,
/// newest first. The provider may have created a grant that nobody holds.
#[utoipa::path(
    tag = "accounts",
    responses((status = 200, body = Page<LostExchange>, description = "A page of lost exchanges"), Problems),
)]
#[get("/admin/v1/lost-exchanges?<tenant>&<limit>&<cursor>")]
pub(super) async fn list(
    app: &Shared,
    caller: Lister,
    tenant: Option<&str>,
    limit: Option<&str>,
    cursor: Option<&str>,
) -> Result<Json<Page<LostExchange>>> {
    let limit = params::limit(limit)?;
    let whose = caller.whose(app, tenant).await?;
    Ok(Json(link::lost_exchanges(app, &whose, cursor, limit).await?))
}
