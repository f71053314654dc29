//! `/sandbox/…`: what an app of a sandbox may do with its own accounts. It proves itself by its key and secret (HTTP Basic), as at
//! Dropbox's own endpoints, so no app reaches the accounts of another.

use std::convert::Infallible;
use std::sync::Arc;

use rocket::request::{FromRequest, Outcome};
use rocket::{Request, State, get, post, put};
use serde::Deserialize;
use serde_json::json;

use super::control::{ok, parse, walked};
use super::head::Head;
use crate::{SandboxState, dropbox::Dropbox, reply::Reply, secret::Secret};

type Sim = State<Arc<Dropbox>>;

/// The key and the secret that a request presents.
pub(super) struct Proof(Option<(String, Secret)>);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Proof {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        Head::from_request(request).await.map(|head| Self(head.basic()))
    }
}

/// The key of the app that the request proves.
fn app_of(sim: &Dropbox, Proof(presented): Proof) -> Result<String, Reply> {
    let refused =
        || Reply::json(401, &json!({"error": "send the key and the secret of the app as HTTP Basic"}));
    let (key, secret) = presented.ok_or_else(refused)?;
    if sim.world().is_app(&key, &secret) { Ok(key) } else { Err(refused()) }
}

/// Says that this simulator serves sandboxes.
#[get("/sandbox")]
pub(super) fn show() -> Reply {
    ok(&json!({ "sandbox": true }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Registration {
    redirect_uri: String,
    #[serde(default)]
    scopes: Vec<String>,
}

/// Makes the app known, or adds to what is known of it.
#[put("/sandbox/app", data = "<body>")]
pub(super) fn register(sim: &Sim, proof: Proof, body: &str) -> Result<Reply, Reply> {
    let app = app_of(sim, proof)?;
    let Registration { redirect_uri, scopes } = parse(body)?;
    sim.world().extend_app(&app, redirect_uri, scopes);
    Ok(ok(&json!({ "app_key": app })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    account_id: String,
    state: SandboxState,
}

#[put("/sandbox/state", data = "<body>")]
pub(super) fn set_state(sim: &Sim, proof: Proof, body: &str) -> Result<Reply, Reply> {
    let app = app_of(sim, proof)?;
    let wanted: Wanted = parse(body)?;
    sim.set_sandbox_state(&app, &wanted.account_id, wanted.state);
    Ok(ok(&json!({ "ok": true })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Walk {
    authorize_url: String,
    user: String,
    #[serde(default)]
    decline: bool,
}

/// Approves what the app asks for in the name of a user, or declines.
#[post("/sandbox/approve", data = "<body>")]
pub(super) fn approve(sim: &Sim, proof: Proof, body: &str) -> Result<Reply, Reply> {
    let app = app_of(sim, proof)?;
    let walk: Walk = parse(body)?;
    let query = walk.authorize_url.split_once('?').map_or("", |(_, query)| query);
    if !url::form_urlencoded::parse(query.as_bytes()).any(|(name, value)| name == "client_id" && value == app)
    {
        return Err(Reply::json(400, &json!({"error": "this is not the authorize URL of the app"})));
    }
    Ok(walked(if walk.decline {
        sim.decline(&walk.authorize_url)
    } else {
        sim.approve(&walk.authorize_url, &walk.user)
    }))
}
