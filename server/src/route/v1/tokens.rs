//! `/v1/accounts/{id}/token`, `/v1/accounts/{id}/token/refresh`, `/v1/users/{external_user_id}/token` and `/v1/tokens`

use std::sync::Arc;

use bowline_api::v1::{
    ForceRefresh, Token, TokenOutcome, TokenRequest, Tokens, TokensRequest, UserTokenRequest,
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

/// Fetch an access token of an account
///
/// The token is valid for at least `min_ttl` more seconds; if less is left, the server refreshes it before it responds.
/// If that refresh fails and the token is still valid, the response has `degraded`. Fetch a token before each piece of
/// work and do not store it. Without a token the response is a problem: `needs_reauth` (409), `account_suspended` (403)
/// and `account_revoked` (410) say who has to act; `provider_unavailable` (503) and the like are temporary.
#[utoipa::path(tag = "tokens", params(("id" = bowline_api::AccountId, Path)), request_body = Option<TokenRequest>,
    responses((status = 200, body = Token, description = "The token"), Problems))]
#[post("/v1/accounts/<id>/token", data = "<body>")]
pub(super) async fn for_account(
    app: &State<Arc<App>>,
    caller: UnverifiedApp<'_>,
    id: &str,
    body: TriedBody<TokenRequest>,
) -> Result<Json<Token>> {
    let request = body.0.and_then(|body| Ok((params::id(id)?, body)));
    Ok(Json(token::fetch(app, &caller, request).await?))
}

/// Force a refresh
///
/// Use this when the provider rejects a token before it expires. The response never has the old token: the call joins a
/// refresh that is in progress or starts one, and fails if the provider cannot be reached. A refresh can be forced once
/// a minute for each account; more often is `refresh_limited` (429). An account without a refresh token is
/// `invalid_state` (409).
#[utoipa::path(tag = "tokens",
    params(("id" = bowline_api::AccountId, Path)), request_body = Option<ForceRefresh>,
    responses((status = 200, body = Token, description = "The new token"), Problems))]
#[post("/v1/accounts/<id>/token/refresh", data = "<body>")]
pub(super) async fn force(
    app: &State<Arc<App>>,
    caller: TenantApp<FetchTokens>,
    id: &str,
    body: OptionalBody<ForceRefresh>,
) -> Result<Json<Token>> {
    Ok(Json(token::force(app, &caller.key, params::id(id)?, &body.0).await?))
}

/// Fetch an access token of a user
///
/// Like the call for an account, for the user's only active account. If the user has several, the problem
/// `ambiguous_account` (409) lists them in `account_ids`, newest first. If none is active, the problem is that of the
/// newest account, or `not_found` if the user has linked nothing. Counts as four tokens against the
/// tenant's limit.
#[utoipa::path(tag = "tokens",
    params(("external_user_id" = String, Path)), request_body = Option<UserTokenRequest>,
    responses((status = 200, body = Token, description = "The token"), Problems))]
#[post("/v1/users/<external_user_id>/token", data = "<body>")]
pub(super) async fn for_user(
    app: &State<Arc<App>>,
    caller: TenantApp<FetchTokens>,
    external_user_id: &str,
    body: OptionalBody<UserTokenRequest>,
) -> Result<Json<Token>> {
    Ok(Json(token::fetch_for_user(app, &caller.key, external_user_id, &body.0).await?))
}

/// Fetch access tokens of up to 100 accounts
///
/// Each account has its own outcome, in the order of the request: a token, or the problem that the call for this one
/// account would have returned. The response is 200 even if every outcome is a problem. Counts as one token for each
/// account against the tenant's limit.
#[utoipa::path(tag = "tokens", request_body = TokensRequest,
    responses((status = 200, body = Tokens, description = "The outcomes"), Problems))]
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
