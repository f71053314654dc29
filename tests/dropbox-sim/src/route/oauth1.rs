//! The signed endpoints of OAuth 1: Dropbox's API v1 below `/1/`, and a service of OAuth 1.0a.

use std::sync::Arc;

use rocket::{Data, State, data::ByteUnit, get, http::Method, post};
use serde_json::json;

use super::head::{Head, MAX_BODY};
use crate::{
    call::{Caller, Operation},
    dropbox::Dropbox,
    engine::Conduct,
    oauth1::{Dialect, Incoming, Request},
    reply::Reply,
    secret::fingerprint,
};

type Sim = State<Arc<Dropbox>>;

#[post("/1/oauth/request_token", data = "<data>")]
pub(super) async fn v1_request_token(sim: &Sim, head: Head, data: Data<'_>) -> Reply {
    serve(sim, Dialect::OAuth1, Operation::OAuth1RequestToken, &head, Some(data)).await
}

#[post("/1/oauth/access_token", data = "<data>")]
pub(super) async fn v1_access_token(sim: &Sim, head: Head, data: Data<'_>) -> Reply {
    serve(sim, Dialect::OAuth1, Operation::OAuth1AccessToken, &head, Some(data)).await
}

#[get("/1/account/info")]
pub(super) async fn v1_account(sim: &Sim, head: Head) -> Reply {
    serve(sim, Dialect::OAuth1, Operation::OAuth1Account, &head, None).await
}

#[post("/1/account/info", data = "<data>")]
pub(super) async fn v1_account_by_post(sim: &Sim, head: Head, data: Data<'_>) -> Reply {
    serve(sim, Dialect::OAuth1, Operation::OAuth1Account, &head, Some(data)).await
}

#[post("/1/disable_access_token", data = "<data>")]
pub(super) async fn v1_disable(sim: &Sim, head: Head, data: Data<'_>) -> Reply {
    serve(sim, Dialect::OAuth1, Operation::OAuth1Disable, &head, Some(data)).await
}

#[post("/1/oauth2/token_from_oauth1", data = "<data>")]
pub(super) async fn v1_token_from_oauth1(sim: &Sim, head: Head, data: Data<'_>) -> Reply {
    serve(sim, Dialect::OAuth1, Operation::TokenFromOAuth1, &head, Some(data)).await
}

#[post("/oauth/request_token", data = "<data>")]
pub(super) async fn v1a_request_token(sim: &Sim, head: Head, data: Data<'_>) -> Reply {
    serve(sim, Dialect::OAuth1a, Operation::OAuth1RequestToken, &head, Some(data)).await
}

#[post("/oauth/access_token", data = "<data>")]
pub(super) async fn v1a_access_token(sim: &Sim, head: Head, data: Data<'_>) -> Reply {
    serve(sim, Dialect::OAuth1a, Operation::OAuth1AccessToken, &head, Some(data)).await
}

#[get("/account/verify_credentials.json")]
pub(super) async fn v1a_account(sim: &Sim, head: Head) -> Reply {
    serve(sim, Dialect::OAuth1a, Operation::OAuth1Account, &head, None).await
}

async fn serve(
    sim: &Sim,
    dialect: Dialect,
    operation: Operation,
    head: &Head,
    data: Option<Data<'_>>,
) -> Reply {
    let body = match data {
        None => Vec::new(),
        Some(data) => match data.open(ByteUnit::from(MAX_BODY)).into_bytes().await {
            Ok(body) => body.into_inner(),
            Err(_) => return dialect.refuse(400, "The body could not be read"),
        },
    };
    let method = if head.method == Method::Get { "GET" } else { "POST" };
    let request = Request::read(&Incoming {
        method,
        scheme: if sim.connections.is_secure(head.port) { "https" } else { "http" },
        host: &head.host,
        path: &head.path,
        query: &head.query,
        content_type: head.content_type.as_deref(),
        authorization: head.authorization.as_deref(),
        body: &body,
    });
    let caller = caller(sim, request.as_ref().ok());
    Conduct { dropbox: sim, operation, caller, port: head.port }
        .run(|| {
            let answer = request
                .map_err(|rule| dialect.refuse(400, rule))
                .and_then(|request| answer(sim, dialect, operation, &request));
            answer.unwrap_or_else(|refusal| refusal)
        })
        .await
}

fn caller(sim: &Sim, request: Option<&Request>) -> Caller {
    let get = |name| request.and_then(|request| request.get(name));
    let token = get("oauth_token");
    let (grant, account_id) = token.map(|token| sim.world().oauth1_owner(token)).unwrap_or_default();
    Caller {
        app_key: get("oauth_consumer_key").map(str::to_owned),
        account_id,
        grant,
        token_fingerprint: token.map(fingerprint),
    }
}

fn answer(sim: &Sim, dialect: Dialect, operation: Operation, request: &Request) -> Result<Reply, Reply> {
    let now = sim.now();
    let mut world = sim.world();
    match operation {
        Operation::OAuth1RequestToken => return world.issue_request_token(dialect, request, now),
        Operation::OAuth1AccessToken => return world.oauth1_exchange(dialect, request, now),
        _ => {}
    }
    let grant = world.oauth1_presented(dialect, request, now)?;
    let dead = || dialect.dead_access_token();
    let reply = match operation {
        Operation::OAuth1Disable => {
            world.kill_grant(grant);
            Reply::json(200, &json!({}))
        }
        Operation::TokenFromOAuth1 => return world.token_from_oauth1(grant, now).ok_or_else(dead),
        _ => Reply::json(200, &world.oauth1_account(dialect, grant).ok_or_else(dead)?),
    };
    Ok(reply.with_grant(grant))
}
