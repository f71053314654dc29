//! The overview of the service.

use bowline_api::admin::Overview;
use rocket::get;
use rocket::serde::json::Json;

use crate::domain::Result;
use crate::http::{Shared, Viewer};
use crate::route::problems::Problems;
use crate::service::overview;

/// Show an overview
///
/// Of all tenants: the number of accounts by status, where large numbers are estimates, marked `approximate`; what happened in each minute
/// of the last hour; what does not work now; the jobs that run; the tenants whose refreshes take longest.
#[utoipa::path(
    tag = "overview",
    responses((status = 200, body = Overview, description = "The overview"), Problems),
)]
#[get("/admin/v1/overview")]
pub(super) async fn show(app: &Shared, _caller: Viewer) -> Result<Json<Overview>> {
    Ok(Json(overview::overview(app).await?))
}
