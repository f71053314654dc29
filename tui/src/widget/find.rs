//! Looking for text in the rows of a list. Where the loaded rows have no match, the list loads more, within bounds.

use super::beside::{Beside, KnownNames};
use super::list::List;
use super::row::Row;
use super::table::Column;

/// How many pages are loaded for one step to the next match.
const MAX_FIND_PAGES: u32 = 20;

/// How a search goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FindProgress {
    /// The selected row matches, or nothing was asked for since somebody moved.
    Idle,
    /// This many more pages may be loaded.
    Loading { is_forward: bool, pages: u32 },
    /// There is no other match.
    None,
    /// There is none in the pages that were loaded, and there are more pages.
    TooFar,
}

/// What is looked for in a list.
#[derive(Debug)]
pub(super) struct Find {
    /// The text as it was typed.
    pub(super) text: String,
    /// Its words in lower case, which must all be in a row.
    words: Vec<String>,
    /// The connectors' names, which rows show.
    names: KnownNames,
    progress: FindProgress,
}

impl Find {
    pub(super) fn new(text: &str, names: &KnownNames) -> Self {
        let words = text.split_whitespace().map(str::to_lowercase).collect();
        Self { text: text.trim().to_owned(), words, names: names.clone(), progress: FindProgress::Idle }
    }

    /// Selects the next match, in this direction, and goes on at the other end of a list that is loaded whole.
    pub(super) fn step<T: Row>(
        &mut self,
        list: &mut List<T>,
        columns: &[Column<T>],
        is_forward: bool,
        height: usize,
    ) {
        self.go_on(list, columns, is_forward, MAX_FIND_PAGES, height);
    }

    /// Looks at the page that was loaded, if the search waits for one.
    pub(super) fn loaded<T: Row>(&mut self, list: &mut List<T>, columns: &[Column<T>], height: usize) {
        if let FindProgress::Loading { is_forward, pages } = self.progress {
            self.go_on(list, columns, is_forward, pages.saturating_sub(1), height);
        }
    }

    /// Gives up a search that waits, because somebody has moved.
    pub(super) fn rest(&mut self) {
        self.progress = FindProgress::Idle;
    }

    fn go_on<T: Row>(
        &mut self,
        list: &mut List<T>,
        columns: &[Column<T>],
        is_forward: bool,
        pages: u32,
        height: usize,
    ) {
        let Some(now) = list.call.as_of else { return };
        let (words, beside) = (&self.words, Beside { now, known: &self.names });
        let fits = |row: &T| {
            let text = columns
                .iter()
                .map(|column| (column.cell)(row, &beside).0)
                .collect::<Vec<_>>()
                .join("\n")
                .to_lowercase();
            words.iter().all(|word| text.contains(word))
        };
        let found = list.find(is_forward, fits);
        if let Some(place) = found {
            self.progress = FindProgress::Idle;
            return list.select(place, height);
        }
        if list.has_more(is_forward) {
            // At the end of what is loaded, the list asks for the next page by itself.
            list.select(list.end(is_forward), height);
            self.progress = match pages {
                0 => FindProgress::TooFar,
                pages => FindProgress::Loading { is_forward, pages },
            };
            return;
        }
        self.progress = FindProgress::None;
        if !list.has_more(!is_forward) {
            let first = list.end(!is_forward);
            let before = list.selected();
            let place = if list.row(first).is_some_and(fits) {
                Some(first)
            } else {
                list.select(first, height);
                list.find(is_forward, fits)
            };
            list.select(place.unwrap_or(before), height);
            if place.is_some_and(|place| place != before) {
                self.progress = FindProgress::Idle;
            }
        }
    }

    /// What is looked for, and how that goes.
    pub(super) fn label(&self) -> String {
        let how = match self.progress {
            FindProgress::Idle => "",
            FindProgress::Loading { .. } => ": loading more rows",
            FindProgress::None => ": no other row that way",
            FindProgress::TooFar => ": none so far, the same key goes on",
        };
        format!("find {}{how}", self.text)
    }
}
