//! `/v1/accounts`, and `/v1/accounts/{id}/check`

use std::sync::Arc;

use bowline_api::v1::{Account, AccountCheck};
use bowline_api::{AccountId, Page};
use rocket::response::status::Accepted;
use rocket::serde::json::Json;
use rocket::{State, delete, get, post};

use crate::app::App;
use crate::domain::Result;
use crate::http::auth::tenant_app::{ReadAccounts, WriteAccounts};
use crate::http::{TenantApp, params};
use crate::route::problems::Problems;
use crate::service::{account, revocation, token};

/// List accounts, newest first
#[utoipa::path(tag = "accounts",
    params(("external_user_id" = Option<String>, Query), ("status" = Option<bowline_api::status::AccountStatus>, Query),
        ("cursor" = Option<String>, Query), ("limit" = Option<i64>, Query, minimum = 1, maximum = 200)),
    responses((status = 200, body = Page<Account>), Problems))]
#[get("/v1/accounts?<external_user_id>&<status>&<cursor>&<limit>")]
pub(super) async fn list(
    app: &State<Arc<App>>,
    caller: TenantApp<ReadAccounts>,
    external_user_id: Option<&str>,
    status: Option<&str>,
    cursor: Option<&str>,
    limit: Option<&str>,
) -> Result<Json<Page<Account>>> {
    let query = account::AccountQuery {
        external_user_id,
        status: params::query("status", status)?,
        cursor,
        limit: params::limit(limit)?,
    };
    Ok(Json(account::list(app, caller.key.tenant(), &query).await?))
}

/// Read an account
#[utoipa::path(tag = "accounts", params(("id" = bowline_api::AccountId, Path)),
    responses((status = 200, body = Account), Problems))]
#[get("/v1/accounts/<id>")]
pub(super) async fn show(
    app: &State<Arc<App>>,
    caller: TenantApp<ReadAccounts>,
    id: &str,
) -> Result<Json<Account>> {
    Ok(Json(account::show(app, caller.key.tenant(), params::id(id)?).await?))
}

/// Revoke an account
///
/// Once this call has returned, no token of the account is issued. The grant is revoked at Dropbox as soon as possible.
#[utoipa::path(tag = "accounts", params(("id" = bowline_api::AccountId, Path)),
    responses((status = 202, body = Account), Problems))]
#[delete("/v1/accounts/<id>")]
pub(super) async fn delete(
    app: &State<Arc<App>>,
    caller: TenantApp<WriteAccounts>,
    id: &str,
) -> Result<Accepted<Json<Account>>> {
    let id: AccountId = params::id(id)?;
    revocation::revoke(app, caller.key.tenant(), id, &caller.key.actor(), "deleted by the tenant").await?;
    Ok(Accepted(Json(account::show(app, caller.key.tenant(), id).await?)))
}

/// Ask the provider whether the link lives.
#[utoipa::path(tag = "accounts", params(("id" = bowline_api::AccountId, Path)),
    responses((status = 200, body = AccountCheck), Problems))]
#[post("/v1/accounts/<id>/check")]
pub(super) async fn check(
    app: &State<Arc<App>>,
    caller: TenantApp<ReadAccounts>,
    id: &str,
) -> Result<Json<AccountCheck>> {
    Ok(Json(token::check(app, caller.key.tenant(), params::id(id)?).await?))
}
