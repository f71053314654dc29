//! The rows of a list that the operator has marked, by their ids: they stay marked when the list is refreshed or scrolled.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

/// The marked rows.
#[derive(Debug)]
pub struct Marks<Id> {
    /// The marked rows, each with the group that it belongs to, such as a tenant.
    rows: HashMap<Id, String>,
    /// The row at which a range began.
    anchor: Option<Id>,
    /// Whether all rows that match the query are marked, also those that are not loaded.
    all: bool,
}

impl<Id> Default for Marks<Id> {
    fn default() -> Self {
        Self { rows: HashMap::new(), anchor: None, all: false }
    }
}

impl<Id: Copy + Eq + Hash> Marks<Id> {
    /// Whether nothing is marked and no range has begun.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.anchor.is_none() && !self.all
    }

    /// The number of rows that were marked one by one or as a range.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether all rows that match the query are marked.
    pub fn is_all(&self) -> bool {
        self.all
    }

    /// Whether this row is marked.
    pub fn contains(&self, id: Id) -> bool {
        self.all || self.rows.contains_key(&id)
    }

    /// The row at which a range began.
    pub fn anchor(&self) -> Option<Id> {
        self.anchor
    }

    /// Marks a row of this group, or takes its mark away.
    pub fn toggle(&mut self, id: Id, group: &str) {
        if self.rows.remove(&id).is_none() {
            self.rows.insert(id, group.to_owned());
        }
    }

    /// Begins a range at this row.
    pub fn begin_range(&mut self, id: Id) {
        self.anchor = Some(id);
    }

    /// Marks these rows, each with its group, and ends the range.
    pub fn end_range(&mut self, rows: impl Iterator<Item = (Id, String)>) {
        self.rows.extend(rows);
        self.anchor = None;
    }

    /// Marks all rows that match the query, or takes that mark away.
    pub fn toggle_all(&mut self) {
        *self = Self { all: !self.all, ..Self::default() };
    }

    /// Takes the mark of all rows away, because another query matches other rows. Single marks stay.
    pub fn query_changed(&mut self) {
        (self.all, self.anchor) = (false, None);
    }

    /// The marked rows.
    pub fn ids(&self) -> impl Iterator<Item = Id> {
        self.rows.keys().copied()
    }

    /// The groups of the marked rows.
    pub fn groups(&self) -> BTreeSet<&str> {
        self.rows.values().map(String::as_str).collect()
    }
}
