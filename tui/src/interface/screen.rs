//! What the client asks of a screen.

use std::any::Any;
use std::fmt::Debug;

use bowline_api::status::Role;
use chrono::{DateTime, Utc};
use ratatui::layout::Rect;

use crate::client::{Answer, News, Request};
use crate::registry::action::Action;
use crate::registry::place::Place;
use crate::theme::Meaning;
use crate::widget::call_state::CallState;
use crate::widget::canvas::Canvas;
use crate::widget::queried_list::{Queried, Unapplied};
use crate::widget::query_bar::QueryBar;
use crate::widget::rows::Rows;
use crate::widget::surroundings::{Surroundings, Window};

use super::command_line::CommandLine;
use super::dialog::Reaction;

/// The part of a screen that a call is for. At most one call for each part is in progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScreenPart {
    /// What the screen shows besides its rows.
    Detail,
    /// The rows of its list.
    Rows,
    /// What it shows beside both.
    Aside,
}

impl ScreenPart {
    /// Every part.
    pub const ALL: [Self; 3] = [Self::Detail, Self::Rows, Self::Aside];
}

/// A view of a screen: its query, its selection, the calls that it needs, the actions that work on it, and what it looks
/// like. Every screen has a list. Two views of the same screen share nothing.
pub trait Screen: Any + Debug {
    /// The actions that work on this screen, besides those that work everywhere.
    fn actions(&self) -> &'static [Action];

    /// The least roles of those of its actions that need more here than the registry says.
    fn roles(&self) -> &'static [(Action, Role)] {
        &[]
    }

    /// Its list, with its query line if it has one.
    fn list(&self) -> &dyn Queried;

    /// Its list, to change it.
    fn list_mut(&mut self) -> &mut dyn Queried;

    /// The rows of its list.
    fn rows(&self) -> &dyn Rows {
        self.list().rows()
    }

    /// The rows of its list, to change them.
    fn rows_mut(&mut self) -> &mut dyn Rows {
        self.list_mut().rows_mut()
    }

    /// Whether its rows stand below the titles of a table, one in each line.
    fn is_list(&self) -> bool {
        true
    }

    /// The requests to send now, which fetch what is missing or out of date. A part whose call is in progress or
    /// waits after a failure has none.
    fn requests(&mut self, window: &Window) -> Vec<(ScreenPart, Request)>;

    /// Takes the answer to a request.
    fn take(&mut self, part: ScreenPart, answer: Answer, window: &Window) -> Vec<Reaction>;

    /// The command line that prints the same.
    fn command(&self) -> CommandLine;

    /// Draws the screen within the frame.
    fn draw(&self, around: &Surroundings<'_>, canvas: &mut Canvas<'_, '_>, area: Rect);

    /// Prepares to show this place, which is one of this screen.
    fn enter(&mut self, _place: Place) {}

    /// Looks for the row whose id is shortened to this, and opens it if there is one alone.
    fn open_found(&mut self, _id: &str, _now: DateTime<Utc>) {}

    /// Performs one of its actions that the client does not perform itself.
    fn act(&mut self, _action: Action, _now: DateTime<Utc>) -> Vec<Reaction> {
        Vec::new()
    }

    /// Why this action is refused now, in a sentence: the rows are not those of the query line.
    fn refusal(&self, action: Action) -> Option<&'static str> {
        let matters = |unapplied: &Unapplied| match action {
            // These are about the query, not about rows.
            Action::Sort | Action::Follow => false,
            Action::CopyCommand => *unapplied == Unapplied::Wrong,
            _ => true,
        };
        self.list().unapplied().filter(matters).map(Unapplied::why)
    }

    /// Whether this action, which works here, has something to work on now. If not, no hint shows its key.
    fn offers(&self, _action: Action) -> bool {
        true
    }

    /// What this action does here, in the words of a hint, where the registry's word would say too much.
    fn hint(&self, _action: Action) -> Option<&'static str> {
        None
    }

    /// Takes all marks away; `false` if there are none.
    fn unmark(&mut self) -> bool {
        false
    }

    /// The id that the operator can copy: that of the selected row, or of what is shown.
    fn id(&self) -> Option<String>;

    /// The short name or id of the tenant that is shown or selected.
    fn tenant(&self) -> Option<String> {
        None
    }

    /// What is shown or selected in full, as labels and texts.
    fn details(&self, around: &Surroundings<'_>) -> Vec<(String, String, Meaning)>;

    /// Its query line, if it has one.
    fn bar(&self) -> Option<&QueryBar> {
        self.list().bar()
    }

    /// Its query line, to change it.
    fn bar_mut(&mut self) -> Option<&mut QueryBar> {
        self.list_mut().bar_mut()
    }

    /// Applies the query, which has changed.
    fn apply_query(&mut self) {
        self.list_mut().apply_query();
    }

    /// The state of the calls for this part, if the screen has it.
    fn call_mut(&mut self, part: ScreenPart) -> Option<&mut CallState> {
        match part {
            ScreenPart::Rows => Some(self.rows_mut().call_mut()),
            ScreenPart::Detail | ScreenPart::Aside => None,
        }
    }

    /// The states of its calls, for countdowns.
    fn calls(&self) -> Vec<&CallState> {
        vec![self.rows().call()]
    }

    /// The number of rows of its list that there is room for.
    fn list_height(&self, window: &Window) -> usize {
        window.rows
    }

    /// Moves the selection by this many rows.
    fn step(&mut self, by: isize, window: &Window) {
        let height = self.list_height(window);
        self.rows_mut().step(by, height);
    }

    /// Reloads everything from the server.
    fn refresh(&mut self) {
        self.rows_mut().refresh();
    }

    /// When it asks the server again by itself.
    fn poll_at(&self) -> Option<DateTime<Utc>> {
        None
    }

    /// Whether it shows something that events can change, so that they are subscribed to.
    fn takes_news(&self) -> bool {
        false
    }

    /// Takes note of what happened at the server.
    fn take_news(&mut self, _news: &News) {}

    /// Updates what the server returned, if it is shown here. `by_act` says whether this operator has just changed it.
    fn changed(&mut self, _answer: &Answer, _by_act: bool) {}
}
