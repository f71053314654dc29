//! A list with the query line that decides which rows it has, as most screens hold it.

use std::fmt::{self, Debug};

use bowline_api::Page;
use ratatui::layout::Rect;

use crate::theme::Meaning;

use super::canvas::Canvas;
use super::list::List;
use super::listing::{self, Texts};
use super::query::Problem;
use super::query_bar::QueryBar;
use super::row::Row;
use super::rows::Rows;
use super::surroundings::Surroundings;
use super::table::Column;

/// What a screen lists, and what its query line understands.
pub trait Listed {
    /// The rows.
    type Row: Row + 'static;
    /// What the query line stands for.
    type Query: Debug + Default + PartialEq;

    /// The columns, from left to right.
    const COLUMNS: &'static [Column<Self::Row>];
    /// What stands in the query line while it is empty, or in its place if there is none.
    const HELP: &'static str;
    /// Whether there is a query line.
    const HAS_BAR: bool = true;
    /// Whether the rows of the query before stay visible until the answer arrives. They must not where an act on a row is
    /// one on what the query names, such as the tenant of an API key.
    const KEEPS_ROWS: bool = true;

    /// What the text of the query line stands for.
    fn parse(text: &str) -> Result<Self::Query, Problem>;

    /// Whether a row matches, where the server returns all rows and the client searches them.
    fn matches(_query: &Self::Query, _row: &Self::Row) -> bool {
        true
    }
}

/// A list with its query line.
pub struct QueriedList<L: Listed> {
    /// The query line.
    pub bar: QueryBar,
    /// What the query line stood for when it was last valid.
    pub query: L::Query,
    /// The rows.
    pub rows: List<L::Row>,
}

impl<L: Listed> Default for QueriedList<L> {
    fn default() -> Self {
        Self { bar: QueryBar::default(), query: L::Query::default(), rows: List::default() }
    }
}

impl<L: Listed> Debug for QueriedList<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut all = f.debug_struct("QueriedList");
        all.field("bar", &self.bar).field("query", &self.query).field("rows", &self.rows).finish()
    }
}

impl<L: Listed> QueriedList<L> {
    /// Takes a query that was parsed, and returns whether it is another one: then the rows are fetched anew.
    pub fn accept(&mut self, parsed: Result<L::Query, Problem>) -> bool {
        let changed = self.bar.accept(parsed, &mut self.query);
        match (changed, L::KEEPS_ROWS) {
            (false, _) => {}
            (true, true) => self.rows.restart(),
            (true, false) => self.rows = List::default(),
        }
        changed
    }

    /// Stores all rows, which the server returns on one page, as far as they match.
    pub fn take_whole(&mut self, page: Page<L::Row>, height: usize) {
        let mut page = Page { next: None, prev: None, ..page };
        page.items.retain(|row| L::matches(&self.query, row));
        self.rows.take(page, height);
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
        let texts = Texts { empty, complaint: self.bar.complaint() };
        let below = Rect { y: area.y + lines, height: area.height.saturating_sub(lines), ..area };
        listing::draw(around, canvas, below, L::COLUMNS, &self.rows, texts);
    }

    /// The selected row in full.
    pub fn details(&self, around: &Surroundings<'_>) -> Vec<(String, String, Meaning)> {
        listing::details(around, L::COLUMNS, &self.rows)
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

    /// Applies the query, which has changed.
    fn apply_query(&mut self) {}
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

    fn apply_query(&mut self) {
        let parsed = L::parse(self.bar.field.text());
        self.accept(parsed);
    }
}
