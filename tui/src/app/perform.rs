//! The effect of each action, and of what screens and dialogs ask for.

use bowline_api::status::Role;

use crate::client::{Act, Answer, Request};
use crate::danger::Danger;
use crate::dialog::acts::ActsLog;
use crate::dialog::api_log::ApiLog;
use crate::dialog::contexts::{ContextRow, Contexts};
use crate::dialog::details::Details;
use crate::dialog::help::Help;
use crate::dialog::palette::Palette;
use crate::interface::dialog::{Dialog, Reaction};
use crate::registry::action::{Action, lacking, registry};
use crate::registry::place::Place;
use crate::theme::Meaning;
use crate::widget::queried_list::Unapplied;
use crate::widget::query_bar::QueryBar;
use crate::widget::status_line::describe;

use super::acts::ActEntry;
use super::found;
use super::login::session;
use super::message::{Effect, Slot};
use super::model::Model;
use super::own;
use super::setup::KnownContext;
use super::tabs;

/// Performs an action if it works on the current screen and the operator may perform it.
pub(super) fn perform(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(entry) = registry().find(|entry| entry.action == action) else { return Vec::new() };
    if !entry.works_with(model.screen().actions()) {
        model.notify(format!("\"{}\" does not work on this screen", entry.label));
        return Vec::new();
    }
    if let Some(why) = refusal(model, entry.danger, model.surroundings().missing_role(entry)) {
        model.notify(why);
        return Vec::new();
    }
    let half = isize::try_from(model.window().rows / 2).unwrap_or(1).max(1);
    match action {
        Action::Down => step(model, 1),
        Action::Up => step(model, -1),
        Action::PageDown => step(model, half),
        Action::PageUp => step(model, -half),
        Action::First => step(model, isize::MIN),
        Action::Last => step(model, isize::MAX),
        Action::HistoryBack => travel_history(model, false),
        Action::Forward => travel_history(model, true),
        Action::Go(place) => switch_screen(model, place),
        Action::Search => {
            if let Some(bar) = model.screen_mut().bar_mut() {
                bar.edit();
            }
        }
        Action::ClearSearch => clear_or_back(model),
        Action::Columns => own::open_columns(model),
        Action::SavedQueries => own::open_saved(model),
        Action::FindText => own::open_find(model),
        Action::FindNext => own::find(model, true),
        Action::FindPrevious => own::find(model, false),
        Action::Undo => return undo_last_change(model).into_iter().collect(),
        Action::Refresh => {
            model.screen_mut().refresh();
            model.whoami.reset();
        }
        Action::CopyId | Action::CopyCommand => return copy_row(model, action),
        Action::Details => open_details(model),
        Action::Acts => model.dialogs.push(Box::new(ActsLog::new(model.acts.lines()))),
        Action::ApiLog => model.dialogs.push(Box::new(ApiLog::new(model.calls.clone()))),
        Action::Contexts => open_contexts(model),
        Action::Mouse => return toggle_mouse(model),
        Action::TabNew => tabs::open(model),
        Action::TabNext => tabs::turn(model, true),
        Action::TabPrevious => tabs::turn(model, false),
        Action::TabClose => tabs::close_shown(model),
        Action::Palette => model.dialogs.push(Box::new(Palette::default())),
        Action::Help => model.dialogs.push(Box::new(Help::default())),
        Action::Leave => leave_level(model),
        Action::Back => {
            model.changed = model.views.ascend();
        }
        Action::LogOut => return session::log_out(model),
        Action::Redraw => return vec![Effect::Redraw],
        Action::Suspend => return vec![Effect::Suspend],
        Action::Quit => return vec![Effect::Quit],
        Action::Open
        | Action::EndSession
        | Action::Follow
        | Action::Verify
        | Action::Sort
        | Action::Mark
        | Action::MarkRange
        | Action::MarkAll
        | Action::Export
        | Action::Revoke
        | Action::Pause
        | Action::ReplaceSecret
        | Action::EditUrls
        | Action::SetPassword
        | Action::Add
        | Action::SetRole
        | Action::Rotate
        | Action::ApproveJob
        | Action::StopJob
        | Action::RetryJob
        | Action::DrainStop
        | Action::Announce
        | Action::SendTest
        | Action::SendAgain
        | Action::SendAllAgain
        | Action::DeleteEndpoint => return act_on_screen(model, action),
        // The dialogs perform these.
        Action::Close
        | Action::Confirm
        | Action::NextField
        | Action::PreviousField
        | Action::DialogDown
        | Action::DialogUp
        | Action::DialogPageDown
        | Action::DialogPageUp
        | Action::Remove
        | Action::SignOnBrowser
        | Action::SignOnDevice => model.changed = false,
    }
    Vec::new()
}

/// Has the current screen perform the action, unless it says why not.
fn act_on_screen(model: &mut Model, action: Action) -> Vec<Effect> {
    if let Some(why) = model.screen().refusal(action) {
        model.notify(why);
        return Vec::new();
    }
    let now = model.now;
    let reactions = model.screen_mut().act(action, now);
    react(model, reactions)
}

