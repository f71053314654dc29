//! `/v1/accounts/{id}/token` and `/v1/users/{external_user_id}/token`

use std::sync::Arc;

use bowline_api::v1::{AccessToken, TokenRequest, UserTokenRequest};
use rocket::serde::json::Json;
use rocket::{State, post};

use super::token_care::{self, Ask};
use crate::app::App;
use crate::domain::Result;
use crate::domain::identity::ExternalUserId;
use crate::guard::tenant_app::FetchTokens;
use crate::guard::{OptionalBody, TenantApp, params};
use crate::service::token::{self, Wanted};

/// An access token that works now.
#[utoipa::path(post, path = "/v1/accounts/{id}/token", tag = "tokens", params(("id" = bowline_api::AccountId, Path)),
    request_body = Option<TokenRequest>, responses((status = 200, body = AccessToken), super::Problems),
    security(("api_key" = ["token"])))]
#[post("/accounts/<id>/token", data = "<body>")]
pub(super) async fn for_account(
    app: &State<Arc<App>>,
    caller: TenantApp<FetchTokens>,
    id: &str,
    body: OptionalBody<TokenRequest>,
) -> Result<Json<AccessToken>> {
    let wanted = Wanted::new(caller.tenant, caller.key, body.0.min_ttl)?;
    let ask = Ask { scopes: body.0.scopes.as_deref(), relink: body.0.relink.as_ref() };
    token_care::fetch(app, &caller, wanted, params::id(id)?, ask).await.map(Json)
}

/// An access token of the user's one active account.
#[utoipa::path(post, path = "/v1/users/{external_user_id}/token", tag = "tokens",
    params(("external_user_id" = String, Path)), request_body = Option<UserTokenRequest>,
    responses((status = 200, body = AccessToken), super::Problems), security(("api_key" = ["token"])))]
#[post("/users/<external_user_id>/token", data = "<body>")]
pub(super) async fn for_user(
    app: &State<Arc<App>>,
    caller: TenantApp<FetchTokens>,
    external_user_id: &str,
    body: OptionalBody<UserTokenRequest>,
) -> Result<Json<AccessToken>> {
    let wanted = Wanted::new(caller.tenant, caller.key, body.0.min_ttl)?;
    let user = ExternalUserId::parse(external_user_id)?;
    let account = token::account_of(app, wanted, &user, body.0.connector).await?;
    let ask = Ask { scopes: body.0.scopes.as_deref(), relink: body.0.relink.as_ref() };
    token_care::fetch(app, &caller, wanted, account, ask).await.map(Json)
}
