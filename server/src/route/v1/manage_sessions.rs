//! `/v1/manage-sessions`.

use std::sync::Arc;

use bowline_api::status::Permission;
use bowline_api::v1::{CreateManageSession, NewManageSession};
use rocket::http::Status;
use rocket::serde::json::Json;
use rocket::{State, post};

use crate::app::App;
use crate::domain::Result;
use crate::http::auth::tenant_app::WriteAccounts;
use crate::http::{Body, IdempotencyKey, Replayable, TenantApp};
use crate::route::problems::Problems;
use crate::service::manage;
use crate::service::once::{Call, Claim, once};

/// Create a manage session
///
/// Send the end user's browser to the `url` of the response: a page with the accounts that this user has linked, where they can disconnect
/// one or link it again. The URL works in the first browser that opens it, for some minutes. Create it in a request of the user's own session,
/// because whoever opens it first can end the user's links. The API key needs the permissions `accounts:read` and `link` besides
/// `accounts:write`, because the page does what they allow. Each call creates another session, unless it repeats an `Idempotency-Key`.
#[utoipa::path(tag = "manage sessions", request_body = CreateManageSession,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = NewManageSession, description = "The manage session"), Problems))]
#[post("/v1/manage-sessions", data = "<body>")]
pub(super) async fn create(
    app: &State<Arc<App>>,
    caller: TenantApp<WriteAccounts>,
    key: IdempotencyKey,
    body: Body<CreateManageSession>,
) -> Result<Replayable<(Status, Json<NewManageSession>)>> {
    caller.key.must(Permission::AccountsRead)?;
    caller.key.must(Permission::Link)?;
    let (tenant, actor) = (caller.key.tenant(), caller.key.actor());
    let call = Call { key: key.as_deref(), route: "POST /v1/manage-sessions", request: &body.0 };
    let work = async |claim: Option<&Claim>| manage::create(app, tenant, &actor, &body.0, claim).await;
    let made = once(app, tenant, call, work).await?;
    Ok(made.respond(|session| (Status::Created, Json(session))))
}
