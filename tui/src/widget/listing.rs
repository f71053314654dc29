//! Draws a list as a table below the rule of a screen, with its state and position.

use ratatui::layout::Rect;

use crate::text::count;
use crate::theme::Meaning;

use super::canvas::Canvas;
use super::list::List;
use super::row::Row;
use super::status_line;
use super::surroundings::Surroundings;
use super::table::{self, Column, Sorted, TableStyle};

/// Texts of a list.
#[derive(Debug, Clone, Default)]
pub struct Texts<'a> {
    /// Shown if the server has no rows.
    pub empty: &'a str,
    /// How to change a query that the server refuses.
    pub mend: Option<&'a str>,
    /// What is wrong with the query, shown instead of the list's state.
    pub complaint: Option<String>,
    /// What is being looked for, before the list's state.
    pub sought: Option<String>,
    /// The column by which the rows are sorted.
    pub sorted: Option<Sorted>,
}

/// What to do if a search ran out of time.
const INCOMPLETE_SEARCH: &str = "incomplete: add a word or a filter · ";

/// Draws everything below the rule.
pub fn draw<T: Row>(
    around: &Surroundings<'_>,
    canvas: &mut Canvas<'_, '_>,
    area: Rect,
    columns: &[Column<T>],
    list: &List<T>,
    texts: Texts<'_>,
) {
    let body = Rect { y: area.y + 3, height: area.height.saturating_sub(4), ..area };
    let style =
        TableStyle { beside: around.beside(), sorted: texts.sorted, stale: list.call.last_failure.is_some() };
    let shown = table::shown(columns, &around.own.columns, around.columns);
    table::draw(canvas, body, &shown, list, &style);
    let (text, meaning) = status_line::describe(around, &list.call, !list.is_empty());
    let rows = Rect { y: body.y + 1, height: body.height.saturating_sub(1), ..body };
    if list.is_empty() {
        let answered = list.is_complete() && list.call.last_failure.is_none();
        // Without a text nothing was asked, because the query lacks something.
        let says_why = answered || text.is_empty();
        let is_refused = list.call.last_failure.as_ref().is_some_and(|failed| failed.retry_at.is_none());
        let refused = texts.mend.filter(|_| is_refused).map(|mend| format!("{text} · {mend}"));
        let (text, meaning) = match &refused {
            _ if says_why => (texts.empty, Meaning::Muted),
            Some(refused) => (refused.as_str(), meaning),
            None => (text.as_str(), meaning),
        };
        canvas.centred(rows, text, meaning);
    }
    let incomplete = if list.incomplete { INCOMPLETE_SEARCH } else { "" };
    let sought = texts.sought.map_or_else(String::new, |text| format!("{text} · "));
    let text = format!("{}{}{incomplete}{sought}{text}", marked_in_words(list), changed_in_words(list));
    let meaning = if list.incomplete && meaning == Meaning::Muted { Meaning::Warn } else { meaning };
    let (text, meaning) = texts.complaint.map_or((text, meaning), |wrong| (wrong, Meaning::Warn));
    status_line::draw(around, canvas, area, (&text, meaning), &position_in_words(list));
}

/// The selected row in full: the titles and texts of all columns, including those that the terminal is too narrow for.
pub fn details<T: Row>(
    around: &Surroundings<'_>,
    columns: &[Column<T>],
    list: &List<T>,
) -> Vec<(String, String, Meaning)> {
    let Some(row) = list.current() else { return Vec::new() };
    let cell = |column: &Column<T>| {
        let (text, meaning) = (column.cell)(row, &around.beside());
        (column.title.to_owned(), text, meaning)
    };
    let changed = list.changes.before(row.row_id());
    let changed = changed.map(|before| ("CHANGED".to_owned(), format!("it was {before}"), Meaning::Accent));
    columns.iter().map(cell).chain(changed).collect()
}

/// How many rows others have changed, in words, before the state of the list.
fn changed_in_words<T: Row>(list: &List<T>) -> String {
    match list.changes.len() {
        0 => String::new(),
        changes => format!("Δ {} changed · ", count(changes as u64)),
    }
}

/// What is marked, in words, before the state of the list.
fn marked_in_words<T: Row>(list: &List<T>) -> String {
    let marks = &list.marks;
    match (marks.is_all(), marks.anchor(), list.range()) {
        (true, ..) => "all that match are marked · ".to_owned(),
        (_, Some(_), Some(range)) => {
            format!(
                "{} marked, range of {}: v ends it · ",
                count(marks.len() as u64),
                count(range.count() as u64)
            )
        }
        (_, Some(_), None) => "the range began too far away · ".to_owned(),
        (_, None, _) if marks.is_empty() => String::new(),
        (_, None, _) => format!("{} marked · ", count(marks.len() as u64)),
    }
}

fn position_in_words<T: Row>(list: &List<T>) -> String {
    if list.is_empty() {
        return String::new();
    }
    let row = count(list.selected() as u64 + 1);
    match list.total() {
        Some(total) if total.approximate => format!("row {row} of ≈ {}", count(total.count)),
        Some(total) => format!("row {row} of {}", count(total.count)),
        None => format!("row {row} of more than {}", count(list.len() as u64)),
    }
}
