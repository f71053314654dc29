//! `/sim/…`: Dropbox's webhooks, for the control API.

use std::sync::Arc;

use rocket::{State, post, put};
use serde::Deserialize;
use serde_json::json;

use super::control::{ok, parse};
use crate::{NoticeError, dropbox::Dropbox, reply::Reply};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WebhookUri {
    webhook_uri: String,
}

/// Enters a webhook URI in the console; 400 with the reason if it does not pass the challenge.
#[put("/sim/apps/<key>/webhook", data = "<body>")]
pub(super) async fn set_webhook_uri(
    sim: &State<Arc<Dropbox>>,
    key: &str,
    body: &str,
) -> Result<Reply, Reply> {
    let wanted: WebhookUri = parse(body)?;
    sim.set_webhook_uri(key, &wanted.webhook_uri).await.map_err(|error| refused(&error))?;
    Ok(ok(&json!({ "ok": true })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Changed {
    app_key: String,
    account_ids: Vec<String>,
}

/// Sends a notice.
#[post("/sim/notify", data = "<body>")]
pub(super) async fn notify(sim: &State<Arc<Dropbox>>, body: &str) -> Result<Reply, Reply> {
    let changed: Changed = parse(body)?;
    let status = sim.notify(&changed.app_key, &changed.account_ids).await.map_err(|error| refused(&error))?;
    Ok(ok(&json!({ "status": status })))
}

fn refused(error: &NoticeError) -> Reply {
    Reply::json(400, &json!({ "error": error.to_string() }))
}
