//! What the mouse does: the wheel scrolls, a click selects a row, and a click on the selected row opens it.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};

use crate::registry::action::Action;

use super::message::Effect;
use super::model::Model;
use super::perform::{perform, react, step};

/// The rows that one turn of the wheel moves.
const WHEEL_ROWS: isize = 3;
/// The terminal row of the first row of a list: below frame, heading, query, rule and titles.
const FIRST_ROW: u16 = 5;

/// Handles an event of the mouse.
pub(super) fn on_mouse(model: &mut Model, mouse: MouseEvent) -> Vec<Effect> {
    match mouse.kind {
        _ if model.login.is_some() => {}
        MouseEventKind::ScrollDown => return turn_wheel(model, WHEEL_ROWS),
        MouseEventKind::ScrollUp => return turn_wheel(model, -WHEEL_ROWS),
        // A click changes nothing in a dialog.
        MouseEventKind::Down(MouseButton::Left) if model.dialogs.is_empty() => {
            return click_row(model, mouse.row);
        }
        _ => {}
    }
    model.changed = false;
    Vec::new()
}

fn turn_wheel(model: &mut Model, rows: isize) -> Vec<Effect> {
    let Some(mut dialog) = model.dialogs.pop() else {
        step(model, rows);
        return Vec::new();
    };
    let action = if rows > 0 { Action::DialogDown } else { Action::DialogUp };
    let mut reactions = Vec::new();
    // In a dialog with fields the wheel would move the focus away from what is typed.
    if !dialog.takes_text() {
        let around = model.surroundings();
        reactions.extend((0..rows.unsigned_abs()).flat_map(|_| dialog.perform(action, &around)));
    }
    model.dialogs.push(dialog);
    react(model, reactions)
}

fn click_row(model: &mut Model, row: u16) -> Vec<Effect> {
    let window = model.window();
    let line = row.checked_sub(FIRST_ROW).map(usize::from).filter(|line| *line < window.rows);
    let Some(line) = line.filter(|_| model.screen().is_list()) else {
        model.changed = false;
        return Vec::new();
    };
    let rows = model.screen().rows();
    let Some(by) = rows.distance(line) else {
        model.changed = false;
        return Vec::new();
    };
    if by == 0 && model.screen().actions().contains(&Action::Open) {
        return perform(model, Action::Open);
    }
    step(model, by);
    Vec::new()
}
