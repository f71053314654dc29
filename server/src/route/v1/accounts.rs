//! `/v1/accounts`, `/v1/accounts/{id}/check` and `/v1/accounts/{id}/sign`.

use std::sync::Arc;

use bowline_api::v1::{Account, AccountCheck, SignRequest, SignedRequest};
use bowline_api::{AccountId, Page};
use rocket::response::status::Accepted;
use rocket::serde::json::Json;
use rocket::{State, delete, get, post};

use crate::app::App;
use crate::domain::Result;
use crate::domain::account_reason::DELETED;
use crate::http::auth::tenant_app::{ReadAccounts, SignRequests, WriteAccounts};
use crate::http::{Body, TenantApp, params};
use crate::route::problems::Problems;
use crate::service::{account, oauth1, revocation, token};

/// List accounts
///
/// The tenant's accounts in any status, newest first.
#[utoipa::path(tag = "accounts",
    params(("external_user_id" = Option<String>, Query, description = "Only accounts of this user."),
        ("status" = Option<bowline_api::status::AccountStatus>, Query, description = "Only accounts with this status."),
        ("cursor" = Option<String>, Query), ("limit" = Option<i64>, Query, minimum = 1, maximum = 200)),
    responses((status = 200, body = Page<Account>, description = "A page of accounts"), Problems))]
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

/// Get an account
#[utoipa::path(tag = "accounts", params(("id" = bowline_api::AccountId, Path)),
    responses((status = 200, body = Account, description = "The account"), Problems))]
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
/// Once this call has returned, no replica issues a token of the account. The grant is revoked at Dropbox within
/// seconds, or as soon as Dropbox can be reached. Repeating the call changes nothing. If the user links the same Dropbox
/// account again, the account has the same id.
#[utoipa::path(tag = "accounts", params(("id" = bowline_api::AccountId, Path)),
    responses((status = 202, body = Account, description = "The account, `revoking` or `revoked`"), Problems))]
#[delete("/v1/accounts/<id>")]
pub(super) async fn delete(
    app: &State<Arc<App>>,
    caller: TenantApp<WriteAccounts>,
    id: &str,
) -> Result<Accepted<Json<Account>>> {
    let id: AccountId = params::id(id)?;
    revocation::revoke(app, caller.key.tenant(), id, &caller.key.actor(), DELETED).await?;
    Ok(Accepted(Json(account::show(app, caller.key.tenant(), id).await?)))
}

/// Check whether a link is alive
///
/// Asks the provider, after a refresh of the token if it is due. If the grant has ended, the account becomes
/// `needs_reauth`. If the account is `needs_reauth` already and the provider still accepts its refresh token, the account
/// becomes `active` again. If the provider cannot be reached, nothing is known: `provider_unavailable` (503).
#[utoipa::path(tag = "accounts", params(("id" = bowline_api::AccountId, Path)),
    responses((status = 200, body = AccountCheck, description = "The result of the check"), Problems))]
#[post("/v1/accounts/<id>/check")]
pub(super) async fn check(
    app: &State<Arc<App>>,
    caller: TenantApp<ReadAccounts>,
    id: &str,
) -> Result<Json<AccountCheck>> {
    Ok(Json(token::check(app, caller.key.tenant(), params::id(id)?).await?))
}

/// Sign a request of OAuth 1
///
/// For apps that use an account and must not have its token: the app sends the request itself, with this Authorization header. Only
/// requests to the connector's own origins are signed, and none to its token endpoints.
#[utoipa::path(tag = "accounts", params(("id" = bowline_api::AccountId, Path)), request_body = SignRequest,
    responses((status = 200, body = SignedRequest, description = "The header"), Problems))]
#[post("/v1/accounts/<id>/sign", data = "<body>")]
pub(super) async fn sign(
    app: &State<Arc<App>>,
    caller: TenantApp<SignRequests>,
    id: &str,
    body: Body<SignRequest>,
) -> Result<Json<SignedRequest>> {
    Ok(Json(oauth1::sign(app, &caller.key, params::id(id)?, &body.0).await?))
}
