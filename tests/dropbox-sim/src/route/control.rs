//! `/sim/…`: the control API in JSON.

use std::{sync::Arc, time::Duration};

use rocket::{FromForm, State, delete, get, patch, post, put};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::{
    AppConfig, AppStatus, Call, CallState, FaultSpec, Operation, PlantedGrant, Reveal, Settings, UserConfig,
    WalkError, dropbox::Dropbox, reply::Reply, world::App,
};

type Sim = State<Arc<Dropbox>>;

pub(super) fn parse<T: DeserializeOwned>(body: &str) -> Result<T, Reply> {
    let body = if body.trim().is_empty() { "{}" } else { body };
    serde_json::from_str(body).map_err(|error| {
        // The message of serde_json names the field and the position, and quotes at most an unknown variant.
        Reply::json(400, &json!({"error": error.to_string()}))
    })
}

pub(super) fn ok(value: &impl Serialize) -> Reply {
    match serde_json::to_value(value) {
        Ok(value) => Reply::json(200, &value),
        Err(error) => Reply::json(500, &json!({"error": error.to_string()})),
    }
}

fn found(found: bool) -> Reply {
    if found {
        Reply::json(200, &json!({"ok": true}))
    } else {
        Reply::json(404, &json!({"error": "not found"}))
    }
}

/// Returns a summary, which also serves as a health check.
#[get("/sim/state")]
pub(super) fn index(sim: &Sim) -> Reply {
    let grants = sim.grants(Reveal::No);
    let counts: Value = Operation::ALL
        .into_iter()
        .map(|operation| (operation.name().to_owned(), json!(sim.count(operation))))
        .collect::<serde_json::Map<_, _>>()
        .into();
    ok(&json!({
        "now": sim.now(),
        "grants": grants.len(),
        "grants_alive": grants.iter().filter(|grant| grant.alive).count(),
        "calls": counts,
        "faults": sim.faults().len(),
        "settings": sim.settings(),
    }))
}

/// A filter for calls. Omitted fields match everything.
#[derive(FromForm)]
pub(super) struct Wanted<'r> {
    operation: Option<&'r str>,
    app_key: Option<&'r str>,
    account_id: Option<&'r str>,
    grant: Option<u64>,
    state: Option<&'r str>,
    /// Wait until this many calls match.
    wait: Option<usize>,
    /// The maximum wait in milliseconds; 10 seconds if omitted.
    timeout_ms: Option<u64>,
}

#[get("/sim/calls?<wanted..>")]
pub(super) async fn calls(sim: &Sim, wanted: Wanted<'_>) -> Reply {
    let operation = match wanted.operation.map(Operation::parse) {
        Some(None) => return Reply::json(400, &json!({"error": "no such operation"})),
        known => known.flatten(),
    };
    let state: Option<CallState> = match wanted.state.map(|state| serde_json::from_value(json!(state))) {
        Some(Err(_)) => return Reply::json(400, &json!({"error": "no such state"})),
        known => known.and_then(Result::ok),
    };
    let is = |call: &Call| {
        operation.is_none_or(|operation| operation == call.operation)
            && state.is_none_or(|state| state == call.state)
            && wanted.app_key.is_none_or(|key| call.app_key.as_deref() == Some(key))
            && wanted.account_id.is_none_or(|id| call.account_id.as_deref() == Some(id))
            && wanted.grant.is_none_or(|id| call.grant == Some(id))
    };
    let patience = Duration::from_millis(wanted.timeout_ms.unwrap_or(10_000));
    let enough = match wanted.wait {
        Some(count) => sim.wait_for_calls(count, patience, is).await,
        None => true,
    };
    let calls = sim.calls.select(is);
    let status = if enough { 200 } else { 408 };
    Reply::json(status, &json!({"count": calls.len(), "calls": calls}))
}

#[get("/sim/grants?<reveal>&<account_id>&<app_key>")]
pub(super) fn grants(
    sim: &Sim,
    reveal: Option<&str>,
    account_id: Option<&str>,
    app_key: Option<&str>,
) -> Reply {
    let reveal = if reveal == Some("1") { Reveal::Tokens } else { Reveal::No };
    let mut grants = sim.grants(reveal);
    grants.retain(|grant| {
        account_id.is_none_or(|id| grant.account_id == id) && app_key.is_none_or(|key| grant.app_key == key)
    });
    ok(&json!({ "grants": grants }))
}

#[post("/sim/grants", data = "<body>")]
pub(super) fn plant_grant(sim: &Sim, body: &str) -> Result<Reply, Reply> {
    let planted: PlantedGrant = parse(body)?;
    Ok(ok(&json!({ "id": sim.plant_grant(&planted) })))
}

