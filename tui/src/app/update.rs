//! How each message changes the model.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::act::act;
use super::model::{Effect, Model, Msg};
use super::{answer, calls, overlay, query};

/// Applies a message and returns the resulting effects. Afterwards `model.changed` says whether to redraw.
pub fn update(model: &mut Model, msg: Msg) -> Vec<Effect> {
    model.changed = true;
    let mut effects = match msg {
        Msg::Key(key) if key.kind == KeyEventKind::Release => {
            model.changed = false;
            Vec::new()
        }
        Msg::Key(key) => on_key(model, key),
        Msg::Paste(text) => on_paste(model, &text),
        Msg::Resize(columns, rows) => on_resize(model, columns, rows),
        Msg::Tick => {
            model.changed = calls::depends_on_time(model);
            Vec::new()
        }
        Msg::Answer { slot, generation, took, result } => {
            answer::take(model, slot, generation, took, *result)
        }
        Msg::Notice(text) => {
            model.notify(text);
            Vec::new()
        }
        Msg::Context(name) => {
            model.setup.context = name;
            Vec::new()
        }
    };
    let now = model.now;
    model.toast.take_if(|(_, until)| *until <= now);
    apply_queries(model);
    effects.extend(calls::start_needed(model));
    model.changed |= !effects.is_empty();
    effects
}

fn on_key(model: &mut Model, key: KeyEvent) -> Vec<Effect> {
    // Ctrl-C always quits, whatever is on the screen and however the keys are bound.
    if key.code == KeyCode::Char('c') && key.modifiers.contains(KeyModifiers::CONTROL) {
        return vec![Effect::Quit];
    }
    if model.login.is_some() {
        return overlay::login_key(model, key);
    }
    if model.overlay.is_some() {
        return overlay::key(model, key);
    }
    if model.bar().is_some_and(|bar| bar.editing) {
        return bar_key(model, key);
    }
    let Some(action) = model.keymap.action(key) else {
        model.changed = false;
        return Vec::new();
    };
    act(model, action)
}

fn bar_key(model: &mut Model, key: KeyEvent) -> Vec<Effect> {
    let now = model.now;
    let height = model.list_height();
    let list_step = match key.code {
        KeyCode::Down => 1,
        KeyCode::Up => -1,
        _ => 0,
    };
    if list_step != 0 {
        super::act::step(model, list_step, height);
        return Vec::new();
    }
    let Some(bar) = model.bar() else { return Vec::new() };
    match key.code {
        KeyCode::Enter => {
            bar.editing = false;
            bar.due = bar.due.map(|_| now);
        }
        KeyCode::Esc => {
            bar.editing = false;
            bar.set("", now);
        }
        _ if bar.field.key(key) => bar.touched(now),
        _ => model.changed = false,
    }
    Vec::new()
}

fn on_paste(model: &mut Model, text: &str) -> Vec<Effect> {
    let now = model.now;
    if let Some(form) = &mut model.login {
        form.focused().paste(text);
    } else if model.overlay.is_some() {
        overlay::paste(model, text);
    } else {
        match model.bar().filter(|bar| bar.editing) {
            Some(bar) => {
                bar.field.paste(text);
                bar.touched(now);
            }
            None => model.changed = false,
        }
    }
    Vec::new()
}

fn on_resize(model: &mut Model, columns: u16, rows: u16) -> Vec<Effect> {
    model.size = (columns, rows);
    let height = model.list_height();
    model.accounts.list.follow(height);
    model.tenants.follow(height);
    model.audit.list.follow(height);
    Vec::new()
}

/// Applies the queries whose pause after typing is over.
fn apply_queries(model: &mut Model) {
    let now = model.now;
    if model.accounts.bar.take_due(now) {
        match query::parse(model.accounts.bar.field.text()) {
            Ok(filter) => {
                model.accounts.bar.problem = None;
                if filter != model.accounts.filter {
                    model.accounts.filter = filter;
                    model.accounts.list.restart();
                }
            }
            Err(problem) => model.accounts.bar.problem = Some(problem),
        }
    }
    if model.audit.bar.take_due(now) {
        match query::parse_audit(model.audit.bar.field.text()) {
            Ok(tenant) => {
                model.audit.bar.problem = None;
                if tenant != model.audit.tenant {
                    model.audit.tenant = tenant;
                    model.audit.list.restart();
                }
            }
            Err(problem) => model.audit.bar.problem = Some(problem),
        }
    }
}
