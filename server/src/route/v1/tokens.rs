//! `/v1/accounts/{id}/token`, `/v1/users/{external_user_id}/token` and `/v1/tokens`

use std::num::NonZeroU32;
use std::sync::Arc;

use bowline_api::status::Permission;
use bowline_api::v1::{AccessToken, TokenOutcome, TokenRequest, Tokens, TokensRequest, UserTokenRequest};
use futures_util::{StreamExt as _, stream};
use rocket::serde::json::Json;
use rocket::{State, post};

use super::token_care::{self, Ask, Asker};
use crate::app::App;
use crate::domain::identity::ExternalUserId;
use crate::domain::{Code, Result};
use crate::guard::request_id::RequestId;
use crate::guard::tenant_app::FetchTokens;
use crate::guard::{OptionalBody, ShownKey, TenantApp, TriedBody, params, problem};
use crate::route::problems::Problems;
use crate::service::audit::Actor;
use crate::service::by_tenant::INDIRECT_TOKEN;
use crate::service::token::{self, MinTtl, Wanted};

/// Accounts whose tokens one call may ask for.
const MOST: usize = 100;
/// So many of a call's accounts are asked for at once, however many calls there are: enough for round trips to be shared, and what
/// waits costs memory.
const AT_ONCE: usize = 32;

/// An access token that works now.
#[utoipa::path(tag = "tokens", params(("id" = bowline_api::AccountId, Path)),
    request_body = Option<TokenRequest>, responses((status = 200, body = AccessToken), Problems))]
#[post("/v1/accounts/<id>/token", data = "<body>")]
pub(super) async fn for_account(
    app: &State<Arc<App>>,
    key: ShownKey<'_>,
    id: &str,
    body: TriedBody<TokenRequest>,
) -> Result<Json<AccessToken>> {
    let parsed = body.0.and_then(|body| Ok((params::id(id)?, MinTtl::new(body.min_ttl)?, body)));
    let is_plain = parsed.as_ref().is_ok_and(|(_, _, body)| body.scopes.is_none() && body.relink.is_none());
    key.count(app, if is_plain { NonZeroU32::MIN } else { INDIRECT_TOKEN }).await?;
    let (id, min_ttl, body) = key.asked(app, parsed).await?;
    if !is_plain {
        let known = key.identify(app).await?;
        let asker = Asker {
            wanted: Wanted::new(known.id, key.shown(), min_ttl),
            tenant: known.tenant,
            may_link: known.permissions.contains(&Permission::Link),
            actor: Actor::ApiKey { id: known.id, name: known.name },
        };
        let ask = Ask { scopes: body.scopes.as_deref(), relink: body.relink.as_ref() };
        return token_care::fetch(app, &asker, id, ask).await.map(Json);
    }
    let answered = token::for_account(app, key.shown(), min_ttl, id).await;
    key.answer(app, answered.key, answered.outcome).await.map(Json)
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
    let min_ttl = MinTtl::new(body.0.min_ttl)?;
    let user = ExternalUserId::named(external_user_id)?;
    let id = token::account_of(app, caller.tenant, &user, body.0.connector).await?;
    let asker = Asker {
        wanted: Wanted::new(caller.key, caller.shown, min_ttl),
        tenant: caller.tenant,
        may_link: caller.may(Permission::Link),
        actor: caller.actor(),
    };
    let ask = Ask { scopes: body.0.scopes.as_deref(), relink: body.0.relink.as_ref() };
    token_care::fetch(app, &asker, id, ask).await.map(Json)
}

/// Access tokens of up to 100 accounts; each with its own outcome, in the order in which they were asked for.
#[utoipa::path(tag = "tokens", request_body = TokensRequest,
    responses((status = 200, body = Tokens), Problems))]
#[post("/v1/tokens", data = "<body>")]
pub(super) async fn for_many(
    app: &State<Arc<App>>,
    key: ShownKey<'_>,
    request_id: &RequestId,
    body: TriedBody<TokensRequest>,
) -> Result<Json<Tokens>> {
    let parsed = body.0.and_then(|body| {
        if (1..=MOST).contains(&body.account_ids.len()) {
            return Ok((MinTtl::new(body.min_ttl)?, body.account_ids));
        }
        let detail = format!("account_ids must be 1 to {MOST} ids");
        Err(Code::InvalidField.because(detail).field("account_ids").into())
    });
    let asked = parsed.as_ref().ok().and_then(|(_, ids)| NonZeroU32::new(ids.len().try_into().ok()?));
    key.count(app, asked.unwrap_or(NonZeroU32::MIN)).await?;
    let (min_ttl, ids) = key.asked(app, parsed).await?;
    let shown = key.shown();
    let mut items: Vec<Option<TokenOutcome>> = ids.iter().map(|_| None).collect();
    // They wait together, and so share their round trips; one that is refreshed keeps none of the others waiting.
    let mut answers = stream::iter(ids)
        .enumerate()
        .map(|(place, id)| async move { (place, id, token::for_account(app, shown, min_ttl, id).await) })
        .buffer_unordered(AT_ONCE);
    let (mut whose, mut key_fails) = (None, None);
    while let Some((place, account_id, answered)) = answers.next().await {
        whose = answered.key.or(whose);
        let (token, problem) = match answered.outcome {
            Ok(token) => (Some(token), None),
            // What is wrong with the key is wrong with the whole call; refreshes under way are still brought to their end.
            Err(error) if matches!(error.code(), Code::Unauthenticated | Code::InsufficientScope) => {
                key_fails = Some(error);
                continue;
            }
            Err(error) => (None, Some(problem::of(error, request_id))),
        };
        items[place] = Some(TokenOutcome { account_id, token, problem });
    }
    let items = items.into_iter().flatten().collect();
    let outcome = key_fails.map_or(Ok(Json(Tokens { items })), Err);
    key.answer(app, whose, outcome).await
}