#[post("/sim/grants/<id>/revoke")]
pub(super) fn revoke_grant(sim: &Sim, id: u64) -> Reply {
    found(sim.revoke_grant(id))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Link {
    app_key: String,
    account_id: String,
}

#[post("/sim/disconnect", data = "<body>")]
pub(super) fn disconnect(sim: &Sim, body: &str) -> Result<Reply, Reply> {
    let link: Link = parse(body)?;
    let grants = sim.disconnect(&link.app_key, &link.account_id);
    Ok(ok(&json!({ "grants": grants })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expire {
    grant: Option<u64>,
}

#[post("/sim/expire", data = "<body>")]
pub(super) fn expire(sim: &Sim, body: &str) -> Result<Reply, Reply> {
    let which: Expire = parse(body)?;
    Ok(ok(&json!({ "expired": sim.expire_tokens(which.grant) })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_seconds: i64,
}

#[post("/sim/clock", data = "<body>")]
pub(super) fn clock(sim: &Sim, body: &str) -> Result<Reply, Reply> {
    let by: Advance = parse(body)?;
    sim.advance_clock(by.advance_seconds);
    Ok(ok(&json!({ "now": sim.now() })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reset {
    #[serde(default)]
    everything: bool,
}

#[post("/sim/reset", data = "<body>")]
pub(super) fn reset(sim: &Sim, body: &str) -> Result<Reply, Reply> {
    let how: Reset = parse(body)?;
    sim.reset(how.everything);
    Ok(found(true))
}

#[get("/sim/apps")]
pub(super) fn apps(sim: &Sim) -> Reply {
    let apps: Vec<Value> = sim.world().apps.values().map(App::view).collect();
    ok(&json!({ "apps": apps }))
}

#[post("/sim/apps", data = "<body>")]
pub(super) fn put_app(sim: &Sim, body: &str) -> Result<Reply, Reply> {
    sim.put_app(parse::<AppConfig>(body)?);
    Ok(found(true))
}

/// Changes of an app; an empty `auto_approve` disables automatic approval.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AppChange {
    status: Option<AppStatus>,
    auto_approve: Option<String>,
}

#[patch("/sim/apps/<key>", data = "<body>")]
pub(super) fn patch_app(sim: &Sim, key: &str, body: &str) -> Result<Reply, Reply> {
    let change: AppChange = parse(body)?;
    let status = change.status.is_none_or(|status| sim.set_app_status(key, status));
    let auto = change
        .auto_approve
        .is_none_or(|user| sim.set_auto_approve(key, Some(user).filter(|user| !user.is_empty())));
    Ok(found(status && auto))
}

#[get("/sim/users")]
pub(super) fn users(sim: &Sim) -> Reply {
    ok(&json!({ "users": sim.users() }))
}

#[post("/sim/users", data = "<body>")]
pub(super) fn add_user(sim: &Sim, body: &str) -> Result<Reply, Reply> {
    let user: UserConfig = parse(body)?;
    Ok(ok(&json!({ "account_id": sim.add_user(&user) })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UserChange {
    suspended: bool,
}

#[patch("/sim/users/<account_id>", data = "<body>")]
pub(super) fn patch_user(sim: &Sim, account_id: &str, body: &str) -> Result<Reply, Reply> {
    let change: UserChange = parse(body)?;
    Ok(found(sim.suspend_user(account_id, change.suspended)))
}

#[get("/sim/faults")]
pub(super) fn faults(sim: &Sim) -> Reply {
    ok(&json!({ "faults": sim.faults() }))
}

#[post("/sim/faults", data = "<body>")]
pub(super) fn set_fault(sim: &Sim, body: &str) -> Result<Reply, Reply> {
    let fault: FaultSpec = parse(body)?;
    Ok(ok(&json!({ "id": sim.set_fault(fault) })))
}

#[delete("/sim/faults/<id>")]
pub(super) fn clear_fault(sim: &Sim, id: u64) -> Reply {
    found(sim.clear_fault(id))
}

#[delete("/sim/faults")]
pub(super) fn clear_faults(sim: &Sim) -> Reply {
    sim.clear_faults();
    found(true)
}

#[get("/sim/settings")]
pub(super) fn settings(sim: &Sim) -> Reply {
    ok(&sim.settings())
}

/// Replaces the settings. Omitted fields are reset to their defaults.
#[put("/sim/settings", data = "<body>")]
pub(super) fn change_settings(sim: &Sim, body: &str) -> Result<Reply, Reply> {
    let settings: Settings = parse(body)?;
    sim.change_settings(|current| *current = settings);
    Ok(ok(&sim.settings()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Walk {
    authorize_url: String,
    #[serde(default)]
    user: Option<String>,
}

pub(super) fn walked(result: Result<String, WalkError>) -> Reply {
    match result {
        Ok(url) => ok(&json!({ "redirect": url })),
        Err(error) => Reply::json(400, &json!({"error": error.to_string()})),
    }
}

#[post("/sim/approve", data = "<body>")]
pub(super) fn approve(sim: &Sim, body: &str) -> Result<Reply, Reply> {
    let walk: Walk = parse(body)?;
    let user = walk.user.as_deref().unwrap_or("new");
    Ok(walked(sim.approve(&walk.authorize_url, user)))
}

#[post("/sim/decline", data = "<body>")]
pub(super) fn decline(sim: &Sim, body: &str) -> Result<Reply, Reply> {
    let walk: Walk = parse(body)?;
    Ok(walked(sim.decline(&walk.authorize_url)))
}
