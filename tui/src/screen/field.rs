//! Draws a text field.

use ratatui::layout::Rect;

use crate::app::text_field::TextField;
use crate::text::{sanitize, width};
use crate::theme::Meaning;

use super::canvas::Canvas;

/// Draws the field into one line, scrolled so that the cursor stays visible. The cursor is shown if `focused`.
pub(super) fn draw(canvas: &mut Canvas<'_, '_>, line: Rect, field: &TextField, focused: bool) {
    draw_text(canvas, line, field.text(), field.cursor(), focused);
}

/// Draws the field with a dot for each character.
pub(super) fn draw_secret(canvas: &mut Canvas<'_, '_>, line: Rect, field: &TextField, focused: bool) {
    let dots = "•".repeat(field.text().chars().count());
    draw_text(canvas, line, &dots, field.cursor(), focused);
}

fn draw_text(canvas: &mut Canvas<'_, '_>, line: Rect, text: &str, cursor: usize, focused: bool) {
    if line.height == 0 || line.width == 0 {
        return;
    }
    let room = usize::from(line.width) - 1;
    let before = |chars: usize| width(&sanitize(&text.chars().take(chars).collect::<String>()));
    let skip = (0..=cursor).find(|skip| before(cursor) - before(*skip) <= room).unwrap_or(cursor);
    let shown: String = text.chars().skip(skip).collect();
    canvas.put(line.x, line.y, line.width, &shown, Meaning::Text);
    if focused {
        let column = (before(cursor) - before(skip)).min(room);
        canvas.cursor(line.x + u16::try_from(column).unwrap_or(0), line.y);
    }
}
