//! How each message changes the model, and the reactions (calls, redraws) that follow.

use std::any::Any;

use crossterm::event::{KeyEvent, KeyEventKind};

use crate::client::Request;
use crate::dialog::export::{ExportDialog, ExportProgress};
use crate::found_secret::found_secret;
use crate::registry::action::Action;
use crate::registry::keymap::Keymap;

use super::login::session;
use super::message::{Effect, Msg, Slot, Streaming};
use super::model::Model;
use super::mouse::on_mouse;
use super::perform::{perform, react, step};
use super::{answer, found, liveness, schedule};

/// Applies a message and returns the resulting effects. Afterwards `model.changed` says whether to redraw.
pub fn update(model: &mut Model, msg: Msg) -> Vec<Effect> {
    model.changed = true;
    if matches!(msg, Msg::Key(_) | Msg::Paste(_) | Msg::Mouse(_)) {
        model.attended_at = model.now;
    }
    let before = is_typed_by_hand(model);
    let mut effects = match msg {
        Msg::Key(key) if key.kind == KeyEventKind::Release => {
            model.changed = false;
            Vec::new()
        }
        Msg::Key(key) => on_key(model, key),
        Msg::Mouse(mouse) => on_mouse(model, mouse),
        Msg::Paste(text) => on_paste(model, &text),
        Msg::Burst if before => {
            let mut effects = on_paste(model, "");
            // What follows in this turn, such as an `enter`, was not typed either.
            effects.push(Effect::DiscardInput);
            effects
        }
        Msg::Burst => {
            model.changed = false;
            Vec::new()
        }
        Msg::Resize(columns, rows) => {
            on_resize(model, columns, rows);
            Vec::new()
        }
        Msg::Tick => {
            model.changed = schedule::depends_on_time(model);
            Vec::new()
        }
        Msg::Answer { slot, number, took, result } => answer::take(model, slot, number, took, *result),
        Msg::Streaming(state) => take_streaming(model, state),
        Msg::News(news) => {
            for view in model.all_views_mut() {
                view.screen.take_news(&news);
            }
            model.changed = false;
            Vec::new()
        }
        Msg::Called(calls) => {
            model.calls.add(calls, model.now);
            model.changed = false;
            Vec::new()
        }
        Msg::Export(progress) => {
            take_progress(model, progress);
            Vec::new()
        }
        Msg::SignOn { number, step } => {
            session::must_sign_on(model, number, step);
            Vec::new()
        }
        Msg::Notice(text) => {
            model.notify(text);
            Vec::new()
        }
        Msg::Context(name) => {
            model.setup.context = name;
            model.setup.note_session(true);
            Vec::new()
        }
    };
    if is_typed_by_hand(model) && !before {
        effects.push(Effect::DiscardInput);
    }
    let now = model.now;
    model.toast.take_if(|(_, until)| *until <= now);
    apply_queries(model);
    effects.extend(session::ask_methods(model));
    effects.extend(schedule::start_needed(model));
    let connection = liveness::connection(model).0;
    model.changed |= !effects.is_empty() || connection != model.shown_connection;
    model.shown_connection = connection;
    effects
}

/// Whether the next keys go into a field that must be typed by hand.
fn is_typed_by_hand(model: &Model) -> bool {
    model.login.is_none() && model.dialogs.last().is_some_and(|dialog| dialog.is_typed_by_hand())
}

fn on_key(model: &mut Model, key: KeyEvent) -> Vec<Effect> {
    if Keymap::is_interrupt(key) {
        return vec![Effect::Quit];
    }
    if model.login.is_some() {
        return session::key(model, key);
    }
    if !model.dialogs.is_empty() {
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
    let Some(mut dialog) = model.dialogs.pop() else { return Vec::new() };
    let action = match model.keymap.dialog_action(key) {
        // What cannot be text moves, as on a screen.
        None | Some(Action::DialogPageDown | Action::DialogPageUp) if !dialog.takes_text() => {
            model.keymap.action(key)
        }
        action => action,
    };
    if action == Some(Action::Close) {
        let reactions = dialog.closed(&model.surroundings());
        return react(model, reactions);
    }
    let reactions = match action {
        Some(action) => dialog.perform(action, &model.surroundings()),
        None => dialog.text(key),
    };
    model.dialogs.push(dialog);
    react(model, reactions)
}

/// Notes the state of the subscription. A session that has ended there is asked for, which shows the login form.
fn take_streaming(model: &mut Model, state: Streaming) -> Vec<Effect> {
    model.changed = state != model.streaming;
    model.streaming = state;
    if state == Streaming::Ended && model.login.is_none() && !model.whoami.is_loading() {
        return vec![schedule::start(model, Slot::WhoAmI, Request::WhoAmI)];
    }
    Vec::new()
}

/// Shows how far an export is, if its dialog is still open.
fn take_progress(model: &mut Model, progress: ExportProgress) {
    for dialog in &mut model.dialogs {
        let dialog: &mut dyn Any = &mut **dialog;
        if let Some(export) = dialog.downcast_mut::<ExportDialog>() {
            export.progress = progress;
            return;
        }
    }
    model.changed = false;
}

fn bar_key(model: &mut Model, key: KeyEvent) {
    let action = model.keymap.dialog_action(key);
    match action {
        Some(Action::DialogDown) => return step(model, 1),
        Some(Action::DialogUp) => return step(model, -1),
        Some(Action::NextField) => return complete_query_word(model, true),
        Some(Action::PreviousField) => return complete_query_word(model, false),
        _ => {}
    }
    let now = model.now;
    // What is wrong with the new query must not be hidden by a notice about something before it.
    model.toast = None;
    let Some(bar) = model.screen_mut().bar_mut() else { return };
    match action {
        Some(Action::Confirm) => {
            if let Some(found) = bar.take_secret(now) {
                found::lead(model, found);
            } else {
                bar.editing = false;
                bar.due = bar.due.map(|_| now);
            }
        }
        Some(Action::Close) => {
            bar.editing = false;
            bar.set("", now);
        }
        None if bar.field.key(key) => bar.touched(now),
        _ => model.changed = false,
    }
}

/// Completes the word of the query line.
fn complete_query_word(model: &mut Model, is_forward: bool) {
    let filters = model.screen().list().filters();
    let bar = model.views.current_mut().screen.bar_mut();
    let names = &model.tenant_names.known;
    model.changed = bar.is_some_and(|bar| bar.complete(filters, names, is_forward, model.now));
}

fn on_paste(model: &mut Model, text: &str) -> Vec<Effect> {
    let now = model.now;
    if let Some(form) = &mut model.login {
        form.focused().paste(text);
    } else if let Some(dialog) = model.dialogs.last_mut() {
        let reactions = dialog.paste(text);
        return react(model, reactions);
    } else if let Some(bar) = model.screen_mut().bar_mut().filter(|bar| bar.editing) {
        if let Some(found) = found_secret(text) {
            bar.editing = false;
            found::lead(model, found);
            return Vec::new();
        }
        bar.field.paste(text);
        bar.touched(now);
    } else {
        model.changed = false;
    }
    Vec::new()
}

fn on_resize(model: &mut Model, columns: u16, rows: u16) {
    model.size = (columns, rows);
    let rows = model.window().rows;
    for view in model.all_views_mut() {
        view.screen.rows_mut().follow(rows);
    }
}

/// Applies the queries whose pause after typing is over.
fn apply_queries(model: &mut Model) {
    let now = model.now;
    for view in model.all_views_mut() {
        if view.screen.bar_mut().is_some_and(|bar| bar.take_due(now)) {
            view.screen.apply_query();
        }
    }
}
