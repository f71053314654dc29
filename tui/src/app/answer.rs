//! How the server's answers change the model.

use std::time::Duration;

use bowline_api::admin::{AccountDetail, NewSession};

use crate::client::{Answer, Failure};

use super::fetch::Fetch;
use super::login::LoginForm;
use super::model::{Connection, Effect, Model, Overlay, Slot};

/// Applies an answer, unless the model no longer waits for it.
pub(super) fn take(
    model: &mut Model,
    slot: Slot,
    generation: u64,
    took: Duration,
    result: Result<Answer, Failure>,
) -> Vec<Effect> {
    let now = model.now;
    let Some(fetch) = fetch(model, slot).filter(|fetch| fetch.is_awaiting(generation)) else {
        model.changed = false;
        return Vec::new();
    };
    match &result {
        Ok(_) => fetch.succeeded(now),
        Err(failure) => fetch.failed(failure.clone(), now),
    }
    model.connection = match (&result, &model.connection) {
        (Err(Failure::Unreachable(_)), Connection::Lost { since }) => Connection::Lost { since: *since },
        (Err(Failure::Unreachable(_)), _) => Connection::Lost { since: now },
        _ => Connection::Live { took, at: now },
    };
    match result {
        Ok(answer) => {
            if matches!(slot, Slot::Accounts | Slot::Account | Slot::Tenants | Slot::Audit) {
                retry_unreachable(model, slot);
            }
            succeed(model, slot, answer)
        }
        Err(failure) => {
            fail(model, slot, &failure);
            Vec::new()
        }
    }
}

fn fetch(model: &mut Model, slot: Slot) -> Option<&mut Fetch> {
    Some(match slot {
        Slot::Login => &mut model.login_call,
        Slot::WhoAmI => &mut model.whoami,
        Slot::Accounts => &mut model.accounts.list.fetch,
        Slot::Account => &mut model.account.as_mut()?.fetch,
        Slot::Timeline => &mut model.account.as_mut()?.timeline.fetch,
        Slot::Tenants => &mut model.tenants.fetch,
        Slot::Audit => &mut model.audit.list.fetch,
        Slot::Revoke => match &mut model.overlay {
            Some(Overlay::Revoke(dialog)) => &mut dialog.call,
            _ => return None,
        },
        Slot::Logout => return None,
    })
}

/// Retries at once what failed while the server was unreachable, because it responds again.
fn retry_unreachable(model: &mut Model, answered: Slot) {
    for slot in [Slot::WhoAmI, Slot::Account, Slot::Timeline] {
        if slot == answered {
            continue;
        }
        if let Some(fetch) = fetch(model, slot)
            && matches!(&fetch.last_failure, Some(t) if matches!(t.failure, Failure::Unreachable(_)))
        {
            fetch.reset();
        }
    }
}

fn succeed(model: &mut Model, slot: Slot, answer: Answer) -> Vec<Effect> {
    let height = model.list_height();
    match (slot, answer) {
        (Slot::Login, Answer::Session(session)) => return logged_in(model, session),
        (Slot::WhoAmI, Answer::Operator(operator)) => model.operator = Some(operator),
        (Slot::Accounts, Answer::Accounts(page)) => model.accounts.list.take(page, height),
        (Slot::Tenants, Answer::Tenants(page)) => model.tenants.take(page, height),
        (Slot::Audit, Answer::Events(page)) => model.audit.list.take(page, height),
        (Slot::Timeline, Answer::Events(page)) => {
            if let Some(view) = &mut model.account {
                view.timeline.take(page, height);
            }
        }
        (Slot::Account, Answer::Account(detail)) => update_account(model, *detail),
        (Slot::Account, Answer::AccountState(state)) => {
            if let Some(view) = model.account.as_mut().filter(|view| view.id == state.id) {
                view.take_state(state);
            }
        }
        (Slot::Revoke, Answer::Account(detail)) => {
            model.overlay = None;
            let account = &detail.summary.account;
            model.notify(format!(
                "{}: {} is {}",
                crate::text::short_id(&account.id.to_string()),
                account.email,
                account.status
            ));
            update_account(model, *detail);
            if let Some(view) = &mut model.account {
                view.timeline.refresh();
            }
        }
        // The client answers each request with the matching kind, so no other combination occurs.
        _ => {}
    }
    Vec::new()
}

/// Updates an account everywhere it is shown.
fn update_account(model: &mut Model, detail: AccountDetail) {
    let id = detail.summary.account.id;
    for row in model.accounts.list.loaded_mut().filter(|row| row.account.id == id) {
        *row = detail.summary.clone();
    }
    if let Some(view) = model.account.as_mut().filter(|view| view.id == id) {
        view.take(detail);
    }
}

fn logged_in(model: &mut Model, session: Box<NewSession>) -> Vec<Effect> {
    if let Some(form) = model.login.take() {
        let server = form.server.text().trim().trim_end_matches('/').to_owned();
        let elsewhere = server != model.setup.server;
        model.setup.server = server;
        form.name.text().clone_into(&mut model.setup.name);
        if elsewhere {
            forget_everything(model);
        }
    }
    model.operator = Some(session.operator.clone());
    for slot in [Slot::WhoAmI, Slot::Accounts, Slot::Account, Slot::Timeline, Slot::Tenants, Slot::Audit] {
        if let Some(fetch) = fetch(model, slot) {
            fetch.reset();
        }
    }
    vec![Effect::SaveSession(session)]
}

/// Discards everything that came from another server.
fn forget_everything(model: &mut Model) {
    model.accounts = super::model::AccountsView::default();
    model.account = None;
    model.tenants = super::list::List::default();
    model.audit = super::model::AuditView::default();
    model.screen = super::Screen::Accounts;
    model.back_stack.clear();
    model.forward_stack.clear();
}

fn fail(model: &mut Model, slot: Slot, failure: &Failure) {
    match (slot, failure) {
        (Slot::Login, failure) => {
            if let Some(form) = &mut model.login {
                form.message = Some(match failure {
                    Failure::Unauthorised(_) => "name or password is wrong".to_owned(),
                    other => other.to_string(),
                });
            }
        }
        // A second call that fails for the same reason must not clear what the operator is typing.
        (_, Failure::Unauthorised(_)) if model.login.is_some() => {}
        (_, Failure::Unauthorised(_)) => {
            // Screens, queries and an open dialog are kept behind the form.
            let why = "your session has ended; log in to continue where you left off".to_owned();
            let form = LoginForm::new(&model.setup.server, &model.setup.name, Some(why));
            model.login = Some(form);
        }
        (Slot::Revoke, failure) => {
            if let Some(Overlay::Revoke(dialog)) = &mut model.overlay {
                dialog.message = Some(match failure {
                    Failure::Unreachable(_) => {
                        format!("{failure}. The account may have been revoked: enter retries, esc closes")
                    }
                    other => other.to_string(),
                });
            }
        }
        _ => {}
    }
}
