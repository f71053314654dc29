//! How the server's answers change the model, before the screens see them.

use std::time::Duration;

use crate::client::{Answer, Failure};

use super::login::session;
use super::message::{Effect, Slot};
use super::model::{Connection, Model};
use super::perform::react;

/// Applies an answer, unless the model no longer waits for it.
pub(super) fn take(
    model: &mut Model,
    slot: Slot,
    number: u64,
    took: Duration,
    result: Result<Answer, Failure>,
) -> Vec<Effect> {
    let now = model.now;
    let Some(call) = model.call_mut(slot).filter(|call| call.is_awaiting(number)) else {
        model.changed = false;
        return Vec::new();
    };
    match &result {
        Ok(_) => call.succeeded(now),
        Err(failure) => call.failed(failure.clone(), now),
    }
    model.connection = match (&result, &model.connection) {
        (Err(Failure::Unreachable(_)), Connection::Lost { since }) => Connection::Lost { since: *since },
        (Err(Failure::Unreachable(_)), _) => Connection::Lost { since: now },
        _ => Connection::Live { took, at: now },
    };
    match result {
        Ok(answer) => succeed(model, slot, answer),
        Err(failure) => {
            fail(model, slot, &failure);
            Vec::new()
        }
    }
}

fn succeed(model: &mut Model, slot: Slot, answer: Answer) -> Vec<Effect> {
    let height = model.list_height();
    let reactions = match (slot, answer) {
        (Slot::Login, Answer::Session(session)) => return session::logged_in(model, session),
        (Slot::WhoAmI, Answer::Operator(operator)) => {
            model.operator = Some(operator);
            return Vec::new();
        }
        (Slot::Screen(kind, part), answer) => {
            retry_unreachable(model);
            model.screens.get_mut(kind).take(part, answer, height)
        }
        (Slot::Dialog, answer) => match &mut model.dialog {
            Some(dialog) => dialog.take(answer),
            None => return Vec::new(),
        },
        // The client answers each request with the matching kind, so no other combination occurs.
        _ => return Vec::new(),
    };
    react(model, reactions)
}

/// Retries at once what failed while the server was unreachable, because it responds again.
fn retry_unreachable(model: &mut Model) {
    model.for_each_call(|call| {
        if matches!(&call.last_failure, Some(failed) if matches!(failed.failure, Failure::Unreachable(_))) {
            call.reset();
        }
    });
}

fn fail(model: &mut Model, slot: Slot, failure: &Failure) {
    match (slot, failure) {
        (Slot::Login, failure) => session::login_failed(model, failure),
        // A second call that fails for the same reason must not clear what the operator is typing.
        (_, Failure::Unauthorised(_)) if model.login.is_some() => {}
        (_, Failure::Unauthorised(_)) => session::ended(model),
        (Slot::Dialog, failure) => {
            if let Some(dialog) = &mut model.dialog {
                dialog.fail(failure);
            }
        }
        _ => {}
    }
}
