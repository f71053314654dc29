//! The effect of each action, and of what screens and dialogs ask for.

use bowline_api::status::Role;

use crate::dialog::help::Help;
use crate::dialog::palette::Palette;
use crate::interface::dialog::Reaction;
use crate::registry::action::{Action, Danger, registry};

use super::login::session;
use super::message::{Effect, Slot};
use super::model::Model;
use super::schedule::start;

/// Performs an action if it works on the current screen and the operator may perform it.
pub(super) fn perform(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(entry) = registry().find(|entry| entry.action == action) else { return Vec::new() };
    if !entry.works_with(model.screen().actions()) {
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
        Action::Down => step(model, 1),
        Action::Up => step(model, -1),
        Action::PageDown => step(model, half),
        Action::PageUp => step(model, -half),
        Action::First => step(model, isize::MIN),
        Action::Last => step(model, isize::MAX),
        Action::Forward => model.forward(),
        Action::Go(place) => model.go(place),
        Action::Search => {
            if let Some(bar) = model.screen_mut().bar_mut() {
                bar.editing = true;
            }
        }
        Action::ClearSearch => clear_or_back(model),
        Action::Refresh => {
            model.screen_mut().refresh();
            model.whoami.reset();
        }
        Action::CopyId => {
            let id = model.screen().id();
            return copy(model, id);
        }
        Action::CopyCommand => {
            let command = model.screen().command().into_text();
            return copy(model, Some(command));
        }
        Action::Palette => model.dialog = Some(Box::new(Palette::default())),
        Action::Help => model.dialog = Some(Box::new(Help::default())),
        Action::Leave if model.back_stack.is_empty() => return vec![Effect::Quit],
        Action::Back | Action::Leave => model.back(),
        Action::LogOut => return session::log_out(model),
        Action::Suspend => return vec![Effect::Suspend],
        Action::Quit => return vec![Effect::Quit],
        Action::Open | Action::Sort | Action::Revoke => {
            let now = model.now;
            let reactions = model.screen_mut().act(action, now);
            return react(model, reactions);
        }
    }
    Vec::new()
}

/// Does what a screen or a dialog asks for.
pub(super) fn react(model: &mut Model, reactions: Vec<Reaction>) -> Vec<Effect> {
    let mut effects = Vec::new();
    for reaction in reactions {
        match reaction {
            Reaction::Unchanged => model.changed = false,
            Reaction::Notify(text) => model.notify(text),
            Reaction::Go(place) => model.go(place),
            Reaction::Search { place, key, value } => {
                let now = model.now;
                if let Some(bar) = model.screens.get_mut(place.kind()).bar_mut() {
                    bar.set_word(key, &value, now);
                }
                model.go(place);
            }
            Reaction::Open(dialog) => model.dialog = Some(dialog),
            Reaction::Close => model.dialog = None,
            Reaction::Perform(action) => effects.extend(perform(model, action)),
            Reaction::Call(request) => effects.push(start(model, Slot::Dialog, request)),
            Reaction::Account { detail, changed } => {
                model.screens.for_each(|screen| screen.update_account(&detail, changed));
            }
        }
    }
    effects
}

/// Why this operator may not change anything here. The server enforces roles as well.
pub(super) fn refusal(model: &Model) -> Option<&'static str> {
    if model.setup.read_only {
        return Some("refused: this is a read-only session (--read-only)");
    }
    let viewer = model.operator.as_ref().is_some_and(|operator| operator.role == Role::Viewer);
    viewer.then_some("refused: your role (viewer) is read-only")
}

/// Moves the selection of the current screen.
pub(super) fn step(model: &mut Model, by: isize) {
    let height = model.list_height();
    model.screen_mut().step(by, height);
}

fn clear_or_back(model: &mut Model) {
    let now = model.now;
    match model.screen_mut().bar_mut() {
        Some(bar) if !bar.field.text().is_empty() => bar.set("", now),
        _ => model.back(),
    }
}

fn copy(model: &mut Model, text: Option<String>) -> Vec<Effect> {
    let Some(text) = text else {
        model.notify("nothing is selected");
        return Vec::new();
    };
    model.notify(format!("copied: {text}"));
    vec![Effect::Copy(text)]
}
