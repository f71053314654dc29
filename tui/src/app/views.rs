//! The stack of views: what is shown, where it was opened from, and the history in both directions.

use chrono::{DateTime, Utc};

use crate::interface::screen::Screen;
use crate::registry::place::Place;
use crate::screen::all::open;

use super::setup::Start;

/// Where the client starts.
pub(super) const HOME: Place = Place::Accounts;

/// The number of views kept; the oldest is dropped first.
const MAX_VIEWS: usize = 32;

/// Identifies a view; no other view of the client has the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ViewId(u64);

/// A screen at a place, with its own query, selection and rows.
#[derive(Debug)]
pub struct View {
    /// Identifies the view to the calls that it makes.
    pub id: ViewId,
    /// What it shows.
    pub place: Place,
    /// The view from which it was opened, one level up.
    parent: Option<ViewId>,
    /// The screen's state.
    pub screen: Box<dyn Screen>,
}

/// All views in the order of the history. There is always a current one.
#[derive(Debug)]
pub struct Views {
    first: View,
    rest: Vec<View>,
    /// The index of the current view in the history.
    at: usize,
    last_id: u64,
}

impl Views {
    /// Begins with a view of this place. Ids continue after `last_id`, so that no late answer finds another view.
    pub(super) fn after(last_id: u64, place: Place) -> Self {
        let id = ViewId(last_id + 1);
        let first = View { id, place, parent: None, screen: open(place) };
        Self { first, rest: Vec::new(), at: 0, last_id: last_id + 1 }
    }

    /// Begins with a view of this place.
    pub fn new(place: Place) -> Self {
        Self::after(0, place)
    }

    /// Begins with a view of this place. What shows one of many is one level below their list.
    fn beginning_at(place: Place) -> Self {
        let list = match place {
            Place::Account(_) => Place::Accounts,
            Place::Job(_) => Place::Jobs,
            place => return Self::new(place),
        };
        let mut views = Self::new(list);
        views.descend(place);
        views
    }

    /// Begins where the client was told to start.
    pub(super) fn starting(start: Option<&Start>, now: DateTime<Utc>) -> Self {
        match start {
            None => Self::new(HOME),
            Some(Start::Place(place)) => Self::beginning_at(*place),
            Some(Start::Shortened(id)) => {
                let mut views = Self::new(Place::Accounts);
                views.current_mut().screen.open_found(id, now);
                views
            }
        }
    }

    /// Drops all views and begins anew.
    pub fn reset(&mut self, place: Place) {
        *self = Self::after(self.last_id, place);
    }

    fn len(&self) -> usize {
        self.rest.len() + 1
    }

    fn nth_view(&self, at: usize) -> &View {
        at.checked_sub(1).and_then(|at| self.rest.get(at)).unwrap_or(&self.first)
    }

    fn nth_mut(&mut self, at: usize) -> &mut View {
        match at.checked_sub(1).and_then(|at| self.rest.get_mut(at)) {
            Some(view) => view,
            None => &mut self.first,
        }
    }

    fn position(&self, id: ViewId) -> Option<usize> {
        (0..self.len()).find(|at| self.nth_view(*at).id == id)
    }

    /// The current view.
    pub fn current(&self) -> &View {
        self.nth_view(self.at)
    }

    /// The current view, to change it.
    pub fn current_mut(&mut self) -> &mut View {
        self.nth_mut(self.at)
    }

    /// The view with this id, unless it is gone.
    pub fn get_mut(&mut self, id: ViewId) -> Option<&mut View> {
        self.position(id).map(|at| self.nth_mut(at))
    }

    /// All views.
    pub fn iter(&self) -> impl Iterator<Item = &View> {
        std::iter::once(&self.first).chain(&self.rest)
    }

    /// All views, to change them.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut View> {
        std::iter::once(&mut self.first).chain(&mut self.rest)
    }

    /// Opens a place one level below the current view.
    pub fn descend(&mut self, place: Place) {
        let parent = self.current().id;
        self.last_id += 1;
        self.push(View { id: ViewId(self.last_id), place, parent: Some(parent), screen: open(place) });
    }

    /// Switches to a place on the first level. A view of it that exists is used again, with its query and selection.
    /// Returns whether the view is new.
    pub fn switch(&mut self, place: Place) -> bool {
        if self.current().place == place && self.current().parent.is_none() {
            return false;
        }
        let known = (0..self.len()).rev().find(|at| {
            let view = self.nth_view(*at);
            view.place == place && view.parent.is_none()
        });
        if let Some(at) = known {
            self.at = at;
            self.enter();
            return false;
        }
        self.last_id += 1;
        self.push(View { id: ViewId(self.last_id), place, parent: None, screen: open(place) });
        true
    }

    /// Adds a view after the current one, in place of those that "forward" would have led to.
    fn push(&mut self, view: View) {
        self.rest.truncate(self.at);
        self.rest.push(view);
        if self.len() > MAX_VIEWS {
            self.first = self.rest.remove(0);
        }
        self.at = self.len() - 1;
    }

    /// Whether the view from which the current one was opened is still there.
    pub fn has_level_above(&self) -> bool {
        self.current().parent.is_some_and(|id| self.position(id).is_some())
    }

    /// Returns to the view from which the current one was opened; `false` if there is none.
    pub fn ascend(&mut self) -> bool {
        let parent = self.current().parent.and_then(|id| self.position(id));
        if let Some(at) = parent {
            self.at = at;
            self.enter();
        }
        parent.is_some()
    }

    /// Moves in the history by one view; `false` at its end.
    pub fn travel(&mut self, forward: bool) -> bool {
        let at = if forward { Some(self.at + 1) } else { self.at.checked_sub(1) };
        let Some(at) = at.filter(|at| *at < self.len()) else { return false };
        self.at = at;
        self.enter();
        true
    }

    fn enter(&mut self) {
        let view = self.current_mut();
        view.screen.enter(view.place);
    }
}
