//! What can be done with a list whatever its rows are.

use chrono::{DateTime, Utc};

use super::call_state::CallState;
use super::list::List;
use super::row::Row;

/// A list whatever its rows are.
pub trait Rows {
    /// The state of its calls.
    fn call(&self) -> &CallState;

    /// The state of its calls, to change it.
    fn call_mut(&mut self) -> &mut CallState;

    /// Moves the selection by this many rows in a window of `height` rows.
    fn step(&mut self, by: isize, height: usize);

    /// How far the row in this line of the window is from the selected one; `None` if there is none.
    fn distance(&self, line: usize) -> Option<isize>;

    /// Keeps the selection within a window of `height` rows.
    fn follow(&mut self, height: usize);

    /// Reloads the rows and keeps the position.
    fn refresh(&mut self);

    /// When the next mark of a change goes; `None` if none is shown.
    fn next_change_end(&self) -> Option<DateTime<Utc>>;
}

impl<T: Row> Rows for List<T> {
    fn call(&self) -> &CallState {
        &self.call
    }

    fn call_mut(&mut self) -> &mut CallState {
        &mut self.call
    }

    fn step(&mut self, by: isize, height: usize) {
        List::step(self, by, height);
    }

    fn distance(&self, line: usize) -> Option<isize> {
        let place = self.top() + line;
        self.row(place)?;
        Some(place.cast_signed() - self.selected().cast_signed())
    }

    fn follow(&mut self, height: usize) {
        List::follow(self, height);
    }

    fn refresh(&mut self) {
        List::refresh(self);
    }

    fn next_change_end(&self) -> Option<DateTime<Utc>> {
        self.changes.next_end()
    }
}
