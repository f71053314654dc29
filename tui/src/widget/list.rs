//! A window onto a list of any length. It keeps the pages around the window, joined by the ids of their rows, and never
//! the whole list.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::ops::RangeInclusive;

use bowline_api::Page;
use bowline_api::page::Total;
use chrono::{DateTime, Utc};

use crate::client::PageQuery;

use super::call_state::CallState;
use super::changes::Changes;
use super::marks::Marks;
use super::row::Row;

mod anew;
mod ends;

/// Rows per request.
const PAGE_ROWS: u32 = 100;
/// The maximum number of pages kept; the one farthest from the window is dropped first.
const MAX_LIST_PAGES: usize = 8;
/// The next page is fetched when the window ends within this many rows of the loaded ones.
const PREFETCH_ROWS: usize = 50;

/// A loaded page.
#[derive(Debug)]
struct Loaded<T> {
    /// The cursor that returned it; `None` for the first page.
    from: Option<String>,
    rows: Vec<T>,
    prev: Option<String>,
    next: Option<String>,
}

/// What the request in progress asks for.
#[derive(Debug)]
enum AskedPage {
    /// Everything anew, beginning with the page of this cursor, above which this many rows are known.
    Anew { cursor: Option<String>, above: usize },
    /// The page above the loaded ones.
    Above(String),
    /// The page below the loaded ones.
    Below(String),
}

impl AskedPage {
    const FIRST: Self = Self::Anew { cursor: None, above: 0 };

    fn cursor(&self) -> Option<&String> {
        match self {
            Self::Anew { cursor, .. } => cursor.as_ref(),
            Self::Above(cursor) | Self::Below(cursor) => Some(cursor),
        }
    }
}

/// What the next answer replaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Replaces {
    /// Nothing: it is joined to the rows.
    Nothing,
    /// Everything, because the data may have changed; the selection stays with its row.
    Kept,
    /// Everything, from the first row on.
    Anew,
    /// Everything, because the rows are those of another query.
    OtherQuery,
}

/// Consecutive pages of a list, with a selected row and a window. Places are indexes in the whole list, as far as it is
/// known; the selection follows the id of its row.
#[derive(Debug)]
pub struct List<T: Row> {
    pages: VecDeque<Loaded<T>>,
    /// The number of known rows above the loaded ones.
    above: usize,
    asked: AskedPage,
    /// What the next answer replaces.
    replaces: Replaces,
    /// The number of matching rows that the server reported.
    total: Option<Total>,
    /// Ids of rows that the server left out, because only a newer version knows their state.
    pub unknown_state: BTreeSet<String>,
    /// Whether the server ran out of time before it had found all rows.
    pub incomplete: bool,
    /// The state of its calls.
    pub call: CallState,
    /// The place of the selected row.
    selected: usize,
    /// The place of the first visible row.
    top: usize,
    /// The marked rows.
    pub marks: Marks<T::Id>,
    /// The rows that others have changed.
    pub changes: Changes<T::Id>,
}

impl<T: Row> Default for List<T> {
    fn default() -> Self {
        Self {
            pages: VecDeque::new(),
            above: 0,
            asked: AskedPage::FIRST,
            replaces: Replaces::Anew,
            total: None,
            unknown_state: BTreeSet::new(),
            incomplete: false,
            call: CallState::default(),
            selected: 0,
            top: 0,
            marks: Marks::default(),
            changes: Changes::default(),
        }
    }
}

impl<T: Row> List<T> {
    /// The number of rows down to the last loaded one; there may be more.
    pub fn len(&self) -> usize {
        self.above + self.held()
    }

    /// Whether no row is loaded.
    pub fn is_empty(&self) -> bool {
        self.held() == 0
    }

    /// Whether the last row of the list is loaded.
    pub fn is_complete(&self) -> bool {
        self.pages.back().is_some_and(|page| page.next.is_none())
    }

    /// The place of the selected row.
    pub fn selected(&self) -> usize {
        self.selected
    }

    /// The selected row, if it is loaded.
    pub fn current(&self) -> Option<&T> {
        self.row(self.selected)
    }

    /// The row at this place, if it is loaded.
    pub fn row(&self, place: usize) -> Option<&T> {
        let mut index = place.checked_sub(self.above)?;
        for page in &self.pages {
            match page.rows.get(index) {
                Some(row) => return Some(row),
                None => index -= page.rows.len(),
            }
        }
        None
    }

    /// The rows from the one at which a range of marks began to the selected one; `None` if there is no range, or if its
    /// first row is not loaded any more.
    pub fn range(&self) -> Option<RangeInclusive<usize>> {
        let anchor = self.marks.anchor()?;
        let place = self.above + self.loaded().position(|row| row.row_id() == anchor)?;
        Some(place.min(self.selected)..=place.max(self.selected))
    }

