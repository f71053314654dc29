//! The service at a glance.

use bowline_api::admin::Overview;
use rocket::get;
use rocket::serde::json::Json;

use crate::domain::Result;
use crate::http::{Shared, Viewer};
use crate::route::problems::Problems;
use crate::service::account::admin;

/// The service at a glance
#[utoipa::path(
    tag = "overview",
    responses((status = 200, body = Overview, description = "Accounts by status; large numbers are estimates and say so"), Problems),
)]
#[get("/admin/v1/overview")]
pub(super) async fn overview(app: &Shared, _caller: Viewer) -> Result<Json<Overview>> {
    Ok(Json(admin::overview(app).await?))
}
