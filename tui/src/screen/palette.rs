//! Draws the command palette.

use ratatui::layout::Rect;

use crate::app::Model;
use crate::app::palette::Palette;
use crate::text::fit;
use crate::theme::Meaning;

use super::canvas::Canvas;
use super::field;

/// Draws the palette.
pub(super) fn draw(model: &Model, palette: &Palette, canvas: &mut Canvas<'_, '_>, area: Rect) {
    let inner = canvas.dialog((66, 15.min(area.height)), " command ", Meaning::Frame);
    let used = canvas.line(inner, 0, &[(": ", Meaning::Accent)]);
    let line = Rect { x: inner.x + used, width: inner.width - used, height: 1, ..inner };
    field::draw(canvas, line, &palette.field, true);
    let found = palette.matches(model.screen.kind());
    if found.is_empty() {
        canvas.line(inner, 2, &[("  no matching command", Meaning::Muted)]);
    }
    let rows = Rect { y: inner.y + 2, height: inner.height.saturating_sub(2), ..inner };
    let first = (palette.selected + 1).saturating_sub(usize::from(rows.height));
    for (row, (at, entry)) in (0..rows.height).zip(found.iter().enumerate().skip(first)) {
        let chosen = at == palette.selected;
        let sign = if chosen { "▶ " } else { "  " };
        let label = fit(entry.label, usize::from(rows.width).saturating_sub(22));
        let keys = model.keymap.keys_of(entry.action);
        canvas.line(
            rows,
            row,
            &[
                (sign, Meaning::Accent),
                (&label, Meaning::Text),
                (" ", Meaning::Text),
                (&keys, Meaning::Muted),
            ],
        );
        if chosen {
            canvas.tint(Rect { y: rows.y + row, height: 1, ..rows }, Meaning::Selected);
        }
    }
}
