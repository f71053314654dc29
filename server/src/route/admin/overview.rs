//! The number of accounts by status.

use bowline_api::admin::Overview;
use rocket::get;
use rocket::serde::json::Json;

use crate::domain::Result;
use crate::http::{Shared, Viewer};
use crate::route::problems::Problems;
use crate::service::account::admin;

/// Count accounts by status
///
/// The accounts of all tenants. Large numbers are estimates, marked `approximate`.
#[utoipa::path(
    tag = "overview",
    responses((status = 200, body = Overview, description = "The number of accounts by status"), Problems),
)]
#[get("/admin/v1/overview")]
pub(super) async fn show(app: &Shared, _caller: Viewer) -> Result<Json<Overview>> {
    Ok(Json(admin::overview(app).await?))
}
