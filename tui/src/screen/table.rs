//! A table that draws the rows in sight and never sees the others.

use chrono::{DateTime, Utc};
use ratatui::layout::Rect;

use crate::app::list::List;
use crate::theme::Meaning;

use super::canvas::Canvas;

/// One column as data.
pub(super) struct Column<T> {
    pub(super) title: &'static str,
    /// Columns of the terminal from which on it is shown.
    pub(super) from: u16,
    pub(super) size: Size,
    pub(super) cell: fn(&T, DateTime<Utc>) -> (String, Meaning),
}

/// How wide a column is.
#[derive(Clone, Copy)]
pub(super) enum Size {
    /// So many columns.
    Fixed(u16),
    /// A share of what is left.
    Share(u16),
}

/// Where and how a table is drawn.
pub(super) struct Look {
    pub(super) now: DateTime<Utc>,
    /// Columns of the terminal, which decide on columns of the table.
    pub(super) terminal: u16,
    /// Whether rows are old and drawn so.
    pub(super) stale: bool,
}

/// Draws titles and the rows of the window.
pub(super) fn draw<T>(
    canvas: &mut Canvas<'_, '_>,
    area: Rect,
    columns: &[Column<T>],
    list: &List<T>,
    look: &Look,
) {
    let shown: Vec<_> = columns.iter().filter(|c| look.terminal >= c.from).collect();
    let widths = widths(&shown, area.width.saturating_sub(2));
    let mut x = area.x + 2;
    for (column, width) in shown.iter().zip(&widths) {
        canvas.put(x, area.y, *width, column.title, Meaning::Heading);
        x += width + 1;
    }
    for (line, place) in (1..area.height).zip(list.top()..list.len()) {
        let y = area.y + line;
        let row_area = Rect { y, height: 1, ..area };
        match list.row(place) {
            Some(row) => {
                let mut x = area.x + 2;
                for (column, width) in shown.iter().zip(&widths) {
                    let (text, meaning) = (column.cell)(row, look.now);
                    let meaning = if look.stale { Meaning::Muted } else { meaning };
                    canvas.put(x, y, *width, &text, meaning);
                    x += width + 1;
                }
            }
            None => {
                canvas.put(area.x + 2, y, area.width - 2, "…", Meaning::Muted);
            }
        }
        if place == list.selected() {
            canvas.put(area.x, y, 1, "▶", Meaning::Accent);
            canvas.tint(row_area, Meaning::Selected);
        }
    }
}

fn widths<T>(columns: &[&Column<T>], available: u16) -> Vec<u16> {
    let gaps = u16::try_from(columns.len().saturating_sub(1)).unwrap_or(0);
    let fixed: u16 = columns.iter().map(|c| if let Size::Fixed(n) = c.size { n } else { 0 }).sum();
    let shares: u16 = columns.iter().map(|c| if let Size::Share(n) = c.size { n } else { 0 }).sum();
    let left = available.saturating_sub(fixed + gaps);
    columns
        .iter()
        .map(|c| match c.size {
            Size::Fixed(n) => n,
            Size::Share(n) => left * n / shares.max(1),
        })
        .collect()
}
