//! The complete state of the client.

use std::time::Duration;

use bowline_api::admin::Operator;
use chrono::{DateTime, TimeDelta, Utc};

use crate::interface::dialog::Dialog;
use crate::interface::screen::{Part, Screen};
use crate::registry::keymap::Keymap;
use crate::registry::place::Place;
use crate::screen::all::Screens;
use crate::widget::call_state::CallState;
use crate::widget::surroundings::Surroundings;

use super::login::LoginForm;
use super::message::Slot;
use super::setup::Setup;

/// The state of the connection to the server.
#[derive(Debug, Clone, PartialEq)]
pub enum Connection {
    /// Nothing has been requested yet.
    Untried,
    /// The last call was answered.
    Live {
        /// The duration of the call.
        took: Duration,
        /// When the answer arrived.
        at: DateTime<Utc>,
    },
    /// The last call was not answered.
    Lost {
        /// The time of the first failure.
        since: DateTime<Utc>,
    },
}

/// The complete state of the client.
#[derive(Debug)]
pub struct Model {
    /// The time of the current message, set by the event loop.
    pub now: DateTime<Utc>,
    /// The terminal's size in columns and rows.
    pub size: (u16, u16),
    /// Whether the last message changed what is drawn.
    pub changed: bool,
    /// The settings from the start; server, name and context follow a login.
    pub setup: Setup,
    /// The keys of the actions.
    pub keymap: Keymap,
    /// The logged-in operator, once the server has reported them.
    pub operator: Option<Operator>,
    /// The state of the calls for the operator.
    pub whoami: CallState,
    /// The login form, while there is no session.
    pub login: Option<LoginForm>,
    /// The current screen and what it shows.
    pub place: Place,
    /// The places that "back" returns to.
    pub back_stack: Vec<Place>,
    /// The places that "forward" returns to.
    pub forward_stack: Vec<Place>,
    /// The state of all screens.
    pub screens: Screens,
    /// The dialog that covers the screen.
    pub dialog: Option<Box<dyn Dialog>>,
    /// A short message to the operator, and when it disappears.
    pub toast: Option<(String, DateTime<Utc>)>,
    /// The state of the connection.
    pub connection: Connection,
    /// The number of the last call.
    pub(super) last_call: u64,
}

/// How long a message to the operator is shown, in seconds.
const TOAST_SECONDS: i64 = 6;
/// Terminal rows that a list cannot use: frame, heading, query, columns, state, hints.
const CHROME_ROWS: u16 = 8;

/// Where the client starts.
const HOME: Place = Place::Accounts;

impl Model {
    /// The state before the first message.
    pub fn new(setup: Setup, keymap: Keymap, size: (u16, u16), now: DateTime<Utc>) -> Self {
        let login = (!setup.has_session).then(|| LoginForm::new(&setup.server, &setup.name, None));
        Self {
            now,
            size,
            changed: true,
            setup,
            keymap,
            operator: None,
            whoami: CallState::default(),
            login,
            place: HOME,
            back_stack: Vec::new(),
            forward_stack: Vec::new(),
            screens: Screens::default(),
            dialog: None,
            toast: None,
            connection: Connection::Untried,
            last_call: 0,
        }
    }

    /// The current screen.
    pub fn screen(&self) -> &dyn Screen {
        self.screens.get(self.place.kind())
    }

    /// The current screen, to change it.
    pub(super) fn screen_mut(&mut self) -> &mut dyn Screen {
        self.screens.get_mut(self.place.kind())
    }

    /// The number of rows that a list can show.
    pub(super) fn list_height(&self) -> usize {
        usize::from(self.size.1.saturating_sub(CHROME_ROWS))
    }

    /// What screens and dialogs can see.
    pub(super) fn surroundings(&self) -> Surroundings<'_> {
        Surroundings {
            now: self.now,
            columns: self.size.0,
            toast: self.toast.as_ref().map(|(text, _)| text.as_str()),
            role: self.operator.as_ref().map(|operator| operator.role),
            keymap: &self.keymap,
            actions: self.screen().actions(),
        }
    }

    /// Shows a short message to the operator.
    pub(super) fn notify(&mut self, text: impl Into<String>) {
        self.toast = Some((text.into(), self.now + TimeDelta::seconds(TOAST_SECONDS)));
    }

    /// Goes to a place; "back" returns to the current one.
    pub(super) fn go(&mut self, place: Place) {
        if place != self.place {
            self.back_stack.push(self.place);
            self.forward_stack.clear();
            self.enter(place);
        }
    }

    /// Returns to the previous place.
    pub(super) fn back(&mut self) {
        if let Some(place) = self.back_stack.pop() {
            self.forward_stack.push(self.place);
            self.enter(place);
        }
    }

    /// Goes to the place that "back" came from.
    pub(super) fn forward(&mut self) {
        if let Some(place) = self.forward_stack.pop() {
            self.back_stack.push(self.place);
            self.enter(place);
        }
    }

    fn enter(&mut self, place: Place) {
        self.place = place;
        self.screen_mut().enter(place);
    }

    /// Discards everything that came from a server.
    pub(super) fn forget_everything(&mut self) {
        self.screens = Screens::default();
        self.place = HOME;
        self.back_stack.clear();
        self.forward_stack.clear();
    }

    /// The state of the calls for a slot, if anything waits for its answers.
    pub(super) fn call_mut(&mut self, slot: Slot) -> Option<&mut CallState> {
        match slot {
            Slot::Login => self.login.as_mut().map(|form| &mut form.call),
            Slot::Logout => None,
            Slot::WhoAmI => Some(&mut self.whoami),
            Slot::Screen(kind, part) => self.screens.get_mut(kind).call_mut(part),
            Slot::Dialog => self.dialog.as_mut().and_then(|dialog| dialog.call()),
        }
    }

    /// Changes the state of all calls, except those for logging in and those of a dialog.
    pub(super) fn for_each_call(&mut self, mut change: impl FnMut(&mut CallState)) {
        change(&mut self.whoami);
        self.screens.for_each(|screen| {
            for part in [Part::Detail, Part::Rows] {
                if let Some(call) = screen.call_mut(part) {
                    change(call);
                }
            }
        });
    }
}
