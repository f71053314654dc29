//! Draws the visible rows of a list as a table.

use ratatui::layout::Rect;

use crate::text::cut;
use crate::theme::Meaning;

use super::beside::Beside;
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
    /// The text and meaning of a row's cell.
    pub cell: fn(&T, &Beside<'_>) -> (String, Meaning),
}

/// The width of a column.
#[derive(Clone, Copy)]
pub enum Size {
    /// A fixed number of terminal columns.
    Fixed(u16),
    /// A share of the remaining width.
    Share(u16),
}

/// The terminal width from which a chosen column is shown in any case, in columns.
const ALL_COLUMNS_WIDTH: u16 = 100;

impl<T> Column<T> {
    /// Its name in `config.toml`.
    pub fn name(&self) -> String {
        self.title.to_lowercase()
    }
}

/// The columns that are shown on a terminal of this width: the chosen ones in their order, or all if none is chosen. On a
/// narrow terminal, those that are less important are left out of either.
pub fn shown<'a, T>(columns: &'a [Column<T>], chosen: &[String], terminal: u16) -> Vec<&'a Column<T>> {
    let own = chosen.iter().filter_map(|name| columns.iter().find(|column| column.name() == *name));
    let own: Vec<_> = own.filter(|column| terminal >= column.min_width.min(ALL_COLUMNS_WIDTH)).collect();
    if own.is_empty() { columns.iter().filter(|column| terminal >= column.min_width).collect() } else { own }
}

/// The column by which rows are sorted.
#[derive(Debug, Clone, Copy)]
pub struct Sorted {
    /// Its title.
    pub title: &'static str,
    /// Whether the greatest value, such as the latest time, comes first.
    pub is_descending: bool,
}

/// How a table is drawn.
pub struct TableStyle<'a> {
    /// What cells can show besides their rows.
    pub beside: Beside<'a>,
    /// The column by which the rows are sorted, if there is one.
    pub sorted: Option<Sorted>,
    /// Whether the rows are out of date and drawn dimmed.
    pub stale: bool,
}

/// Draws the titles and the visible rows.
pub fn draw<T: Row>(
    canvas: &mut Canvas<'_, '_>,
    area: Rect,
    shown: &[&Column<T>],
    list: &List<T>,
    style: &TableStyle<'_>,
) {
    let widths = column_widths(shown, area.width.saturating_sub(2));
    let range = list.range();
    let mut x = area.x + 2;
    for (column, width) in shown.iter().zip(&widths) {
        canvas.put(x, area.y, *width, &column_title(column, *width, style.sorted), Meaning::Heading);
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
                } else if list.changes.before(row.row_id()).is_some() {
                    canvas.put(area.x + 1, y, 1, "Δ", Meaning::Accent);
                }
                let mut x = area.x + 2;
                for (column, width) in shown.iter().zip(&widths) {
                    let (text, meaning) = (column.cell)(row, &style.beside);
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

/// The title, with an arrow if the rows are sorted by this column. The arrow is cut last.
fn column_title<T>(column: &Column<T>, width: u16, sorted: Option<Sorted>) -> String {
    match sorted.filter(|sorted| sorted.title == column.title) {
        Some(Sorted { is_descending, .. }) => {
            let arrow = if is_descending { "▼" } else { "▲" };
            format!("{} {arrow}", cut(column.title, usize::from(width.saturating_sub(2))))
        }
        None => column.title.to_owned(),
    }
}

/// The widths of these columns. Where there is no room for all, the last ones have less or none.
fn column_widths<T>(columns: &[&Column<T>], available: u16) -> Vec<u16> {
    let gaps = u16::try_from(columns.len().saturating_sub(1)).unwrap_or(0);
    let fixed: u16 = columns.iter().map(|c| if let Size::Fixed(n) = c.size { n } else { 0 }).sum();
    let shares: u16 = columns.iter().map(|c| if let Size::Share(n) = c.size { n } else { 0 }).sum();
    let left = available.saturating_sub(fixed + gaps);
    let mut room = available;
    let of_room = |column: &&Column<T>| {
        let wanted = match column.size {
            Size::Fixed(n) => n,
            Size::Share(n) => left * n / shares.max(1),
        };
        let width = wanted.min(room);
        room = room.saturating_sub(width + 1);
        width
    };
    columns.iter().map(of_room).collect()
}
