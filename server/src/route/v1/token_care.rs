//! `/v1/accounts/{id}/token/refresh`, `/v1/accounts/{id}/check`, and what a token fetch can ask for besides a token.

use std::sync::Arc;

use bowline_api::v1::{AccessToken, AccountCheck, ForceRefresh, Relink};
use bowline_api::{AccountId, TenantId};
use rocket::serde::json::Json;
use rocket::{State, post};

use crate::app::App;
use crate::domain::Result;
use crate::guard::tenant_app::{FetchTokens, ReadAccounts};
use crate::guard::{OptionalBody, TenantApp, params};
use crate::route::problems::Problems;
use crate::service::audit::Actor;
use crate::service::token::{self, MinTtl, Wanted, narrow, relink};

/// What a token fetch asks for besides a token.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ask<'a> {
    /// Some of the account's scopes.
    pub(super) scopes: Option<&'a [String]>,
    /// A link session if the user must link again.
    pub(super) relink: Option<&'a Relink>,
}

/// Who asks, once he is known.
pub(super) struct Asker {
    /// Which key, and how long the token shall live.
    pub(super) wanted: Wanted,
    /// Whose app.
    pub(super) tenant: TenantId,
    /// For the audit log.
    pub(super) actor: Actor,
    /// Whether the key may make link sessions.
    pub(super) may_link: bool,
}

/// A token, narrowed if that is asked for; and where there is none, what else was asked for.
pub(super) async fn fetch(app: &App, asker: &Asker, account: AccountId, ask: Ask<'_>) -> Result<AccessToken> {
    let fetched = match ask.scopes {
        Some(scopes) => narrow::fetch(app, asker.wanted, account, scopes).await,
        None => token::plain(app, asker.wanted, account).await,
    };
    match fetched {
        Ok(token) => Ok(token),
        Err(error) => {
            let Asker { tenant, ref actor, may_link, .. } = *asker;
            let offer = relink::Offer { tenant, actor, may_link, relink: ask.relink };
            Err(relink::offer(app, offer, error).await)
        }
    }
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
    let wanted = Wanted::new(caller.key, caller.shown, MinTtl::new(body.0.min_ttl)?);
    Ok(Json(token::force(app, wanted, params::id(id)?).await?))
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
    Ok(Json(token::check(app, caller.tenant, params::id(id)?).await?))
}