/// One level up. On the first level nothing happens, because a key that is pressed once too often must not end the
/// program.
fn leave_level(model: &mut Model) {
    if model.views.ascend() || tabs::close(model) {
        return;
    }
    let key = model.keymap.first_key(Action::Quit).unwrap_or_default();
    let in_flight = match model.acts.in_flight() {
        0 => String::new(),
        1 => "; 1 change is in flight, and its outcome would not be seen".to_owned(),
        count => format!("; {count} changes are in flight, and their outcome would not be seen"),
    };
    model.notify(format!("this is the first level: {key} quits{in_flight}"));
}

fn travel_history(model: &mut Model, forward: bool) {
    if !model.views.travel(forward) {
        model.notify(if forward { "this is the newest view" } else { "this is the oldest view" });
    }
}

/// Switches to a screen. A screen of one tenant begins with the tenant that is shown or selected.
fn switch_screen(model: &mut Model, place: Place) {
    let has_rows = !matches!(model.screen().list().unapplied(), Some(Unapplied::Wrong | Unapplied::Failed));
    let tenant = model.screen().tenant().filter(|_| has_rows);
    let now = model.now;
    let of_tenant = matches!(place, Place::Connectors | Place::ApiKeys | Place::Webhooks);
    model.views.switch(place);
    if let (true, Some(tenant), Some(bar)) = (of_tenant, tenant, model.screen_mut().bar_mut())
        && bar.field.text() != format!("tenant:{tenant}")
    {
        bar.set_word("tenant", &tenant, now);
    }
}

/// Everything about what is shown or selected, and whole messages that the terminal is too narrow for.
fn open_details(model: &mut Model) {
    let around = model.surroundings();
    let mut pairs = match model.screen().list().unapplied() {
        Some(_) if model.screen().is_list() => Vec::new(),
        _ => model.screen().details(&around),
    };
    let messages = [
        ("message", around.toast.map(ToOwned::to_owned)),
        ("query", model.screen().bar().and_then(QueryBar::complaint)),
        ("state", Some(describe(&around, model.screen().rows().call(), true).0)),
    ];
    let shown = messages.into_iter().filter_map(|(label, text)| Some((label, text?)));
    let shown = shown.filter(|(_, text)| !text.is_empty());
    pairs.extend(shown.map(|(label, text)| (label.to_owned(), text, Meaning::Text)));
    model.dialogs.push(Box::new(Details::new(" in full ", pairs)));
}

fn open_contexts(model: &mut Model) {
    let row = |known: &KnownContext| ContextRow {
        name: known.name.clone(),
        place: format!("{} at {}", known.login, known.server),
        prod: model.setup.is_prod_at(&known.server),
        has_session: known.has_session,
        is_shown: known.name == model.setup.context,
    };
    let rows = model.setup.contexts.iter().map(row).collect();
    model.dialogs.push(Box::new(Contexts::new(rows)));
}

/// Does what a screen or a dialog asks for.
pub(super) fn react(model: &mut Model, reactions: Vec<Reaction>) -> Vec<Effect> {
    let mut effects = Vec::new();
    for reaction in reactions {
        match reaction {
            Reaction::Unchanged => model.changed = false,
            Reaction::Notify(text) => model.notify(text),
            Reaction::Copy(text) => effects.extend(copy_text(model, Some(text))),
            Reaction::CopySecret(secret) => {
                model.notify("copied: the secret");
                effects.push(Effect::CopySecret(secret));
            }
            Reaction::Switch(name) => effects.extend(session::switch(model, &name)),
            Reaction::Step(by) => step(model, by),
            Reaction::Go(place) if place == model.place() => {}
            Reaction::Go(place) => model.views.descend(place),
            Reaction::Search { place, key, value } => {
                let now = model.now;
                model.views.descend(place);
                if let Some(bar) = model.screen_mut().bar_mut() {
                    bar.set_word(key, &value, now);
                }
            }
            Reaction::Find { place, query } => {
                let now = model.now;
                model.views.descend(place);
                if let Some(bar) = model.screen_mut().bar_mut() {
                    bar.set(&query, now);
                }
            }
            Reaction::Found(found) => found::lead(model, found),
            Reaction::Open(dialog) => open_dialog(model, dialog),
            Reaction::Columns(names) => effects.push(own::change(model, |own| own.columns = names)),
            Reaction::SaveQuery { name, query } => {
                model.notify(format!("saved as {name}; {} or : and its name use it", saved_key(model)));
                effects.push(own::change(model, |own| drop(own.queries.insert(name, query))));
            }
            Reaction::RemoveQuery(name) => {
                effects.push(own::change(model, |own| drop(own.queries.remove(&name))));
            }
            Reaction::Query(query) => {
                let now = model.now;
                if let Some(bar) = model.screen_mut().bar_mut() {
                    bar.set(&query, now);
                }
            }
            Reaction::Seek(text) => own::seek(model, &text),
            Reaction::Close => drop(model.dialogs.pop()),
            Reaction::Perform(action) => {
                *model.uses.entry(action).or_default() += 1;
                effects.extend(perform(model, action));
            }
            Reaction::Export { filter, path, format } => {
                effects.push(Effect::Export { filter, path, format });
            }
            Reaction::GiveUp(number) => effects.push(Effect::GiveUp(Slot::Act(number))),
            Reaction::CancelExport => effects.push(Effect::CancelExport),
            Reaction::Act { act, name } => {
                let opposite = act.opposite();
                effects.extend(send_change(model, act, name, opposite));
            }
            Reaction::Changed(answer) => {
                if let Answer::Job(detail) = &*answer
                    && let Some(notice) = model.acts.job_changed(&detail.job)
                {
                    model.notify(notice);
                }
                for view in model.all_views_mut() {
                    view.screen.changed(&answer, false);
                }
            }
        }
    }
    effects
}

