//! Loading a list anew: from its first row, at the selected one, or for another query.

use crate::widget::row::Row;

use super::{AskedPage, List, Replaces};

impl<T: Row> List<T> {
    /// Reloads the list from the first row. The old rows stay visible until the answer arrives.
    pub fn restart(&mut self) {
        let is_behind = self.is_behind();
        self.call.reset();
        self.asked = AskedPage::FIRST;
        self.replaces = if is_behind { Replaces::OtherQuery } else { Replaces::Anew };
    }

    /// The same for another query. If the server refuses it or cannot be reached, the rows of the query before go.
    pub fn restart_for_query(&mut self) {
        self.restart();
        self.replaces = Replaces::OtherQuery;
    }

    /// Whether the rows are still those of the query before.
    pub fn is_behind(&self) -> bool {
        self.replaces == Replaces::OtherQuery
    }

    /// Drops the rows of the query before, once the call for the new one has failed.
    pub(super) fn drop_if_failed(&mut self) {
        if self.is_behind() && self.call.last_failure.is_some() {
            self.pages.clear();
            self.unknown_state.clear();
            (self.above, self.selected, self.top) = (0, 0, 0);
            (self.total, self.incomplete) = (None, false);
        }
    }
}
