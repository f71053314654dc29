//! Draws a list as a table below the rule of a screen, with its state and position.

use std::fmt;

use ratatui::layout::Rect;

use crate::text::count;
use crate::theme::Meaning;

use super::canvas::Canvas;
use super::list::List;
use super::status_line;
use super::surroundings::Surroundings;
use super::table::{self, Column, TableStyle};

/// Draws everything below the rule. `empty` is shown if the server has no rows.
pub fn draw<T: fmt::Debug>(
    around: &Surroundings<'_>,
    canvas: &mut Canvas<'_, '_>,
    area: Rect,
    columns: &[Column<T>],
    list: &List<T>,
    empty: &str,
) {
    let body = Rect { y: area.y + 3, height: area.height.saturating_sub(4), ..area };
    let style =
        TableStyle { now: around.now, terminal: around.columns, stale: list.call.last_failure.is_some() };
    table::draw(canvas, body, columns, list, &style);
    let (text, meaning) = status_line::describe(around, &list.call, !list.is_empty());
    let rows = Rect { y: body.y + 1, height: body.height.saturating_sub(1), ..body };
    if list.is_empty() {
        let answered = list.is_complete() && list.call.last_failure.is_none();
        let (text, meaning) = if answered { (empty, Meaning::Muted) } else { (text.as_str(), meaning) };
        canvas.centred(rows, text, meaning);
    }
    status_line::draw(around, canvas, area, (&text, meaning), &position(list));
}

fn position<T>(list: &List<T>) -> String {
    if list.is_empty() {
        return String::new();
    }
    let row = count(list.selected() as u64 + 1);
    match (list.is_complete(), list.total) {
        (true, _) => format!("row {row} of {}", count(list.len() as u64)),
        (false, Some(total)) => {
            let sign = if total.approximate { "≈ " } else { "" };
            format!("row {row} of {sign}{}", count(total.count.max(list.len() as u64)))
        }
        (false, None) => format!("row {row} of more than {}", count(list.len() as u64)),
    }
}
