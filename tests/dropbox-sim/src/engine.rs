//! Processes a call: logs it, applies faults and produces the answer.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};
use tokio::sync::watch;

use crate::{
    call::{CallState, Caller, Operation, Ticket},
    dropbox::Dropbox,
    entropy,
    fault::{FaultKind, Garbage, Strike, When},
    oauth1::Dialect,
    relay::Ending,
    reply::Reply,
};

/// How the parking of a call ended.
enum Unparked {
    Released,
    /// The client disconnected.
    Abandoned,
}

/// What remains to be done after the fault.
enum Effect {
    /// Send the reply.
    Send(Reply),
    /// Send this many bytes of the reply and close the connection.
    Cut(Reply, usize),
    /// Reset the connection.
    Reset,
    /// The client has disconnected.
    Abandoned,
}

/// A call that is being processed.
pub(crate) struct Conduct<'a> {
    pub(crate) dropbox: &'a Dropbox,
    pub(crate) operation: Operation,
    pub(crate) caller: Caller,
    /// The relay's port of this connection.
    pub(crate) port: u16,
}

impl Conduct<'_> {
    /// Logs the call, applies a matching fault, and performs the work with `act` unless the fault prevents it.
    pub(crate) async fn run(self, act: impl FnOnce() -> Reply) -> Reply {
        let request_id = entropy::request_id();
        let dropbox = self.dropbox;
        let now = dropbox.now();
        let ticket = dropbox.calls.open(self.operation, &self.caller, &request_id, now);
        let effect = match dropbox.faults.strike(self.operation, &self.caller) {
            None => Effect::Send(act()),
            Some(strike) => {
                dropbox.calls.update(ticket, |call| call.fault = Some(strike.id));
                self.strike(strike, ticket, act).await
            }
        };
        self.finish(effect, ticket, &request_id).await
    }

    /// Logs how the call ended, and ends the connection if the fault requires it.
    async fn finish(&self, effect: Effect, ticket: Ticket, request_id: &str) -> Reply {
        let calls = &self.dropbox.calls;
        let answered = |reply: &Reply| {
            calls.update(ticket, |call| {
                call.state = CallState::Answered;
                call.status = Some(reply.status);
                call.grant = reply.grant.or(call.grant);
            });
        };
        match effect {
            Effect::Send(reply) => {
                answered(&reply);
                reply.request_id(request_id)
            }
            Effect::Cut(reply, bytes) => {
                answered(&reply);
                let raw = reply.request_id(request_id).cut(bytes);
                let ending = Ending::Send(raw.into());
                self.dropbox.connections.end(self.port, ending).await;
                unsent()
            }
            Effect::Reset => {
                calls.update(ticket, |call| call.state = CallState::Reset);
                self.dropbox.connections.end(self.port, Ending::Reset).await;
                unsent()
            }
            Effect::Abandoned => {
                calls.update(ticket, |call| call.state = CallState::Abandoned);
                unsent()
            }
        }
    }

    async fn strike(&self, strike: Strike, ticket: Ticket, act: impl FnOnce() -> Reply) -> Effect {
        let mut released = strike.released;
        match strike.kind {
            FaultKind::Cut { bytes } => Effect::Cut(act(), bytes),
            FaultKind::Garbage { garbage } if needs_answer(&garbage) => Effect::Send(spoil(&garbage, &act())),
            FaultKind::DeadGrant => Effect::Send(self.dead_grant(act)),
            kind if strike.when == When::Before => match kind {
                FaultKind::Delay { ms } => {
                    tokio::time::sleep(Duration::from_millis(ms)).await;
                    Effect::Send(act())
                }
                FaultKind::Pause => match self.park(&mut released, ticket).await {
                    Unparked::Released => Effect::Send(act()),
                    Unparked::Abandoned => Effect::Abandoned,
                },
                kind => self.instead(kind, &mut released, ticket).await,
            },
            kind => {
                let reply = act();
                if let Some(grant) = reply.grant {
                    self.dropbox.calls.update(ticket, |call| call.grant = Some(grant));
                }
                match kind {
                    FaultKind::Delay { ms } => {
                        tokio::time::sleep(Duration::from_millis(ms)).await;
                        Effect::Send(reply)
                    }
                    FaultKind::Pause => match self.park(&mut released, ticket).await {
                        Unparked::Released => Effect::Send(reply),
                        Unparked::Abandoned => Effect::Abandoned,
                    },
                    kind => self.instead(kind, &mut released, ticket).await,
                }
            }
        }
    }

    /// The faults that replace the answer.
    async fn instead(&self, kind: FaultKind, released: &mut watch::Receiver<bool>, ticket: Ticket) -> Effect {
        match kind {
            FaultKind::Status { status, body, content_type, retry_after } => {
                let body = body.unwrap_or_else(|| server_fault().to_string());
                let content_type = content_type.as_deref().unwrap_or("application/json");
                let mut reply = Reply::new(status, content_type, body);
                reply.headers.extend(retry_after.map(|value| ("Retry-After", value)));
                Effect::Send(reply)
            }
            FaultKind::RateLimit { retry_after } if self.operation.is_oauth1() => {
                Effect::Send(Reply::slow_down(retry_after))
            }
            FaultKind::RateLimit { retry_after } => Effect::Send(Reply::too_many_requests(retry_after)),
            FaultKind::Garbage { garbage } => Effect::Send(spoil(&garbage, &Reply::json(200, &Value::Null))),
            FaultKind::Hang => match self.park(released, ticket).await {
                Unparked::Released => Effect::Reset,
                Unparked::Abandoned => Effect::Abandoned,
            },
            FaultKind::BadClient => Effect::Send(match self.operation {
                Operation::TokenExchange | Operation::TokenRefresh | Operation::TokenOther => {
                    Reply::invalid_client()
                }
                operation if operation.is_oauth1() => {
                    Dialect::OAuth1.bad_signature("POST&CANARY_base_string")
                }
                _ => Reply::unauthorized("invalid_access_token"),
            }),
            FaultKind::Reset
            | FaultKind::Delay { .. }
            | FaultKind::Pause
            | FaultKind::Cut { .. }
            | FaultKind::DeadGrant => Effect::Reset,
        }
    }

    fn dead_grant(&self, act: impl FnOnce() -> Reply) -> Reply {
        if self.operation == Operation::TokenExchange {
            return Reply::oauth_error("invalid_grant", "code doesn't exist or has expired");
        }
        if self.operation == Operation::OAuth1AccessToken {
            return Dialect::OAuth1.unknown_request_token();
        }
        if let Some(grant) = self.caller.grant {
            self.dropbox.revoke_grant(grant);
        }
        act()
    }

    async fn park(&self, released: &mut watch::Receiver<bool>, ticket: Ticket) -> Unparked {
        self.dropbox.calls.update(ticket, |call| call.state = CallState::Parked);
        tokio::select! {
            // An error means that the fault was removed, which releases the call as well.
            _ = released.wait_for(|released| *released) => Unparked::Released,
            () = self.dropbox.connections.gone(self.port) => Unparked::Abandoned,
        }
    }
}

