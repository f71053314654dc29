//! `POST /2/…`: the API routes with their arguments, scopes and errors.

use std::{path::PathBuf, sync::Arc};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rocket::{Data, State, data::ByteUnit, post};
use serde_json::{Value, json};

use super::head::{Head, MAX_BODY};
use crate::{
    call::{Caller, Operation},
    dropbox::Dropbox,
    engine::Conduct,
    reply::Reply,
    secret::fingerprint,
    world::{Credentials, File, Presented, World},
};

const PAGE: usize = 2_000;

#[post("/2/<path..>", data = "<data>")]
pub(super) async fn call(dropbox: &State<Arc<Dropbox>>, path: PathBuf, head: Head, data: Data<'_>) -> Reply {
    let function = path.to_string_lossy().into_owned();
    let Some(operation) = operation(&function) else {
        let text = format!("Unknown API function: \"{function}\"");
        return Reply::new(400, "text/plain; charset=utf-8", text);
    };
    let Ok(body) = data.open(ByteUnit::from(MAX_BODY)).into_bytes().await else {
        return Reply::bad_call(&function, "request body: could not be read");
    };
    let conduct = Conduct { dropbox, operation, caller: caller(dropbox, &head), port: head.port };
    conduct
        .run(|| {
            let answer = answer(dropbox, operation, &function, &head, &body);
            answer.unwrap_or_else(|refusal| refusal)
        })
        .await
}

fn operation(function: &str) -> Option<Operation> {
    Some(match function {
        "auth/token/revoke" => Operation::Revoke,
        "users/get_current_account" => Operation::GetCurrentAccount,
        "team/get_info" => Operation::TeamGetInfo,
        "team/members/list_v2" => Operation::TeamMembersList,
        "check/user" => Operation::CheckUser,
        "check/app" => Operation::CheckApp,
        "files/list_folder" => Operation::ListFolder,
        "files/list_folder/continue" => Operation::ListFolderContinue,
        _ => return None,
    })
}

fn caller(dropbox: &Dropbox, head: &Head) -> Caller {
    let Some(token) = head.bearer() else {
        return Caller { app_key: head.basic().map(|(key, _)| key), ..Caller::default() };
    };
    let mut caller = Caller { token_fingerprint: Some(fingerprint(token)), ..Caller::default() };
    if let Some((grant, app_key, account_id)) = dropbox.world().owner_of_access(token) {
        caller.grant = Some(grant);
        caller.app_key = Some(app_key.to_owned());
        caller.account_id = Some(account_id.to_owned());
    }
    caller
}

fn answer(
    dropbox: &Dropbox,
    operation: Operation,
    function: &str,
    head: &Head,
    body: &[u8],
) -> Result<Reply, Reply> {
    let now = dropbox.now();
    let mut world = dropbox.world();
    if operation == Operation::CheckApp {
        let credentials = match head.basic() {
            Some((key, secret)) => Credentials { client_id: Some(key), client_secret: Some(secret) },
            None => Credentials { client_id: None, client_secret: None },
        };
        if !world.app_is(&credentials) {
            return Err(Reply::unauthorized("invalid_access_token"));
        }
        return echo(&argument(function, head, body)?, function);
    }
    let presented = world.present(head.bearer(), function, now)?;
    let presented = match &head.select_user {
        Some(member) => world.act_as(presented, member, function)?,
        None => presented,
    };
    if !matches!(operation, Operation::Revoke | Operation::TeamGetInfo | Operation::TeamMembersList) {
        presented.is_of_an_account(function)?;
    }
    let reply = match operation {
        Operation::Revoke => {
            no_argument(function, head, body)?;
            world.revoke(&presented);
            Reply::json(200, &Value::Null)
        }
        Operation::GetCurrentAccount => {
            presented.needs("account_info.read")?;
            no_argument(function, head, body)?;
            let user = world.user(&presented.account_id);
            let user = user.ok_or_else(|| Reply::unauthorized("invalid_access_token"))?;
            Reply::json(200, &user.full_account())
        }
        Operation::TeamGetInfo => {
            let info = presented.team(function)?.info();
            presented.needs("team_info.read")?;
            no_argument(function, head, body)?;
            Reply::json(200, &info)
        }
        Operation::TeamMembersList => {
            let members = world.members(presented.team(function)?);
            presented.needs("members.read")?;
            argument(function, head, body)?;
            Reply::json(200, &json!({"members": members, "cursor": "end", "has_more": false}))
        }
        Operation::CheckUser => {
            presented.needs("account_info.read")?;
            echo(&argument(function, head, body)?, function)?
        }
        Operation::ListFolder => {
            presented.needs("files.metadata.read")?;
            list_folder(&world, &presented, &argument(function, head, body)?, function)?
        }
        _ => {
            presented.needs("files.metadata.read")?;
            list_more(&world, &presented, &argument(function, head, body)?, function)?
        }
    };
    Ok(reply.with_grant(presented.grant))
}

