//! A list with the query line that decides which rows it has, as most screens hold it.

use std::fmt::{self, Debug};

use bowline_api::Page;
use ratatui::layout::Rect;

use crate::text::{sanitize, width};
use crate::theme::Meaning;

use super::beside::KnownNames;
use super::canvas::Canvas;
use super::completion::Filter;
use super::find::Find;
use super::list::List;
use super::listing::{self, Texts};
use super::query::Problem;
use super::query_bar::QueryBar;
use super::row::Row;
use super::rows::Rows;
use super::surroundings::Surroundings;
use super::table::{Column, Sorted};

/// What a screen lists, and what its query line understands.
pub trait Listed {
    /// The rows.
    type Row: Row + 'static;
    /// What the query line stands for.
    type Query: Debug + Default + PartialEq;

    /// The columns, from left to right.
    const COLUMNS: &'static [Column<Self::Row>];
    /// The columns for a query, from left to right.
    fn columns(_query: &Self::Query) -> &'static [Column<Self::Row>] {
        Self::COLUMNS
    }

    /// What stands in the query line while it is empty, or in its place if there is none.
    const HELP: &'static str;
    /// The filters of the query line.
    const FILTERS: &'static [Filter] = &[];
    /// Whether there is a query line.
    const HAS_BAR: bool = true;
    /// Whether the rows of the query before stay visible until the answer arrives. They must not where an act on a row is
    /// one on what the query names, such as the tenant of an API key.
    const KEEPS_ROWS: bool = true;

    /// What the text of the query line stands for.
    fn parse(text: &str) -> Result<Self::Query, Problem>;

    /// The column by which the rows are sorted, if it is one of them.
    fn sorted(_query: &Self::Query) -> Option<Sorted> {
        None
    }

    /// Whether a row matches, where the server returns all rows and the client searches them.
    fn matches(_query: &Self::Query, _row: &Self::Row) -> bool {
        true
    }
}

/// How to change a query.
const MEND_QUERY: &str = "/ changes the query, esc clears it";

/// A list with its query line.
pub struct QueriedList<L: Listed> {
    /// The query line.
    pub bar: QueryBar,
    /// What the query line stood for when it was last valid.
    pub query: L::Query,
    /// The rows.
    pub rows: List<L::Row>,
    /// What is looked for in the rows.
    find: Option<Find>,
}

impl<L: Listed> Default for QueriedList<L> {
    fn default() -> Self {
        Self { bar: QueryBar::default(), query: L::Query::default(), rows: List::default(), find: None }
    }
}

impl<L: Listed> Debug for QueriedList<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut all = f.debug_struct("QueriedList");
        all.field("bar", &self.bar).field("query", &self.query).field("rows", &self.rows);
        all.field("find", &self.find).finish()
    }
}

impl<L: Listed> QueriedList<L> {
    /// Takes a query that was parsed, and returns whether it is another one: then the rows are fetched anew.
    pub fn accept(&mut self, parsed: Result<L::Query, Problem>) -> bool {
        let changed = self.bar.accept(parsed, &mut self.query);
        match (changed, L::KEEPS_ROWS) {
            (false, _) => {}
            (true, true) => self.rows.restart_for_query(),
            (true, false) => self.rows = List::default(),
        }
        changed
    }

    /// Why the rows are not those of the query line, if they are not.
    pub fn unapplied(&self) -> Option<Unapplied> {
        if L::HAS_BAR && self.bar.problem.is_some() {
            return Some(Unapplied::Wrong);
        }
        match &self.rows.call.last_failure {
            _ if !self.rows.is_behind() => None,
            Some(_) => Some(Unapplied::Failed),
            None => Some(Unapplied::Loading),
        }
    }

    /// Stores all rows, which the server returns on one page, as far as they match.
    pub fn take_whole(&mut self, page: Page<L::Row>, height: usize) {
        let mut page = Page { next: None, prev: None, ..page };
        page.items.retain(|row| L::matches(&self.query, row));
        self.take(page, height);
    }

    /// Stores the page that was requested.
    pub fn take(&mut self, page: Page<L::Row>, height: usize) {
        self.rows.take(page, height);
        if let Some(find) = &mut self.find {
            find.loaded(&mut self.rows, L::columns(&self.query), height);
        }
    }

    /// Draws the query line, and the rows below the rule. `empty` says why there are none.
    pub fn draw(&self, around: &Surroundings<'_>, canvas: &mut Canvas<'_, '_>, area: Rect, empty: &str) {
        self.draw_below(around, canvas, area, 0, empty);
    }

    /// The same with this many lines left free between the rule and the titles.
    pub fn draw_below(
        &self,
        around: &Surroundings<'_>,
        canvas: &mut Canvas<'_, '_>,
        area: Rect,
        lines: u16,
        empty: &str,
    ) {
        if L::HAS_BAR {
            self.bar.draw(canvas, area, L::HELP);
        } else {
            canvas.line(area, 1, &[(L::HELP, Meaning::Muted)]);
        }
        self.draw_saved_name(around, canvas, area);
        let texts = Texts {
            empty,
            mend: (L::HAS_BAR && !self.bar.field.text().is_empty()).then_some(MEND_QUERY),
            complaint: self.bar.complaint(),
            sought: self.find.as_ref().map(Find::label),
            sorted: L::sorted(&self.query),
        };
        // What is typed is wrong for a moment; what stands there must not look as if these rows matched it.
        let none = List::default();
        let is_wrong = self.unapplied() == Some(Unapplied::Wrong) && !self.bar.editing;
        let rows = if is_wrong { &none } else { &self.rows };
        let texts = if is_wrong { Texts { empty: Unapplied::Wrong.why(), ..texts } } else { texts };
        let below = Rect { y: area.y + lines, height: area.height.saturating_sub(lines), ..area };
        listing::draw(around, canvas, below, L::columns(&self.query), rows, texts);
    }