    /// The place of the first visible row.
    pub fn top(&self) -> usize {
        self.top
    }

    /// All loaded rows.
    pub fn loaded(&self) -> impl Iterator<Item = &T> {
        self.pages.iter().flat_map(|page| &page.rows)
    }

    /// All loaded rows, to update them in place.
    pub fn loaded_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.pages.iter_mut().flat_map(|page| &mut page.rows)
    }

    /// Gives the row with this id its new values, if it is loaded; returns whether it is. A new state is marked as a
    /// change unless this operator has just made it.
    pub fn update(&mut self, new: &T, is_own: bool) -> bool
    where
        T: Clone,
    {
        let id = new.row_id();
        if let Some(state) = new.state() {
            self.changes.note(id, &state, is_own);
        }
        let row = self.loaded_mut().find(|row| row.row_id() == id);
        row.map(|row| row.clone_from(new)).is_some()
    }

    /// The number of rows held in memory.
    pub fn held(&self) -> usize {
        self.pages.iter().map(|page| page.rows.len()).sum()
    }

    /// The number of rows of the whole list: exact once its end is loaded, otherwise as the server reported it.
    pub fn total(&self) -> Option<Total> {
        let loaded = self.len() as u64;
        if self.is_complete() && !self.incomplete {
            return Some(Total { count: loaded, approximate: false });
        }
        self.total.map(|total| Total { count: total.count.max(loaded), ..total })
    }

    /// Moves the selection by this many rows, and the window (of `height` rows) with it. Above the loaded rows, only the
    /// first row of the list can be reached at once.
    pub fn step(&mut self, by: isize, height: usize) {
        let has_more_above = self.pages.front().is_some_and(|page| page.prev.is_some());
        if by == isize::MIN && has_more_above {
            return self.restart();
        }
        let last = self.len().saturating_sub(1);
        let place = self.selected.saturating_add_signed(by).clamp(self.above.min(last), last);
        self.select(place, height);
    }

    /// Selects the row at this place, which must be loaded. Somebody has looked at it then, and at the one before.
    pub fn select(&mut self, place: usize, height: usize) {
        for place in [self.selected, place] {
            if let Some(id) = self.row(place).map(Row::row_id) {
                self.changes.seen(id);
            }
        }
        self.selected = place;
        self.follow(height);
    }

    /// Keeps the selection within a window of `height` rows.
    pub fn follow(&mut self, height: usize) {
        let height = height.max(1);
        if self.selected < self.top {
            self.top = self.selected;
        } else if self.selected >= self.top + height {
            self.top = self.selected + 1 - height;
        }
        self.top = self.top.min(self.len().saturating_sub(height)).max(self.above);
    }

    /// Reloads the page with the selected row. The selection stays with its row; the other pages are dropped when the
    /// answer arrives.
    pub fn refresh(&mut self) {
        self.call.reset();
        if self.replaces != Replaces::Nothing {
            return;
        }
        let mut above = self.above;
        let here = self.pages.iter().find(|page| {
            let holds = self.selected < above + page.rows.len();
            above += if holds { 0 } else { page.rows.len() };
            holds
        });
        self.asked = match here {
            Some(page) => AskedPage::Anew { cursor: page.from.clone(), above },
            None => AskedPage::FIRST,
        };
        self.replaces = Replaces::Kept;
    }

    /// The cursor of the page to fetch next for a window of `height` rows; `None` if nothing is missing.
    pub fn next_missing(&mut self, height: usize) -> Option<Option<String>> {
        if self.replaces == Replaces::Nothing {
            let below = self.pages.back().and_then(|page| page.next.clone());
            let above = self.pages.front().and_then(|page| page.prev.clone());
            let ends_soon = self.top + height + PREFETCH_ROWS >= self.len();
            let begins_soon = self.top < self.above + PREFETCH_ROWS;
            self.asked = match (below, above) {
                (Some(cursor), _) if ends_soon => AskedPage::Below(cursor),
                (_, Some(cursor)) if begins_soon => AskedPage::Above(cursor),
                _ => return None,
            };
        }
        Some(self.asked.cursor().cloned())
    }

    /// The page to request now; `None` if nothing is missing, or if a call is in progress or waits after a failure.
    pub fn next_page(&mut self, now: DateTime<Utc>, height: usize) -> Option<PageQuery> {
        self.changes.shown(now);
        self.drop_if_failed();
        if !self.call.may_start(now) {
            return None;
        }
        let cursor = self.next_missing(height)?;
        Some(PageQuery { cursor, limit: PAGE_ROWS })
    }

    /// Stores the page that was requested.
    pub fn take(&mut self, page: Page<T>, height: usize) {
        self.unknown_state.extend(page.unknown_state.iter().cloned());
        self.incomplete |= page.incomplete;
        self.note_states(&page.items);
        match std::mem::replace(&mut self.asked, AskedPage::FIRST) {
            // The rows from this page on are gone; what is left is above it.
            AskedPage::Anew { cursor: Some(_), .. } if page.items.is_empty() => {
                self.total = page.total.or(self.total);
                return;
            }
            AskedPage::Anew { cursor, above } => self.replace(page, cursor, above),
            AskedPage::Above(cursor) => self.join_above(page, cursor),
            AskedPage::Below(cursor) => self.join_below(page, cursor),
        }
        let last = self.len().saturating_sub(1);
        self.selected = self.selected.clamp(self.above.min(last), last);
        self.follow(height);
        self.drop_far_pages();
    }

    fn note_states(&mut self, rows: &[T]) {
        for row in rows {
            if let Some(state) = row.state() {
                self.changes.note(row.row_id(), &state, false);
            }
        }
        let pages = &self.pages;
        let is_new = |id| rows.iter().any(|row| row.row_id() == id);
        let is_loaded = |id| pages.iter().flat_map(|page| &page.rows).any(|row| row.row_id() == id);
        self.changes.bound(|id| is_new(id) || is_loaded(id));
    }

    fn replace(&mut self, page: Page<T>, cursor: Option<String>, above: usize) {
        let kept = self.current().map(Row::row_id).filter(|_| self.replaces == Replaces::Kept);
        let in_window = self.selected.saturating_sub(self.top);
        self.total = page.total.or(self.total.filter(|_| cursor.is_some()));
        self.unknown_state = page.unknown_state.into_iter().collect();
        self.incomplete = page.incomplete;
        self.above = if page.prev.is_none() { 0 } else { above };
        let place = kept.and_then(|id| page.items.iter().position(|row| row.row_id() == id));
        match place {
            Some(place) => {
                self.selected = self.above + place;
                self.top = self.selected.saturating_sub(in_window);
            }
            None if self.replaces == Replaces::Kept => {}
            None => (self.selected, self.top) = (0, 0),
        }
        self.pages.clear();
        self.pages.push_back(Loaded { from: cursor, rows: page.items, prev: page.prev, next: page.next });
        self.replaces = Replaces::Nothing;
    }

    fn join_below(&mut self, page: Page<T>, cursor: String) {
        // A search that begins with what matches best counts its rows on the first page of what follows.
        self.total = page.total.or(self.total);
        let rows = self.only_new(page.items);
        match self.pages.back_mut() {
            Some(last) if rows.is_empty() => last.next = page.next,
            _ => self.pages.push_back(Loaded { from: Some(cursor), rows, prev: page.prev, next: page.next }),
        }
    }

    fn join_above(&mut self, page: Page<T>, cursor: String) {
        let rows = self.only_new(page.items);
        let added = rows.len();
        // Rows may have come or gone above, so the places are counted anew from the first row.
        let above = if page.prev.is_none() { 0 } else { self.above.saturating_sub(added) };
        let shifted = |place: usize| (place + above + added).saturating_sub(self.above);
        (self.selected, self.top) = (shifted(self.selected), shifted(self.top));
        self.above = above;
        match self.pages.front_mut() {
            Some(first) if rows.is_empty() => first.prev = page.prev,
            _ => self.pages.push_front(Loaded { from: Some(cursor), rows, prev: page.prev, next: page.next }),
        }
    }

    /// The rows that are not loaded yet. A row that is loaded takes the new values and keeps its place.
    fn only_new(&mut self, rows: Vec<T>) -> Vec<T> {
        let mut loaded: HashMap<T::Id, &mut T> = self.loaded_mut().map(|row| (row.row_id(), row)).collect();
        let mut new = Vec::new();
        for row in rows {
            match loaded.get_mut(&row.row_id()) {
                Some(known) => **known = row,
                None => new.push(row),
            }
        }
        new
    }

    fn drop_far_pages(&mut self) {
        while self.pages.len() > MAX_LIST_PAGES {
            let rows_above = self.top.saturating_sub(self.above);
            let rows_below = self.len().saturating_sub(self.top);
            if rows_above > rows_below {
                let dropped = self.pages.pop_front();
                self.above += dropped.map_or(0, |page| page.rows.len());
            } else {
                self.pages.pop_back();
            }
        }
    }
}

#[cfg(test)]
mod tests;