/// A placeholder for a connection whose client no longer reads.
fn unsent() -> Reply {
    Reply::new(500, "text/plain", "")
}

fn server_fault() -> Value {
    json!({"error": "The server has either erred or is incapable of performing the requested operation."})
}

fn needs_answer(garbage: &Garbage) -> bool {
    matches!(garbage, Garbage::CutJson | Garbage::WrongTypes | Garbage::Merge(_) | Garbage::Raw(_))
}

fn spoil(garbage: &Garbage, answer: &Reply) -> Reply {
    let grant = answer.grant;
    let mut reply = match garbage {
        Garbage::Html => Reply::new(
            200,
            "text/html; charset=utf-8",
            "<!doctype html><title>Dropbox</title><h1>We'll be back soon</h1>",
        ),
        Garbage::Empty => Reply::new(200, "application/json", ""),
        Garbage::Custom(body) => Reply::new(200, "application/json", body.as_str()),
        Garbage::CutJson => {
            let half = answer.body.len() / 2;
            Reply::new(answer.status, &answer.content_type, &answer.body[..half])
        }
        Garbage::WrongTypes => edit(answer, |fields| {
            for value in fields.values_mut() {
                *value = if value.is_string() { json!(7) } else { json!(value.to_string()) };
            }
        }),
        Garbage::Merge(changes) => edit(answer, |fields| {
            for (name, value) in changes {
                if value.is_null() {
                    fields.remove(name);
                } else {
                    fields.insert(name.clone(), value.clone());
                }
            }
        }),
        Garbage::Raw(values) => raw(answer, values),
    };
    reply.grant = grant;
    reply
}

/// Replaces the fields by markers and then the markers by the bytes.
fn raw(answer: &Reply, values: &BTreeMap<String, String>) -> Reply {
    let mark = |number: usize| format!("@@raw-{number}@@");
    let marked = edit(answer, |fields| {
        for (number, path) in values.keys().enumerate() {
            let (outer, inner) = path.split_once('.').map_or((path.as_str(), None), |(a, b)| (a, Some(b)));
            match inner {
                None => {
                    fields.insert(outer.to_owned(), json!(mark(number)));
                }
                Some(inner) => fields[outer][inner] = json!(mark(number)),
            }
        }
    });
    let mut body = String::from_utf8_lossy(&marked.body).into_owned();
    for (number, bytes) in values.values().enumerate() {
        body = body.replace(&format!("\"{}\"", mark(number)), bytes);
    }
    Reply::new(marked.status, &marked.content_type, body)
}

fn edit(answer: &Reply, change: impl FnOnce(&mut serde_json::Map<String, Value>)) -> Reply {
    if answer.content_type == "application/x-www-form-urlencoded" {
        return edit_form(answer, change);
    }
    match serde_json::from_slice(&answer.body) {
        Ok(Value::Object(mut fields)) => {
            change(&mut fields);
            Reply::json(answer.status, &Value::Object(fields))
        }
        // The body is `null` or plain text, so it has no fields to change.
        _ => Reply::new(answer.status, &answer.content_type, "[\"garbage\"]"),
    }
}

/// The same for the form bodies of OAuth 1.
fn edit_form(answer: &Reply, change: impl FnOnce(&mut serde_json::Map<String, Value>)) -> Reply {
    let pairs = url::form_urlencoded::parse(&answer.body);
    let mut fields = pairs.map(|(name, value)| (name.into_owned(), json!(value))).collect();
    change(&mut fields);
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let pairs = fields.iter().map(|(name, value)| (name, text(value)));
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    Reply::new(answer.status, &answer.content_type, body)
}
