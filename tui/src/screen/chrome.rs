//! What surrounds every screen: who and where we are, the state of the list, the hints.

use ratatui::layout::Rect;

use crate::app::act::refusal;
use crate::app::action::{Danger, REGISTRY};
use crate::app::{Link, Model};
use crate::theme::Meaning;

use super::canvas::Canvas;
use super::when::clock;

/// Columns of a terminal from which on the frame has room for the time of the last answer.
const ROOMY: u16 = 80;

/// Draws frame and hints; returns the area of the screen within.
pub(super) fn draw(model: &Model, canvas: &mut Canvas<'_, '_>, area: Rect) -> Rect {
    let who = match &model.operator {
        Some(operator) => format!("{} ({})", operator.name, operator.role),
        None if model.setup.name.is_empty() => "…".to_owned(),
        None => model.setup.name.clone(),
    };
    let read_only = if model.setup.read_only { " ── read-only" } else { "" };
    let title = format!(" bowline ── {} ── {who}{read_only} ", model.setup.context);
    let inner = canvas.boxed(area, &title, Meaning::Frame);
    let (text, meaning) = link(model);
    let top = Rect { x: area.x + 2, width: area.width.saturating_sub(4), height: 1, ..area };
    canvas.right(top, 0, &text, meaning);
    canvas.rule(area, 3);
    hints(model, canvas, Rect { y: inner.bottom() - 1, height: 1, ..inner });
    Rect { height: inner.height - 1, ..inner }
}

fn link(model: &Model) -> (String, Meaning) {
    match &model.link {
        Link::Untried => (" ○ connecting ".to_owned(), Meaning::Busy),
        Link::Live { took, .. } if model.size.0 < ROOMY => {
            (format!(" ● live {} ms ", took.as_millis()), Meaning::Good)
        }
        Link::Live { took, at } => {
            (format!(" ● live {} ms · {} ", took.as_millis(), clock(*at)), Meaning::Good)
        }
        Link::Lost { since } => (format!(" ✕ offline since {} ", clock(*since)), Meaning::Bad),
    }
}

fn hints(model: &Model, canvas: &mut Canvas<'_, '_>, line: Rect) {
    let place = model.screen.place();
    let may_change = refusal(model).is_none();
    let mut x = line.x;
    for entry in REGISTRY.iter().filter(|e| !e.hint.is_empty() && e.works_in(place)) {
        let Some(key) = model.keymap.first_key(entry.action) else { continue };
        let needed = u16::try_from(key.len() + entry.hint.len() + 3).unwrap_or(u16::MAX);
        if (entry.danger > Danger::Reads && !may_change) || needed > line.right().saturating_sub(x) {
            continue;
        }
        x += canvas.put(x, line.y, line.right() - x, &key, Meaning::Accent) + 1;
        x += canvas.put(x, line.y, line.right() - x, entry.hint, Meaning::Muted) + 2;
    }
}
