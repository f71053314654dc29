//! `/v1/sandbox`: only for test keys.

use std::sync::Arc;

use bowline_api::v1::{
    ApproveSandboxLink, ApprovedSandboxLink, FireSandboxEvent, FiredSandboxEvent, SandboxAccount,
    SetSandboxState,
};
use rocket::response::status::Accepted;
use rocket::serde::json::Json;
use rocket::{State, post, put};

use crate::app::App;
use crate::domain::Result;
use crate::http::auth::sandbox_app::SandboxApp;
use crate::http::auth::tenant_app::{Link, ManageWebhooks, WriteAccounts};
use crate::http::{Body, OptionalBody, params};
use crate::route::problems::Problems;
use crate::service::sandbox;

/// Put an account into a state
///
/// Dropbox, which is simulated, behaves accordingly from now on. Bowline learns of it as it does of everything: with the next check,
/// refresh or link. Live keys get `not_found`.
#[utoipa::path(tag = "sandbox", params(("id" = bowline_api::AccountId, Path)), request_body = SetSandboxState,
    responses((status = 200, body = SandboxAccount, description = "The state"), Problems))]
#[put("/v1/sandbox/accounts/<id>/state", data = "<body>")]
pub(super) async fn set_state(
    app: &State<Arc<App>>,
    caller: SandboxApp<WriteAccounts>,
    id: &str,
    body: Body<SetSandboxState>,
) -> Result<Json<SandboxAccount>> {
    Ok(Json(sandbox::set_state(app, caller.key().tenant(), params::id(id)?, body.0.state).await?))
}

/// Approve a link session without a browser
///
/// Does what the browser of a user does, who approves or declines. Complete the link with the `link_code` of the `return_url`, as your app
/// does when a browser comes back. Live keys get `not_found`.
#[utoipa::path(tag = "sandbox", params(("id" = bowline_api::LinkSessionId, Path)), request_body = ApproveSandboxLink,
    responses((status = 200, body = ApprovedSandboxLink, description = "Where the browser would be redirected"), Problems))]
#[post("/v1/sandbox/link-sessions/<id>/approve", data = "<body>")]
pub(super) async fn approve(
    app: &State<Arc<App>>,
    caller: SandboxApp<Link>,
    id: &str,
    body: OptionalBody<ApproveSandboxLink>,
) -> Result<Json<ApprovedSandboxLink>> {
    Ok(Json(sandbox::approve(app, caller.key().tenant(), params::id(id)?, &body.0).await?))
}

/// Fire an event
///
/// Sends an event of any type to the endpoints that want it, about something of the sandbox, which does not change. Its `data` has
/// `simulated`. Live keys get `not_found`.
#[utoipa::path(tag = "sandbox", request_body = FireSandboxEvent,
    responses((status = 202, body = FiredSandboxEvent, description = "The event, which is on its way"), Problems))]
#[post("/v1/sandbox/events", data = "<body>")]
pub(super) async fn fire(
    app: &State<Arc<App>>,
    caller: SandboxApp<ManageWebhooks>,
    body: Body<FireSandboxEvent>,
) -> Result<Accepted<Json<FiredSandboxEvent>>> {
    Ok(Accepted(Json(sandbox::fire(app, caller.key().tenant(), &body.0).await?)))
}
