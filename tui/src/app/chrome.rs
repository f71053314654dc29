//! The frame of every screen: context, operator, connection and hints.

use ratatui::layout::Rect;

use crate::registry::action::{Danger, registry};
use crate::theme::Meaning;
use crate::when::clock;
use crate::widget::canvas::Canvas;

use super::model::{Connection, Model};
use super::perform::refusal;

/// The terminal width from which the frame shows the time of the last answer, in columns.
const CLOCK_FROM: u16 = 80;

/// Draws the frame and the hints; returns the area inside for the screen.
pub(super) fn draw(model: &Model, canvas: &mut Canvas<'_, '_>, area: Rect) -> Rect {
    let who = match &model.operator {
        Some(operator) => format!("{} ({})", operator.name, operator.role),
        None if model.setup.name.is_empty() => "…".to_owned(),
        None => model.setup.name.clone(),
    };
    let read_only = if model.setup.read_only { " ── read-only" } else { "" };
    let title = format!(" bowline ── {} ── {who}{read_only} ", model.setup.context);
    let inner = canvas.boxed(area, &title, Meaning::Frame);
    let (text, meaning) = connection(model);
    let top = Rect { x: area.x + 2, width: area.width.saturating_sub(4), height: 1, ..area };
    canvas.right(top, 0, &text, meaning);
    canvas.rule(area, 3);
    hints(model, canvas, Rect { y: inner.bottom() - 1, height: 1, ..inner });
    Rect { height: inner.height - 1, ..inner }
}

fn connection(model: &Model) -> (String, Meaning) {
    match &model.connection {
        Connection::Untried => (" ○ connecting ".to_owned(), Meaning::Busy),
        Connection::Live { took, .. } if model.size.0 < CLOCK_FROM => {
            (format!(" ● live {} ms ", took.as_millis()), Meaning::Good)
        }
        Connection::Live { took, at } => {
            (format!(" ● live {} ms · {} ", took.as_millis(), clock(*at)), Meaning::Good)
        }
        Connection::Lost { since } => (format!(" ✕ offline since {} ", clock(*since)), Meaning::Bad),
    }
}

fn hints(model: &Model, canvas: &mut Canvas<'_, '_>, line: Rect) {
    let actions = model.screen().actions();
    let may_change = refusal(model).is_none();
    let mut x = line.x;
    for entry in registry().filter(|e| !e.hint.is_empty() && e.works_with(actions)) {
        let Some(key) = model.keymap.first_key(entry.action) else { continue };
        let needed = u16::try_from(key.len() + entry.hint.len() + 3).unwrap_or(u16::MAX);
        if (entry.danger > Danger::Reads && !may_change) || needed > line.right().saturating_sub(x) {
            continue;
        }
        x += canvas.put(x, line.y, line.right() - x, &key, Meaning::Accent) + 1;
        x += canvas.put(x, line.y, line.right() - x, entry.hint, Meaning::Muted) + 2;
    }
}
