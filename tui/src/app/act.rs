//! The effect of each action.

use bowline_api::AccountId;
use bowline_api::status::Role;

use crate::client::{Request, sort_name};

use super::account::AccountView;
use super::action::{Action, Danger, REGISTRY};
use super::calls::call;
use super::login::LoginForm;
use super::model::{Effect, Model, Overlay, Screen, Slot};
use super::palette::Palette;
use super::query;
use super::revoke::RevokeDialog;

/// Performs an action if it works on the current screen and the operator may perform it.
pub fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(entry) = REGISTRY.iter().find(|e| e.action == action) else { return Vec::new() };
    if !entry.works_on(model.screen.kind()) {
        model.notify(format!("\"{}\" does not work on this screen", entry.label));
        return Vec::new();
    }
    if entry.danger > Danger::Reads
        && let Some(why) = refusal(model)
    {
        model.notify(why);
        return Vec::new();
    }
    let height = model.list_height();
    let half = isize::try_from(height / 2).unwrap_or(1).max(1);
    match action {
        Action::Down => step(model, 1, height),
        Action::Up => step(model, -1, height),
        Action::PageDown => step(model, half, height),
        Action::PageUp => step(model, -half, height),
        Action::First => step(model, isize::MIN, height),
        Action::Last => step(model, isize::MAX, height),
        Action::Open => open(model),
        Action::Forward => forward(model),
        Action::Accounts => model.go(Screen::Accounts),
        Action::Tenants => model.go(Screen::Tenants),
        Action::Audit => model.go(Screen::Audit),
        Action::Search => {
            if let Some(bar) = model.bar() {
                bar.editing = true;
            }
        }
        Action::ClearSearch => clear_or_back(model),
        Action::Sort => sort(model),
        Action::Refresh => refresh(model),
        Action::Revoke => revoke(model),
        Action::CopyId => return copy_id(model),
        Action::CopyCommand => return copy_command(model),
        Action::Palette => model.overlay = Some(Overlay::Palette(Palette::default())),
        Action::Help => model.overlay = Some(Overlay::Help(0)),
        Action::Leave if model.back_stack.is_empty() => return vec![Effect::Quit],
        Action::Back | Action::Leave => back(model),
        Action::LogOut => return log_out(model),
        Action::Suspend => return vec![Effect::Suspend],
        Action::Quit => return vec![Effect::Quit],
    }
    Vec::new()
}

/// Why this operator may not change anything here. The server enforces roles as well.
pub fn refusal(model: &Model) -> Option<&'static str> {
    if model.setup.read_only {
        return Some("refused: this is a read-only session (--read-only)");
    }
    let viewer = model.operator.as_ref().is_some_and(|o| o.role == Role::Viewer);
    viewer.then_some("refused: your role (viewer) is read-only")
}

/// Moves the selection of the current screen.
pub fn step(model: &mut Model, by: isize, height: usize) {
    match model.screen {
        Screen::Accounts => model.accounts.list.step(by, height),
        Screen::Tenants => model.tenants.step(by, height),
        Screen::Audit => model.audit.list.step(by, height),
        Screen::Account(_) => {
            if let Some(view) = &mut model.account {
                view.timeline.step(by, height);
                let lines = by.clamp(-1000, 1000);
                view.scroll = view.scroll.saturating_add_signed(i16::try_from(lines).unwrap_or(0)).min(60);
            }
        }
    }
}

fn open(model: &mut Model) {
    match model.screen {
        Screen::Accounts => {
            if let Some(id) = model.accounts.list.current().map(|row| row.account.id) {
                show_account(model, id);
                model.go(Screen::Account(id));
            }
        }
        Screen::Tenants => {
            if let Some(slug) = model.tenants.current().map(|tenant| tenant.slug.clone()) {
                let text = query::with(model.accounts.bar.field.text(), "tenant", &slug);
                model.accounts.bar.set(&text, model.now);
                model.go(Screen::Accounts);
            }
        }
        Screen::Account(_) | Screen::Audit => {}
    }
}

/// Prepares the view of an account. The row from the list does not stand in for the account's details.
fn show_account(model: &mut Model, id: AccountId) {
    if model.account.as_ref().is_none_or(|view| view.id != id) {
        model.account = Some(AccountView::new(id));
    } else if let Some(view) = &mut model.account {
        view.fetch.as_of = None;
        view.timeline.refresh();
    }
}

