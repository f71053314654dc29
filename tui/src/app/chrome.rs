//! The frame of every screen: context, operator, connection and hints. What matters most is cut last.

use ratatui::layout::Rect;

use crate::registry::action::{Action, ActionEntry, registry};
use crate::text::{cut, sanitize, width};
use crate::theme::Meaning;
use crate::widget::canvas::Canvas;

use super::liveness::connection;
use super::model::Model;
use super::perform::refusal;
use super::tabs;

/// The mark of a context that is production.
const PROD_MARK: &str = " PROD ";
/// The hints that are shown on every terminal, however narrow.
const HINTS_ALWAYS_SHOWN: [Action; 4] = [Action::Palette, Action::Help, Action::Leave, Action::Quit];

/// Draws the frame and the hints; returns the area inside for the screen.
pub(super) fn draw(model: &Model, canvas: &mut Canvas<'_, '_>, area: Rect) -> Rect {
    let (text, meaning) = connection(model);
    let top = Rect { x: area.x + 2, width: area.width.saturating_sub(4), height: 1, ..area };
    let room = usize::from(top.width).saturating_sub(width(&text) + 1);
    let is_prod = model.setup.is_prod();
    let frame = if is_prod { Meaning::Bad } else { Meaning::Frame };
    let inner = canvas.boxed(area, &frame_title(model, room), frame);
    if is_prod {
        // The word comes first, so that it is never cut.
        canvas.put(top.x, top.y, 6, PROD_MARK, Meaning::Bad);
    }
    canvas.right(top, 0, &text, meaning);
    canvas.rule(area, 3);
    action_hints(model, canvas, Rect { y: inner.bottom() - 1, height: 1, ..inner });
    Rect { height: inner.height - 1, ..inner }
}

/// The title: where a key would act and whether it may come first, who acts comes last.
fn frame_title(model: &Model, room: usize) -> String {
    let name = match &model.operator {
        Some(operator) => sanitize(&operator.name),
        None if model.setup.name.is_empty() => "…".to_owned(),
        None => sanitize(&model.setup.name),
    };
    let role = model.operator.as_ref().map_or_else(String::new, |operator| format!(" ({})", operator.role));
    let read_only = if model.setup.read_only { " ── read-only" } else { "" };
    let context = sanitize(&model.setup.context);
    let prod = if model.setup.is_prod() { " PROD ──" } else { "" };
    let [tabs, tab] = tabs::labels(model).unwrap_or_default();
    let all = [
        format!("{prod} bowline ── {context}{read_only} ── {name}{role}{tabs} "),
        format!("{prod} {context}{read_only} ── {name}{role}{tabs} "),
        format!("{prod} {context}{read_only} ── {name}{role}{tab} "),
        format!("{prod} {context}{read_only} ── {name}{tab} "),
        format!("{prod} {context}{read_only}{tab} "),
        format!("{prod} {context}{read_only} "),
    ];
    if let Some(title) = all.iter().find(|title| width(title) <= room) {
        return title.clone();
    }
    // A context's name may be long; that nothing may be changed is said in any case.
    let context_room = room.saturating_sub(width(prod) + width(read_only) + 2);
    format!("{prod} {}{read_only} ", cut(&context, context_room))
}

/// Whether the key of this action does something now. Of the keys that lead out, the one for this level is shown.
fn does_something(model: &Model, action: Action) -> bool {
    match action {
        Action::Leave => model.has_level_above(),
        Action::Quit => !model.has_level_above(),
        action => model.screen().offers(action),
    }
}

/// The hints of the screen's own actions, as many as there is room for, and at the end those that are always there.
fn action_hints(model: &Model, canvas: &mut Canvas<'_, '_>, line: Rect) {
    let around = model.surroundings();
    let is_offered = |entry: &&ActionEntry| {
        !entry.hint.is_empty()
            && entry.works_with(around.actions)
            && does_something(model, entry.action)
            && refusal(model, entry.danger, around.missing_role(entry)).is_none()
    };
    let shown = |entry: &'static ActionEntry| {
        let word = model.screen().hint(entry.action).unwrap_or(entry.hint);
        Some((model.keymap.first_key(entry.action)?, word, entry.action))
    };
    let (always, mut here): (Vec<_>, Vec<_>) = registry()
        .filter(is_offered)
        .filter_map(shown)
        .partition(|(.., action)| HINTS_ALWAYS_SHOWN.contains(action));
    // What belongs to this very screen comes before what works everywhere.
    here.sort_by_key(|(.., action)| !around.actions.contains(action));
    let needed = |key: &str, word: &str| u16::try_from(width(key) + width(word) + 3).unwrap_or(u16::MAX);
    let mut room = line.width;
    for (key, word, _) in &always {
        room = room.saturating_sub(needed(key, word));
    }
    here.retain(|(key, word, _)| {
        let fits = needed(key, word) <= room;
        room -= if fits { needed(key, word) } else { 0 };
        fits
    });
    let mut x = line.x;
    for (key, word, _) in here.iter().chain(&always) {
        x += canvas.put(x, line.y, line.right().saturating_sub(x), key, Meaning::Accent) + 1;
        x += canvas.put(x, line.y, line.right().saturating_sub(x), word, Meaning::Muted) + 2;
    }
}
