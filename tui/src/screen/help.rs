//! The help, which lists the keys of all actions in the registry.

use ratatui::layout::Rect;

use crate::app::Model;
use crate::app::action::{Danger, Group, REGISTRY};
use crate::text::fit;
use crate::theme::Meaning;

use super::canvas::Canvas;

/// Draws the help.
pub(super) fn draw(model: &Model, scroll: u16, canvas: &mut Canvas<'_, '_>, area: Rect) {
    let mut lines = Vec::new();
    for group in Group::ALL {
        lines.push((group.title().to_owned(), String::new(), Meaning::Heading));
        for entry in REGISTRY.iter().filter(|e| e.group == group) {
            let keys = fit(&model.keymap.keys_of(entry.action), 18);
            let here = entry.works_on(model.screen.kind());
            let meaning = match (here, entry.danger) {
                (false, _) => Meaning::Muted,
                (true, Danger::Irreversible) => Meaning::Bad,
                (true, Danger::Reads) => Meaning::Text,
            };
            lines.push((keys, entry.label.to_owned(), meaning));
        }
    }
    let rows = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(3);
    let inner = canvas.dialog((66, rows.min(area.height)), " keys ", Meaning::Frame);
    let room = inner.height.saturating_sub(1);
    let scroll = usize::from(scroll).min(lines.len().saturating_sub(usize::from(room)));
    for (row, (keys, label, meaning)) in (0..room).zip(lines.iter().skip(scroll)) {
        if label.is_empty() {
            canvas.line(inner, row, &[(keys, *meaning)]);
        } else {
            canvas.line(
                inner,
                row,
                &[("  ", Meaning::Text), (keys, Meaning::Accent), (" ", Meaning::Text), (label, *meaning)],
            );
        }
    }
    canvas.line(
        inner,
        room,
        &[("j k scroll · esc closes · change keys in config.toml [keys]", Meaning::Muted)],
    );
}
