//! Draws the visible rows of a list as a table.

use chrono::{DateTime, Utc};
use ratatui::layout::Rect;

use crate::theme::Meaning;

use super::canvas::Canvas;
use super::list::List;
use super::row::Row;

/// A column of the table, described as data.
pub struct Column<T> {
    /// The title.
    pub title: &'static str,
    /// The terminal width from which the column is shown, in columns.
    pub min_width: u16,
    /// How wide it is.
    pub size: Size,
    /// The text and meaning of a row's cell, given the time.
    pub cell: fn(&T, DateTime<Utc>) -> (String, Meaning),
}

/// The width of a column.
#[derive(Clone, Copy)]
pub enum Size {
    /// A fixed number of terminal columns.
    Fixed(u16),
    /// A share of the remaining width.
    Share(u16),
}

/// How a table is drawn.
pub struct TableStyle {
    /// The time, for ages.
    pub now: DateTime<Utc>,
    /// The terminal's width, which decides which columns are shown.
    pub terminal: u16,
    /// Whether the rows are out of date and drawn dimmed.
    pub stale: bool,
}

/// Draws the titles and the visible rows.
pub fn draw<T: Row>(
    canvas: &mut Canvas<'_, '_>,
    area: Rect,
    columns: &[Column<T>],
    list: &List<T>,
    style: &TableStyle,
) {
    let shown: Vec<_> = columns.iter().filter(|c| style.terminal >= c.min_width).collect();
    let widths = widths(&shown, area.width.saturating_sub(2));
    let range = list.range();
    let mut x = area.x + 2;
    for (column, width) in shown.iter().zip(&widths) {
        canvas.put(x, area.y, *width, column.title, Meaning::Heading);
        x += width + 1;
    }
    for (line, place) in
        (1..area.height).zip(list.top()..list.len() + usize::from(!list.is_complete() && !list.is_empty()))
    {
        let y = area.y + line;
        let row_area = Rect { y, height: 1, ..area };
        match list.row(place) {
            Some(row) => {
                let in_range = range.as_ref().is_some_and(|range| range.contains(&place));
                if in_range || list.marks.contains(row.row_id()) {
                    canvas.put(area.x + 1, y, 1, "*", Meaning::Accent);
                }
                let mut x = area.x + 2;
                for (column, width) in shown.iter().zip(&widths) {
                    let (text, meaning) = (column.cell)(row, style.now);
                    let meaning = if style.stale { Meaning::Muted } else { meaning };
                    canvas.put(x, y, *width, &text, meaning);
                    x += width + 1;
                }
            }
            None => {
                canvas.put(area.x + 2, y, area.width - 2, "…", Meaning::Muted);
            }
        }
        if place == list.selected() && !list.is_empty() {
            canvas.put(area.x, y, 1, "▶", Meaning::Accent);
            canvas.select(row_area);
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
