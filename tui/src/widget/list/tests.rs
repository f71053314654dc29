//! What a list shows while the rows at the server change.

use super::*;

impl Row for usize {
    type Id = Self;

    fn row_id(&self) -> Self {
        *self
    }
}

/// A server with these rows, in this order. A cursor names the rows after one (`>7`) or before one (`<7`).
fn serve_rows(rows: &[usize], cursor: Option<&str>) -> Page<usize> {
    let size = PAGE_ROWS as usize;
    let place = |id: &str| rows.partition_point(|row| *row < id.parse::<usize>().unwrap());
    let (from, to) = match cursor.map(|cursor| cursor.split_at(1)) {
        None => (0, size),
        Some((">", id)) => {
            let from = rows.partition_point(|row| *row <= id.parse::<usize>().unwrap());
            (from, from + size)
        }
        Some((_, id)) => (place(id).saturating_sub(size), place(id)),
    };
    let to = to.min(rows.len());
    let items = rows[from.min(to)..to].to_vec();
    Page {
        next: items.last().filter(|_| to < rows.len()).map(|last| format!(">{last}")),
        prev: items.first().filter(|_| from > 0).map(|first| format!("<{first}")),
        items,
        total: None,
        unknown_state: Vec::new(),
        incomplete: false,
    }
}

fn settle_rows(list: &mut List<usize>, rows: &[usize]) -> usize {
    let mut calls = 0;
    while let Some(cursor) = list.next_missing(20) {
        list.take(serve_rows(rows, cursor.as_deref()), 20);
        calls += 1;
        assert!(calls < 100, "it never has enough");
    }
    calls
}

fn settle_list(list: &mut List<usize>, total: usize) -> usize {
    settle_rows(list, &(0..total).collect::<Vec<_>>())
}

/// Every row that is loaded, with its place, and the assertion that none stands twice.
fn all_loaded_rows(list: &List<usize>) -> Vec<usize> {
    let rows: Vec<_> = list.loaded().copied().collect();
    let once: BTreeSet<_> = rows.iter().collect();
    assert_eq!(once.len(), rows.len(), "a row stands twice: {rows:?}");
    rows
}

#[test]
fn a_long_way_down_and_up_again_holds_few_rows_and_shows_the_right_ones() {
    let total = 50_000;
    let mut list = List::default();
    settle_list(&mut list, total);
    while list.selected() + 1 < total {
        list.step(37, 20);
        settle_list(&mut list, total);
        assert_eq!(list.current(), Some(&list.selected()));
        assert!(list.held() <= MAX_LIST_PAGES * PAGE_ROWS as usize);
    }
    assert!(list.is_complete());
    assert_eq!(list.len(), total);
    list.step(isize::MIN, 20);
    settle_list(&mut list, total);
    assert_eq!((list.selected(), list.current()), (0, Some(&0)));
}

#[test]
fn the_next_page_is_fetched_before_its_edge_is_reached_and_only_then() {
    let mut list = List::default();
    assert_eq!(settle_list(&mut list, 1_000), 1);
    list.step(25, 20);
    assert_eq!(settle_list(&mut list, 1_000), 0);
    list.step(30, 20);
    assert_eq!(settle_list(&mut list, 1_000), 1);
}

#[test]
fn a_refresh_keeps_the_place_and_a_restart_goes_to_the_top() {
    let mut list = List::default();
    settle_list(&mut list, 400);
    list.step(99, 20);
    settle_list(&mut list, 400);
    list.step(51, 20);
    settle_list(&mut list, 400);
    list.refresh();
    assert_eq!(list.current(), Some(&150), "the old rows stay in sight");
    settle_list(&mut list, 400);
    assert_eq!((list.selected(), list.current()), (150, Some(&150)));
    list.refresh();
    settle_list(&mut list, 120);
    assert_eq!((list.selected(), list.current()), (119, Some(&119)), "the list became shorter");
    list.restart();
    settle_list(&mut list, 3);
    assert_eq!((list.selected(), list.len()), (0, 3));
}

#[test]
fn the_selection_is_a_row_and_not_a_place() {
    let mut list = List::default();
    settle_list(&mut list, 50);
    list.step(10, 20);
    list.refresh();
    let mut rows: Vec<_> = (0..50).collect();
    rows.retain(|row| ![3, 4, 5].contains(row));
    settle_rows(&mut list, &rows);
    assert_eq!((list.current(), list.selected()), (Some(&10), 7), "rows above it are gone");
    list.refresh();
    settle_list(&mut list, 50);
    assert_eq!((list.current(), list.selected()), (Some(&10), 10), "new rows stand above it");
    list.refresh();
    rows.retain(|row| *row != 10);
    settle_rows(&mut list, &rows);
    assert_eq!(list.current(), Some(&14), "its row is gone, so the place is what remains");
}

#[test]
fn rows_that_another_client_changed_stand_once_and_leave_no_gap() {
    let mut rows: Vec<_> = (0..450).collect();
    let mut list = List::default();
    settle_rows(&mut list, &rows);
    list.step(99, 20);
    settle_rows(&mut list, &rows);
    list.step(21, 20);
    settle_rows(&mut list, &rows);
    // Six rows vanish from the page above while the second one is on the screen.
    rows.retain(|row| !(40..46).contains(row));
    list.refresh();
    settle_rows(&mut list, &rows);
    assert_eq!(list.current(), Some(&120));
    list.step(-100, 20);
    settle_rows(&mut list, &rows);
    list.step(isize::MAX, 20);
    settle_rows(&mut list, &rows);
    while !list.is_complete() {
        list.step(isize::MAX, 20);
        settle_rows(&mut list, &rows);
    }
    assert_eq!(all_loaded_rows(&list), rows, "every row once, in order, with no gap");
    assert_eq!(list.len(), rows.len());
}

#[test]
fn a_row_that_moved_down_takes_its_new_values_and_stands_once() {
    let mut list: List<usize> = List::default();
    settle_list(&mut list, 250);
    let cursor = list.next_missing(20).flatten();
    assert_eq!(cursor, None);
    list.step(90, 20);
    list.next_missing(20);
    let mut page = serve_rows(&(0..250).collect::<Vec<_>>(), Some(">99"));
    page.items.insert(3, 7);
    list.take(page, 20);
    assert_eq!(all_loaded_rows(&list).len(), 200);
}

#[test]
fn the_number_of_rows_is_exact_once_the_end_is_loaded() {
    let mut list = List::default();
    list.next_missing(20);
    let mut page = serve_rows(&(0..29).collect::<Vec<_>>(), None);
    page.total = Some(Total { count: 117, approximate: true });
    list.take(page, 20);
    assert_eq!(list.total(), Some(Total { count: 29, approximate: false }));
}

#[test]
fn going_to_the_first_row_from_afar_asks_for_the_first_page() {
    let mut list = List::default();
    settle_list(&mut list, 3_000);
    while !list.is_complete() {
        list.step(isize::MAX, 20);
        settle_list(&mut list, 3_000);
    }
    assert!(list.row(0).is_none(), "the first page was dropped");
    list.step(isize::MIN, 20);
    assert_eq!(settle_list(&mut list, 3_000), 1);
    assert_eq!((list.selected(), list.current()), (0, Some(&0)));
}

#[test]
fn an_empty_list_is_asked_for_once() {
    let mut list = List::default();
    assert_eq!(settle_list(&mut list, 0), 1);
    assert!(list.is_empty() && list.is_complete() && list.current().is_none());
}
