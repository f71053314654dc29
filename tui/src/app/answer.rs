//! What answers of the server change.

use std::time::Duration;

use bowline_api::admin::{AccountDetail, NewSession};

use crate::client::{Answer, Failure};

use super::feed::Feed;
use super::login::LoginForm;
use super::model::{Effect, Link, Model, Overlay, Slot};

/// Takes an answer, unless nobody waits for it any more.
pub(super) fn take(
    model: &mut Model,
    slot: Slot,
    generation: u64,
    took: Duration,
    result: Result<Answer, Failure>,
) -> Vec<Effect> {
    let now = model.now;
    let Some(feed) = feed(model, slot).filter(|feed| feed.awaits(generation)) else {
        model.changed = false;
        return Vec::new();
    };
    match &result {
        Ok(_) => feed.succeeded(now),
        Err(failure) => feed.failed(failure.clone(), now),
    }
    model.link = match (&result, &model.link) {
        (Err(Failure::Unreachable(_)), Link::Lost { since }) => Link::Lost { since: *since },
        (Err(Failure::Unreachable(_)), _) => Link::Lost { since: now },
        _ => Link::Live { took, at: now },
    };
    match result {
        Ok(answer) => {
            if matches!(slot, Slot::Accounts | Slot::Account | Slot::Tenants | Slot::Audit) {
                bring_back(model, slot);
            }
            succeed(model, slot, answer)
        }
        Err(failure) => {
            fail(model, slot, &failure);
            Vec::new()
        }
    }
}

fn feed(model: &mut Model, slot: Slot) -> Option<&mut Feed> {
    Some(match slot {
        Slot::Login => &mut model.login_call,
        Slot::WhoAmI => &mut model.whoami,
        Slot::Accounts => &mut model.accounts.list.feed,
        Slot::Account => &mut model.account.as_mut()?.feed,
        Slot::Timeline => &mut model.account.as_mut()?.timeline.feed,
        Slot::Tenants => &mut model.tenants.feed,
        Slot::Audit => &mut model.audit.list.feed,
        Slot::Revoke => match &mut model.overlay {
            Some(Overlay::Revoke(dialog)) => &mut dialog.call,
            _ => return None,
        },
        Slot::Logout => return None,
    })
}

/// The server answers again: what else failed for want of it need not wait out its turn.
fn bring_back(model: &mut Model, answered: Slot) {
    for slot in [Slot::WhoAmI, Slot::Account, Slot::Timeline] {
        if slot == answered {
            continue;
        }
        if let Some(feed) = feed(model, slot)
            && matches!(&feed.trouble, Some(t) if matches!(t.failure, Failure::Unreachable(_)))
        {
            feed.unbar();
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
        (Slot::Account, Answer::Account(detail)) => know(model, *detail),
        (Slot::Account, Answer::AccountState(state)) => {
            if let Some(view) = model.account.as_mut().filter(|view| view.id == state.id) {
                view.take_state(state);
            }
        }
        (Slot::Revoke, Answer::Account(detail)) => {
            model.overlay = None;
            let account = &detail.summary.account;
            model.say(format!(
                "{}: {} is {}",
                crate::text::short_id(&account.id.to_string()),
                account.email,
                account.status
            ));
            know(model, *detail);
            if let Some(view) = &mut model.account {
                view.timeline.refresh();
            }
        }
        // The client answers each request with its own kind; nothing else can come here.
        _ => {}
    }
    Vec::new()
}

/// Puts what is now known of an account wherever it is in sight.
fn know(model: &mut Model, detail: AccountDetail) {
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
        if let Some(feed) = feed(model, slot) {
            feed.unbar();
        }
    }
    vec![Effect::KeepSession(session)]
}

/// What another server said has no place here.
fn forget_everything(model: &mut Model) {
    model.accounts = super::model::AccountsView::default();
    model.account = None;
    model.tenants = super::list::List::default();
    model.audit = super::model::AuditView::default();
    model.screen = super::Screen::Accounts;
    model.behind.clear();
    model.ahead.clear();
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
        // A second call that fails for the same reason must not wipe what is being typed.
        (_, Failure::Unauthorised(_)) if model.login.is_some() => {}
        (_, Failure::Unauthorised(_)) => {
            // The place is kept: screens, queries and an open dialog lie behind the form.
            let why = "your session has ended; log in to go on where you were".to_owned();
            let form = LoginForm::new(&model.setup.server, &model.setup.name, Some(why));
            model.login = Some(form);
        }
        (Slot::Revoke, failure) => {
            if let Some(Overlay::Revoke(dialog)) = &mut model.overlay {
                dialog.message = Some(match failure {
                    Failure::Unreachable(_) => {
                        format!("{failure}. It may have been done: enter asks again, esc leaves")
                    }
                    other => other.to_string(),
                });
            }
        }
        _ => {}
    }
}
