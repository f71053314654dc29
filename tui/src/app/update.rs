//! How each message changes the model, and the reactions (calls, redraws) that follow.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::login::session;
use super::message::{Effect, Msg};
use super::model::Model;
use super::perform::{perform, react, step};
use super::{answer, schedule};

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
        Msg::Resize(columns, rows) => {
            on_resize(model, columns, rows);
            Vec::new()
        }
        Msg::Tick => {
            model.changed = schedule::depends_on_time(model);
            Vec::new()
        }
        Msg::Answer { slot, number, took, result } => answer::take(model, slot, number, took, *result),
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
    effects.extend(schedule::start_needed(model));
    model.changed |= !effects.is_empty();
    effects
}

fn on_key(model: &mut Model, key: KeyEvent) -> Vec<Effect> {
    // Ctrl-C always quits, whatever is on the screen and however the keys are bound.
    if key.code == KeyCode::Char('c') && key.modifiers.contains(KeyModifiers::CONTROL) {
        return vec![Effect::Quit];
    }
    if model.login.is_some() {
        return session::key(model, key);
    }
    if model.dialog.is_some() {
        return dialog_key(model, key);
    }
    if model.screen().bar().is_some_and(|bar| bar.editing) {
        bar_key(model, key);
        return Vec::new();
    }
    let Some(action) = model.keymap.action(key) else {
        model.changed = false;
        return Vec::new();
    };
    perform(model, action)
}

fn dialog_key(model: &mut Model, key: KeyEvent) -> Vec<Effect> {
    let Some(mut dialog) = model.dialog.take().filter(|_| key.code != KeyCode::Esc) else {
        return Vec::new();
    };
    let reactions = dialog.key(key, &model.surroundings());
    model.dialog = Some(dialog);
    react(model, reactions)
}

fn bar_key(model: &mut Model, key: KeyEvent) {
    match key.code {
        KeyCode::Down => return step(model, 1),
        KeyCode::Up => return step(model, -1),
        _ => {}
    }
    let now = model.now;
    let Some(bar) = model.screen_mut().bar_mut() else { return };
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
}

fn on_paste(model: &mut Model, text: &str) -> Vec<Effect> {
    let now = model.now;
    if let Some(form) = &mut model.login {
        form.focused().paste(text);
    } else if let Some(dialog) = &mut model.dialog {
        let reactions = dialog.paste(text);
        return react(model, reactions);
    } else if let Some(bar) = model.screen_mut().bar_mut().filter(|bar| bar.editing) {
        bar.field.paste(text);
        bar.touched(now);
    } else {
        model.changed = false;
    }
    Vec::new()
}

fn on_resize(model: &mut Model, columns: u16, rows: u16) {
    model.size = (columns, rows);
    let height = model.list_height();
    model.screens.for_each(|screen| screen.rows_mut().follow(height));
}

/// Applies the queries whose pause after typing is over.
fn apply_queries(model: &mut Model) {
    let now = model.now;
    model.screens.for_each(|screen| {
        if screen.bar_mut().is_some_and(|bar| bar.take_due(now)) {
            screen.apply_query();
        }
    });
}
