//! How the server's answers change the model, before the views see them.

use std::time::Duration;

use chrono::TimeDelta;

use crate::client::{Answer, Failure};
use crate::registry::action::Action;

use super::acts::{Ended, Undo, outcome};
use super::login::session;
use super::message::{Effect, Slot};
use super::model::{ConnectionState, Model};
use super::perform::react;

/// How long the outcome of a change is shown, in seconds, if it was made and if it was not.
const DONE_CHANGE_SECONDS: i64 = 10;
const FAILED_CHANGE_SECONDS: i64 = 60;

/// Applies an answer, unless the model no longer waits for it.
pub(super) fn take(
    model: &mut Model,
    slot: Slot,
    number: u64,
    took: Duration,
    result: Result<Answer, Failure>,
) -> Vec<Effect> {
    let now = model.now;
    if let Slot::Act(number) = slot {
        return end_act(model, number, took, result);
    }
    let Some(call) = model.call_mut(slot).filter(|call| call.is_awaiting(number)) else {
        model.changed = false;
        return Vec::new();
    };
    match &result {
        Ok(_) => call.succeeded(now),
        Err(failure) => call.failed(failure.clone(), now),
    }
    // The login form says nothing about the connection, and waits for no answer to this question.
    if slot != Slot::LoginMethods {
        note_connection(model, took, result.as_ref().err());
    }
    match result {
        Ok(answer) => change_succeeded(model, slot, answer),
        Err(failure) => {
            change_failed(model, slot, &failure);
            Vec::new()
        }
    }
}

/// Records what a call says about the connection.
fn note_connection(model: &mut Model, took: Duration, failure: Option<&Failure>) {
    let now = model.now;
    let failing = |what: &str, model: &Model| {
        let since = match &model.connection {
            ConnectionState::Failing { since, .. } => *since,
            _ => now,
        };
        ConnectionState::Failing { since, what: what.to_owned() }
    };
    model.connection = match (failure, &model.connection) {
        (Some(Failure::Unreachable(_)), ConnectionState::Lost { since }) => {
            ConnectionState::Lost { since: *since }
        }
        (Some(Failure::Unreachable(_)), _) => ConnectionState::Lost { since: now },
        (Some(Failure::Busy { .. }), _) => failing("busy", model),
        (Some(Failure::Server { status, .. }), _) => failing(&format!("error {status}"), model),
        (Some(Failure::Malformed(_)), _) => failing("no Bowline", model),
        _ => ConnectionState::Live { took, at: now },
    };
}

fn change_succeeded(model: &mut Model, slot: Slot, answer: Answer) -> Vec<Effect> {
    let window = model.window();
    model.known.learn(&answer);
    match (slot, answer) {
        (Slot::Login, Answer::Session(session)) => session::logged_in(model, session),
        (Slot::LoginMethods, Answer::LoginMethods(methods)) => {
            session::take_methods(model, methods);
            Vec::new()
        }
        (Slot::WhoAmI, Answer::Operator(operator)) => {
            model.operator = Some(operator);
            Vec::new()
        }
        (Slot::TenantNames, Answer::Tenants(page)) => {
            model.tenant_names.take(page);
            Vec::new()
        }
        (Slot::View(id, part), answer) => {
            retry_unreachable(model);
            let reactions = match model.view_mut(id) {
                Some(view) => view.screen.take(part, answer, &window),
                None => Vec::new(),
            };
            react(model, reactions)
        }
        // The client answers each request with the matching kind, so no other combination occurs.
        _ => Vec::new(),
    }
}

/// Retries at once what failed while the server was unreachable, because it responds again.
fn retry_unreachable(model: &mut Model) {
    model.for_each_call(|call| {
        if matches!(&call.last_failure, Some(failed) if matches!(failed.failure, Failure::Unreachable(_))) {
            call.reset();
        }
    });
}

fn change_failed(model: &mut Model, slot: Slot, failure: &Failure) {
    match (slot, failure) {
        (Slot::Login, failure) => session::login_failed(model, failure),
        // The form offers a password then, which is what every server has.
        (Slot::LoginMethods, _) => model.changed = false,
        // A second call that fails for the same reason must not clear what the operator is typing.
        (_, Failure::Unauthorised(_)) if model.login.is_some() => {}
        (_, Failure::Unauthorised(_)) => session::ended(model),
        // What is newer must not be hidden. What is tried again would hide every notice.
        (Slot::View(id, _), failure) if id == model.views.current().id && !failure.is_transient() => {
            model.toast = None;
        }
        _ => {}
    }
}

/// Tells the outcome of a change: as a notice, in the log of acts, in the dialog if it still waits, and wherever what was
/// changed is shown.
fn end_act(model: &mut Model, number: u64, took: Duration, result: Result<Answer, Failure>) -> Vec<Effect> {
    let now = model.now;
    let ended = match &result {
        Ok(answer) => Ended::Done(outcome(answer)),
        Err(failure) => Ended::Failed(failure.clone()),
    };
    let Some(entry) = model.acts.end(number, ended) else {
        model.changed = false;
        return Vec::new();
    };
    let (mut notice, is_here) = (entry.notice(), entry.context == model.setup.context);
    if !is_here {
        notice = format!("{notice} (in context {})", entry.context);
    }
    let opposite = entry.opposite.clone().filter(|_| is_here && result.is_ok());
    let undo = opposite.map(|act| Undo {
        act,
        name: entry.name.clone(),
        until: now + TimeDelta::seconds(DONE_CHANGE_SECONDS),
    });
    if let (Some(_), Some(key)) = (&undo, model.keymap.first_key(Action::Undo)) {
        notice = format!("{notice} — {key} undoes it");
    }
    if result.is_ok() && is_here {
        model.undo = undo;
    }
    let seconds = if result.is_ok() { DONE_CHANGE_SECONDS } else { FAILED_CHANGE_SECONDS };
    model.notify_for(seconds, notice);
    if !is_here {
        return Vec::new();
    }
    note_connection(model, took, result.as_ref().err());
    if let Ok(Answer::Job(detail)) = &result {
        model.acts.began(number, &detail.job);
    }
    match result {
        Ok(answer) => {
            model.known.learn(&answer);
            let waiting = model.dialogs.iter_mut().find(|dialog| dialog.awaited() == Some(number));
            let reactions = waiting.map(|dialog| dialog.done(&answer)).unwrap_or_default();
            model.dialogs.retain(|dialog| dialog.awaited() != Some(number));
            for view in model.all_views_mut() {
                view.screen.changed(&answer, true);
            }
            react(model, reactions)
        }
        Err(failure) => {
            if let Some(dialog) = model.dialogs.iter_mut().find(|dialog| dialog.awaited() == Some(number)) {
                dialog.fail(&failure);
            }
            change_failed(model, Slot::Act(number), &failure);
            Vec::new()
        }
    }
}
