//! A window onto a list of any length. It keeps the pages around the cursor and never the whole list.

use std::collections::{BTreeMap, BTreeSet};

use bowline_api::Page;
use bowline_api::page::Total;

use super::call_state::CallState;

/// Rows per request.
pub const PAGE_ROWS: u32 = 100;
/// The maximum number of pages kept; the one farthest from the window is dropped first.
const MAX_PAGES: usize = 8;
/// The next page is fetched when the window ends within this many rows of the loaded ones.
const PREFETCH_ROWS: usize = 50;

/// Where a known page begins.
#[derive(Debug)]
struct PageStart {
    /// The cursor that returns the page.
    cursor: Option<String>,
    /// The index of its first row in the list.
    start: usize,
}

/// A sparse cache of consecutive pages, with a selected row and a window.
#[derive(Debug)]
pub struct List<T> {
    pages: BTreeMap<usize, Vec<T>>,
    page_starts: Vec<PageStart>,
    /// Rows seen so far; there may be more.
    rows: usize,
    complete: bool,
    requested: usize,
    /// Whether the next answer replaces everything, because the filter or the data may have changed.
    replacing: bool,
    /// The number of matching rows that the server reported.
    pub total: Option<Total>,
    /// Ids of rows that the server left out, because only a newer version knows their state.
    pub unknown_state: BTreeSet<String>,
    /// The state of its calls.
    pub call: CallState,
    selected: usize,
    top: usize,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self {
            pages: BTreeMap::new(),
            page_starts: vec![PageStart { cursor: None, start: 0 }],
            rows: 0,
            complete: false,
            requested: 0,
            replacing: false,
            total: None,
            unknown_state: BTreeSet::new(),
            call: CallState::default(),
            selected: 0,
            top: 0,
        }
    }
}

impl<T> List<T> {
    /// Rows seen so far.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether no row has been seen.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Whether the last row of the list has been seen.
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// The index of the selected row.
    pub fn selected(&self) -> usize {
        self.selected
    }

    /// The selected row, if it is loaded.
    pub fn current(&self) -> Option<&T> {
        self.row(self.selected)
    }

    /// The row at this index, if it is loaded.
    pub fn row(&self, place: usize) -> Option<&T> {
        let page = self.page_of(place);
        self.pages.get(&page)?.get(place - self.page_starts[page].start)
    }

    /// The index of the first visible row.
    pub fn top(&self) -> usize {
        self.top
    }

