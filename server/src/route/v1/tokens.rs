//! `/v1/accounts/{id}/token`, `/v1/accounts/{id}/token/refresh`, `/v1/users/{external_user_id}/token` and `/v1/tokens`

use std::sync::Arc;

use bowline_api::v1::{
    AccessToken, ForceRefresh, TokenOutcome, TokenRequest, Tokens, TokensRequest, UserTokenRequest,
};
use rocket::serde::json::Json;
use rocket::{State, post};

use crate::app::App;
use crate::domain::Result;
use crate::http::auth::tenant_app::FetchTokens;
use crate::http::request_id::RequestId;
use crate::http::{OptionalBody, TenantApp, TriedBody, params, problem};
use crate::route::problems::Problems;
use crate::service::token::{self, UnverifiedApp};

/// An access token that works now.
#[utoipa::path(tag = "tokens", params(("id" = bowline_api::AccountId, Path)),
    request_body = Option<TokenRequest>, responses((status = 200, body = AccessToken), Problems))]
#[post("/v1/accounts/<id>/token", data = "<body>")]
pub(super) async fn for_account(
    app: &State<Arc<App>>,
    caller: UnverifiedApp<'_>,
    id: &str,
    body: TriedBody<TokenRequest>,
) -> Result<Json<AccessToken>> {
    let request = body.0.and_then(|body| Ok((params::id(id)?, body)));
    Ok(Json(token::fetch(app, &caller, request).await?))
}

/// Another access token than the last one: for when the provider refuses that one before its time. Once a minute an account.
#[utoipa::path(tag = "tokens",
    params(("id" = bowline_api::AccountId, Path)), request_body = Option<ForceRefresh>,
    responses((status = 200, body = AccessToken), Problems))]
#[post("/v1/accounts/<id>/token/refresh", data = "<body>")]
pub(super) async fn force(
    app: &State<Arc<App>>,
    caller: TenantApp<FetchTokens>,
    id: &str,
    body: OptionalBody<ForceRefresh>,
) -> Result<Json<AccessToken>> {
    Ok(Json(token::force(app, &caller.key, params::id(id)?, &body.0).await?))
}

/// An access token of the user's one active account.
#[utoipa::path(tag = "tokens",
    params(("external_user_id" = String, Path)), request_body = Option<UserTokenRequest>,
    responses((status = 200, body = AccessToken), Problems))]
#[post("/v1/users/<external_user_id>/token", data = "<body>")]
pub(super) async fn for_user(
    app: &State<Arc<App>>,
    caller: TenantApp<FetchTokens>,
    external_user_id: &str,
    body: OptionalBody<UserTokenRequest>,
) -> Result<Json<AccessToken>> {
    Ok(Json(token::fetch_for_user(app, &caller.key, external_user_id, &body.0).await?))
}

/// Access tokens of up to 100 accounts; each with its own outcome, in the order in which they were asked for.
#[utoipa::path(tag = "tokens", request_body = TokensRequest,
    responses((status = 200, body = Tokens), Problems))]
#[post("/v1/tokens", data = "<body>")]
pub(super) async fn for_many(
    app: &State<Arc<App>>,
    caller: UnverifiedApp<'_>,
    request_id: &RequestId,
    body: TriedBody<TokensRequest>,
) -> Result<Json<Tokens>> {
    let outcomes = token::fetch_many(app, &caller, body.0).await?.into_iter();
    let items = outcomes.map(|(account_id, outcome)| match outcome {
        Ok(token) => TokenOutcome { account_id, token: Some(token), problem: None },
        Err(error) => TokenOutcome { account_id, token: None, problem: Some(problem::of(error, request_id)) },
    });
    Ok(Json(Tokens { items: items.collect() }))
}