fn back(model: &mut Model) {
    if let Some(screen) = model.back_stack.pop() {
        model.forward_stack.push(model.screen);
        enter(model, screen);
    }
}

fn forward(model: &mut Model) {
    if let Some(screen) = model.forward_stack.pop() {
        model.back_stack.push(model.screen);
        enter(model, screen);
    }
}

fn enter(model: &mut Model, screen: Screen) {
    if let Screen::Account(id) = screen {
        show_account(model, id);
    }
    model.screen = screen;
}

fn clear_or_back(model: &mut Model) {
    let now = model.now;
    match model.bar() {
        Some(bar) if !bar.field.text().is_empty() => bar.set("", now),
        _ => back(model),
    }
}

fn sort(model: &mut Model) {
    let text = query::next_sort(model.accounts.bar.field.text(), model.accounts.filter.sort);
    model.accounts.bar.set(&text, model.now);
}

fn refresh(model: &mut Model) {
    match model.screen {
        Screen::Accounts => model.accounts.list.refresh(),
        Screen::Tenants => model.tenants.refresh(),
        Screen::Audit => model.audit.list.refresh(),
        Screen::Account(_) => {
            if let Some(view) = &mut model.account {
                view.fetch.reset();
                view.fetch.as_of = None;
                view.timeline.refresh();
            }
        }
    }
    model.whoami.reset();
}

fn revoke(model: &mut Model) {
    let Some(subject) = model.subject() else {
        return model.notify("no account is selected");
    };
    match RevokeDialog::open(subject) {
        Ok(dialog) => model.overlay = Some(Overlay::Revoke(Box::new(dialog))),
        Err(why) => model.notify(why),
    }
}

fn copy_id(model: &mut Model) -> Vec<Effect> {
    let id = match model.screen {
        Screen::Tenants => model.tenants.current().map(|tenant| tenant.id.to_string()),
        Screen::Account(id) => Some(id.to_string()),
        Screen::Accounts | Screen::Audit => model.subject().map(|row| row.account.id.to_string()),
    };
    copy(model, id)
}

fn copy_command(model: &mut Model) -> Vec<Effect> {
    let mut command = match model.screen {
        Screen::Account(id) => format!("bowline accounts show {id}"),
        Screen::Tenants => "bowline tenants list".to_owned(),
        Screen::Audit => "bowline audit list".to_owned(),
        Screen::Accounts => "bowline accounts list".to_owned(),
    };
    let mut option = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            command.extend([" --", name, "=", &shell_quoted(&value)]);
        }
    };
    match model.screen {
        Screen::Accounts => {
            let filter = &model.accounts.filter;
            option("tenant", filter.tenant.as_ref().map(ToString::to_string));
            option("status", filter.status.map(|s| s.to_string()));
            option("connector", filter.connector.map(|c| c.to_string()));
            option("scope", filter.scope.clone());
            option("sort", Some(sort_name(filter.sort).to_owned()));
            option("search", Some(filter.text.clone()).filter(|t| !t.is_empty()));
        }
        Screen::Audit => option("tenant", model.audit.tenant.as_ref().map(ToString::to_string)),
        Screen::Account(_) | Screen::Tenants => {}
    }
    copy(model, Some(command))
}

/// Quotes text so that a POSIX shell reads it unchanged as one word.
fn shell_quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.:@/".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn copy(model: &mut Model, text: Option<String>) -> Vec<Effect> {
    let Some(text) = text else {
        model.notify("nothing is selected");
        return Vec::new();
    };
    model.notify(format!("copied: {text}"));
    vec![Effect::Copy(text)]
}

fn log_out(model: &mut Model) -> Vec<Effect> {
    model.operator = None;
    model.overlay = None;
    let form = LoginForm::new(&model.setup.server, "", Some("logged out".to_owned()));
    model.login = Some(form);
    let mut fetch = super::fetch::Fetch::default();
    // The call is sent with the session that is deleted afterwards.
    vec![call(&mut fetch, Slot::Logout, Request::Logout), Effect::DeleteSession]
}