    /// All loaded rows, to update them in place.
    pub fn loaded_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.pages.values_mut().flatten()
    }

    /// The number of rows held in memory.
    pub fn held(&self) -> usize {
        self.pages.values().map(Vec::len).sum()
    }

    /// Moves the selection by this many rows, and the window (of `height` rows) with it.
    pub fn step(&mut self, by: isize, height: usize) {
        let last = self.rows.saturating_sub(1);
        self.selected = self.selected.saturating_add_signed(by).min(last);
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
        self.top = self.top.min(self.rows.saturating_sub(height));
    }

    /// Reloads the list from the first row, as after a change of filter. The old rows stay visible until the answer
    /// arrives.
    pub fn restart(&mut self) {
        self.call.reset();
        self.replacing = true;
        self.requested = 0;
        (self.selected, self.top) = (0, 0);
    }

    /// Reloads the page with the selected row and keeps the position. The other pages are dropped when the answer
    /// arrives.
    pub fn refresh(&mut self) {
        self.call.reset();
        self.replacing = true;
        self.requested = self.page_of(self.selected);
    }

    /// The cursor of the page to fetch next for a window of `height` rows; `None` if nothing is missing.
    pub fn next_missing(&mut self, height: usize) -> Option<Option<String>> {
        if !self.replacing {
            let last = (self.top + height + PREFETCH_ROWS).min(self.rows);
            let missing = (self.page_of(self.top)..self.page_starts.len())
                .take_while(|page| self.page_starts[*page].start <= last)
                .find(|page| !self.pages.contains_key(page));
            self.requested = missing?;
        }
        Some(self.page_starts[self.requested].cursor.clone())
    }

    /// Stores the page that was requested.
    pub fn take(&mut self, page: Page<T>, height: usize) {
        let at = self.requested;
        if self.replacing {
            self.replacing = false;
            self.pages.clear();
            self.unknown_state.clear();
            self.page_starts.truncate(at + 1);
            self.rows = self.page_starts[at].start;
        }
        let end = self.page_starts[at].start + page.items.len();
        if at + 1 == self.page_starts.len() {
            self.rows = end;
            self.complete = page.next.is_none();
            if page.next.is_some() {
                self.page_starts.push(PageStart { cursor: page.next, start: end });
            }
        }
        self.total = page.total.or(self.total.filter(|_| at > 0));
        self.pages.insert(at, page.items);
        self.unknown_state.extend(page.unknown_state);
        self.selected = self.selected.min(self.rows.saturating_sub(1));
        self.follow(height);
        self.drop_far_pages();
    }

    fn drop_far_pages(&mut self) {
        let here = self.page_of(self.top);
        while self.pages.len() > MAX_PAGES {
            let far = self.pages.keys().copied().max_by_key(|page| page.abs_diff(here));
            match far {
                Some(page) => self.pages.remove(&page),
                None => break,
            };
        }
    }

    fn page_of(&self, place: usize) -> usize {
        self.page_starts.partition_point(|k| k.start <= place).saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server with this many rows. Each row is its own index, and the cursor is the index of the next row.
    fn serve(total: usize, cursor: Option<&str>) -> Page<usize> {
        let from = cursor.map_or(0, |c| c.parse().unwrap());
        let to = (from + PAGE_ROWS as usize).min(total);
        Page {
            items: (from..to).collect(),
            next: (to < total).then(|| to.to_string()),
            prev: None,
            total: None,
            unknown_state: Vec::new(),
        }
    }

    fn settle(list: &mut List<usize>, total: usize) -> usize {
        let mut calls = 0;
        while let Some(cursor) = list.next_missing(20) {
            list.take(serve(total, cursor.as_deref()), 20);
            calls += 1;
            assert!(calls < 100, "it never has enough");
        }
        calls
    }

    #[test]
    fn a_long_way_down_and_up_again_holds_few_rows_and_shows_the_right_ones() {
        let total = 50_000;
        let mut list = List::default();
        settle(&mut list, total);
        while list.selected() + 1 < total {
            list.step(37, 20);
            settle(&mut list, total);
            assert_eq!(list.current(), Some(&list.selected()));
            assert!(list.held() <= MAX_PAGES * PAGE_ROWS as usize);
        }
        assert!(list.is_complete());
        assert_eq!(list.len(), total);
        list.step(isize::MIN, 20);
        settle(&mut list, total);
        assert_eq!((list.selected(), list.current()), (0, Some(&0)));
    }

    #[test]
    fn the_next_page_is_fetched_before_its_edge_is_reached_and_only_then() {
        let mut list = List::default();
        assert_eq!(settle(&mut list, 1_000), 1);
        list.step(25, 20);
        assert_eq!(settle(&mut list, 1_000), 0);
        list.step(30, 20);
        assert_eq!(settle(&mut list, 1_000), 1);
    }

    #[test]
    fn a_refresh_keeps_the_place_and_a_restart_goes_to_the_top() {
        let mut list = List::default();
        settle(&mut list, 400);
        list.step(99, 20);
        settle(&mut list, 400);
        list.step(51, 20);
        settle(&mut list, 400);
        list.refresh();
        assert_eq!(list.current(), Some(&150), "the old rows stay in sight");
        settle(&mut list, 400);
        assert_eq!((list.selected(), list.current()), (150, Some(&150)));
        list.refresh();
        list.next_missing(20);
        list.take(serve(120, Some("100")), 20);
        settle(&mut list, 120);
        assert_eq!((list.selected(), list.current()), (119, Some(&119)), "the list became shorter");
        list.restart();
        settle(&mut list, 3);
        assert_eq!((list.selected(), list.len()), (0, 3));
    }

    #[test]
    fn an_empty_list_is_asked_for_once() {
        let mut list = List::default();
        assert_eq!(settle(&mut list, 0), 1);
        assert!(list.is_empty() && list.is_complete() && list.current().is_none());
    }
}