/// Opens a dialog, unless it is about a change that this operator may not make.
fn open_dialog(model: &mut Model, mut dialog: Box<dyn Dialog>) {
    if let Some(why) = dialog.act().and_then(|act| refusal_of(model, act)) {
        return model.notify(why);
    }
    if model.operator.as_ref().is_some_and(|operator| operator.issuer.is_some()) {
        dialog.signs_on();
    }
    model.dialogs.push(dialog);
}

/// Sends a change, unless this operator may not make it.
fn send_change(model: &mut Model, act: Act, name: String, opposite: Option<Act>) -> Option<Effect> {
    if let Some(why) = refusal_of(model, &act) {
        model.notify(why);
        return None;
    }
    model.last_call += 1;
    let number = model.last_call;
    let context = model.setup.context.clone();
    model.acts.sent(ActEntry { number, name, context, at: model.now, ended: None, opposite, job: None });
    if let Some(dialog) = model.dialogs.last_mut() {
        dialog.sent(number);
    }
    Some(Effect::Call { slot: Slot::Act(number), number, request: Request::Act(act) })
}

/// Makes the opposite of the last change, if it was made within the last seconds.
fn undo_last_change(model: &mut Model) -> Option<Effect> {
    let Some(undo) = model.undo.take().filter(|undo| undo.until > model.now) else {
        model.notify("nothing to undo: only for some seconds after you suspend or disable something");
        return None;
    };
    send_change(model, undo.act, format!("undo: {}", undo.name), None)
}

fn saved_key(model: &Model) -> String {
    model.keymap.first_key(Action::SavedQueries).unwrap_or_default()
}

/// The operator's role; `None` if it is not known, also because only a newer server knows it. The server decides then.
fn role_of(model: &Model) -> Option<Role> {
    model.operator.as_ref().and_then(|operator| operator.role.known())
}

/// Why this operator may not make this change here. The server enforces roles as well.
fn refusal_of(model: &Model, act: &Act) -> Option<String> {
    let role = role_of(model);
    refusal(model, act.danger(), role.and_then(|own| lacking(own, act.role())))
}

/// Why something of this danger, for which the operator lacks a role, is refused.
pub(super) fn refusal(model: &Model, danger: Danger, missing: Option<Role>) -> Option<String> {
    if model.setup.read_only && danger > Danger::Reads {
        return Some("refused: this is a read-only session (--read-only)".to_owned());
    }
    let own = role_of(model).map_or("unknown", Role::as_str);
    missing.map(|role| format!("refused: this needs the role {role}; yours is {own}"))
}

/// Moves the selection of the current screen.
pub(super) fn step(model: &mut Model, by: isize) {
    let window = model.window();
    let screen = model.screen_mut();
    screen.list_mut().rest();
    screen.step(by, &window);
}

fn clear_or_back(model: &mut Model) {
    let now = model.now;
    if model.screen_mut().unmark() {
        return;
    }
    if model.screen().list().sought().is_some() {
        return own::seek(model, "");
    }
    match model.screen_mut().bar_mut() {
        Some(bar) if !bar.field.text().is_empty() => bar.set("", now),
        _ => model.changed = model.views.ascend(),
    }
}

/// Copies the id of the selected row, or the command line that prints the same.
fn copy_row(model: &mut Model, action: Action) -> Vec<Effect> {
    let screen = model.screen();
    if let Some(why) = screen.refusal(action) {
        model.notify(why);
        return Vec::new();
    }
    let text = if action == Action::CopyId { screen.id() } else { Some(screen.command().into_text()) };
    copy_text(model, text)
}

fn copy_text(model: &mut Model, text: Option<String>) -> Vec<Effect> {
    let Some(text) = text else {
        model.notify("nothing is selected");
        return Vec::new();
    };
    model.notify(format!("copied: {text}"));
    vec![Effect::Copy(text)]
}

/// Takes the mouse from the terminal, or gives it back, so that the terminal selects text again.
fn toggle_mouse(model: &mut Model) -> Vec<Effect> {
    model.mouse = !model.mouse;
    let key = model.keymap.first_key(Action::Mouse).unwrap_or_default();
    model.notify(if model.mouse {
        format!("the mouse selects rows and scrolls; {key} gives it back to the terminal")
    } else {
        "the terminal has the mouse again".to_owned()
    });
    vec![Effect::CaptureMouse(model.mouse)]
}