/// Whether Dropbox accepts the content type as JSON.
fn is_json(content_type: &str) -> bool {
    let plain = content_type.to_ascii_lowercase().replace(' ', "");
    matches!(
        plain.as_str(),
        "application/json" | "application/json;charset=utf-8" | "text/plain;charset=dropbox-cors-hack"
    )
}

fn bad_content_type(function: &str, content_type: &str) -> Reply {
    let what = format!(
        "Bad HTTP \"Content-Type\" header: \"{content_type}\". Expecting one of \"application/json\", \
         \"application/json; charset=utf-8\", \"text/plain; charset=dropbox-cors-hack\"."
    );
    Reply::bad_call(function, &what)
}

/// Checks the body of a route without an argument: JSON `null`, or neither a body nor a content type.
fn no_argument(function: &str, head: &Head, body: &[u8]) -> Result<(), Reply> {
    match &head.content_type {
        None if body.is_empty() => Ok(()),
        None => Err(bad_content_type(function, "")),
        Some(content_type) if !is_json(content_type) => Err(bad_content_type(function, content_type)),
        Some(_) => match serde_json::from_slice(body) {
            Ok(Value::Null) => Ok(()),
            Ok(_) => Err(Reply::bad_call(function, "request body: expected null")),
            Err(_) => Err(not_json(function)),
        },
    }
}

/// The argument of any other route, which is a JSON object.
fn argument(function: &str, head: &Head, body: &[u8]) -> Result<Value, Reply> {
    let content_type = head.content_type.as_deref().unwrap_or_default();
    if !is_json(content_type) {
        return Err(bad_content_type(function, content_type));
    }
    match serde_json::from_slice(body) {
        Ok(argument @ Value::Object(_)) => Ok(argument),
        Ok(_) => Err(Reply::bad_call(function, "request body: expected object")),
        Err(_) => Err(not_json(function)),
    }
}

fn not_json(function: &str) -> Reply {
    Reply::bad_call(function, "request body: could not decode input as JSON")
}

fn text<'a>(argument: &'a Value, name: &str, function: &str) -> Result<Option<&'a str>, Reply> {
    match argument.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => {
            let what = format!("request body: {name}: expected string");
            Err(Reply::bad_call(function, &what))
        }
    }
}

fn echo(argument: &Value, function: &str) -> Result<Reply, Reply> {
    let query = text(argument, "query", function)?.unwrap_or_default();
    if query.chars().count() > 500 {
        let what = "request body: query: expected at most 500 characters";
        return Err(Reply::bad_call(function, what));
    }
    Ok(Reply::json(200, &json!({"result": query})))
}

fn list_folder(
    world: &World,
    presented: &Presented,
    argument: &Value,
    function: &str,
) -> Result<Reply, Reply> {
    let path = text(argument, "path", function)?
        .ok_or_else(|| Reply::bad_call(function, "request body: missing required field 'path'"))?;
    if path == "/" {
        let what = "request body: path: Specify the root folder as an empty string rather than as \"/\".";
        return Err(Reply::bad_call(function, what));
    }
    if !path.is_empty() {
        let error = json!({".tag": "path", "path": {".tag": "not_found"}});
        return Err(Reply::envelope(409, "path/not_found", &error));
    }
    let limit = match argument.get("limit") {
        None | Some(Value::Null) => PAGE,
        Some(limit) => limit
            .as_u64()
            .and_then(|limit| usize::try_from(limit).ok())
            .filter(|limit| (1..=PAGE).contains(limit))
            .ok_or_else(|| {
                let what = "request body: limit: expected an integer from 1 to 2000";
                Reply::bad_call(function, what)
            })?,
    };
    Ok(page(world, presented, 0, limit))
}

fn list_more(world: &World, presented: &Presented, argument: &Value, function: &str) -> Result<Reply, Reply> {
    let cursor = text(argument, "cursor", function)?
        .ok_or_else(|| Reply::bad_call(function, "request body: missing required field 'cursor'"))?;
    let (offset, limit) = read_cursor(cursor, &presented.account_id)
        .ok_or_else(|| Reply::bad_call(function, "Invalid \"cursor\" parameter"))?;
    Ok(page(world, presented, offset, limit))
}

fn page(world: &World, presented: &Presented, offset: usize, limit: usize) -> Reply {
    let files = world.user(&presented.account_id).map_or(&[][..], |user| &user.files);
    let entries: Vec<Value> = files.iter().skip(offset).take(limit).map(File::entry).collect();
    let next = offset + entries.len();
    let cursor = URL_SAFE_NO_PAD.encode(format!("{}|{next}|{limit}", presented.account_id));
    Reply::json(200, &json!({"entries": entries, "cursor": cursor, "has_more": next < files.len()}))
}

fn read_cursor(cursor: &str, account_id: &str) -> Option<(usize, usize)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    let (offset, limit) = text.strip_prefix(account_id)?.strip_prefix('|')?.split_once('|')?;
    Some((offset.parse().ok()?, limit.parse().ok()?))
}