    /// The name under which the query is saved, beside it, if there is room.
    fn draw_saved_name(&self, around: &Surroundings<'_>, canvas: &mut Canvas<'_, '_>, area: Rect) {
        let query = self.bar.field.text();
        let Some(name) = around.own.name_of(query).filter(|_| L::HAS_BAR) else { return };
        let text = format!("[saved: {name}]");
        if width(&sanitize(query)) + width(&sanitize(&text)) + 4 <= usize::from(area.width) {
            canvas.right(area, 1, &text, Meaning::Accent);
        }
    }

    /// The selected row in full.
    pub fn details(&self, around: &Surroundings<'_>) -> Vec<(String, String, Meaning)> {
        listing::details(around, L::columns(&self.query), &self.rows)
    }
}

/// Why the rows of a list are not those of its query line. Nothing is done with them then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unapplied {
    /// The query is wrong.
    Wrong,
    /// The server refused the query, or could not be reached.
    Failed,
    /// The answer is still to come.
    Loading,
}

impl Unapplied {
    /// The reason in a sentence.
    pub fn why(self) -> &'static str {
        match self {
            Self::Wrong => "the query is wrong, so it has no rows: / changes the query, esc clears it",
            Self::Failed => "the query failed, so it has no rows: / changes the query, esc clears it",
            Self::Loading => "the rows of this query are not loaded yet",
        }
    }
}

/// A list that may have a query line, whatever its rows are.
pub trait Queried {
    /// Its rows.
    fn rows(&self) -> &dyn Rows;

    /// Its rows, to change them.
    fn rows_mut(&mut self) -> &mut dyn Rows;

    /// Its query line, if it has one.
    fn bar(&self) -> Option<&QueryBar> {
        None
    }

    /// Its query line, to change it.
    fn bar_mut(&mut self) -> Option<&mut QueryBar> {
        None
    }

    /// Why its rows are not those of its query line, if they are not.
    fn unapplied(&self) -> Option<Unapplied> {
        None
    }

    /// The filters of its query line.
    fn filters(&self) -> &'static [Filter] {
        &[]
    }

    /// Applies the query, which has changed.
    fn apply_query(&mut self) {}

    /// The titles of its columns, and whether it shows them by itself on a terminal of this width; none if its rows do not
    /// stand in a table.
    fn columns(&self, _terminal: u16) -> Vec<(&'static str, bool)> {
        Vec::new()
    }

    /// What is looked for in its rows.
    fn sought(&self) -> Option<&str> {
        None
    }

    /// Looks for rows with this text from now on, or for none.
    fn seek(&mut self, _text: &str, _names: &KnownNames) {}

    /// Selects the next row with the text, in this direction.
    fn find(&mut self, _is_forward: bool, _height: usize) {}

    /// Gives up a search that loads rows, because somebody has moved.
    fn rest(&mut self) {}
}

impl<T: Row> Queried for List<T> {
    fn rows(&self) -> &dyn Rows {
        self
    }

    fn rows_mut(&mut self) -> &mut dyn Rows {
        self
    }
}

impl<L: Listed> Queried for QueriedList<L> {
    fn rows(&self) -> &dyn Rows {
        &self.rows
    }

    fn rows_mut(&mut self) -> &mut dyn Rows {
        &mut self.rows
    }

    fn bar(&self) -> Option<&QueryBar> {
        L::HAS_BAR.then_some(&self.bar)
    }

    fn bar_mut(&mut self) -> Option<&mut QueryBar> {
        L::HAS_BAR.then_some(&mut self.bar)
    }

    fn unapplied(&self) -> Option<Unapplied> {
        QueriedList::unapplied(self)
    }

    fn filters(&self) -> &'static [Filter] {
        L::FILTERS
    }

    fn apply_query(&mut self) {
        let parsed = L::parse(self.bar.field.text());
        self.accept(parsed);
    }

    fn columns(&self, terminal: u16) -> Vec<(&'static str, bool)> {
        L::columns(&self.query).iter().map(|column| (column.title, terminal >= column.min_width)).collect()
    }

    fn sought(&self) -> Option<&str> {
        self.find.as_ref().map(|find| find.text.as_str())
    }

    fn seek(&mut self, text: &str, names: &KnownNames) {
        self.find = (!text.trim().is_empty()).then(|| Find::new(text, names));
    }

    fn find(&mut self, is_forward: bool, height: usize) {
        if let Some(find) = &mut self.find {
            find.step(&mut self.rows, L::columns(&self.query), is_forward, height);
        }
    }

    fn rest(&mut self) {
        if let Some(find) = &mut self.find {
            find.rest();
        }
    }
}
