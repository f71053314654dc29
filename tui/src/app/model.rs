//! The complete state of the client.

use std::collections::HashMap;
use std::time::Duration;

use bowline_api::admin::Operator;
use chrono::{DateTime, TimeDelta, Utc};

use crate::dialog::api_log::ApiCalls;
use crate::interface::dialog::Dialog;
use crate::interface::screen::{Screen, ScreenPart};
use crate::registry::action::Action;
use crate::registry::keymap::Keymap;
use crate::registry::place::Place;
use crate::registry::screen_settings::{NOTHING, ScreenSettings};
use crate::widget::beside::KnownNames;
use crate::widget::call_state::CallState;
use crate::widget::follow::ATTENDED_SECONDS;
use crate::widget::surroundings::{Surroundings, Window};

use super::acts::{Acts, Undo};
use super::login::LoginForm;
use super::message::{Slot, Streaming};
use super::setup::Setup;
use super::tenants::TenantNames;
use super::views::{HOME, View, ViewId, Views};

/// The state of the connection to the server.
#[derive(Debug, Clone, PartialEq)]
pub enum ConnectionState {
    /// Nothing has been requested yet.
    Untried,
    /// The last call was answered.
    Live {
        /// The duration of the last call.
        took: Duration,
        /// When the answer arrived.
        at: DateTime<Utc>,
    },
    /// The server answers, but only that it is busy or failing.
    Failing {
        /// The time of the first such answer.
        since: DateTime<Utc>,
        /// What it answers, in a word.
        what: String,
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
    /// When a key was pressed last, the mouse was used, or the client was started.
    pub(super) attended_at: DateTime<Utc>,
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
    /// The tenants' short names, for query lines.
    pub tenant_names: TenantNames,
    /// The connectors' names, as far as answers have told them.
    pub(super) known: KnownNames,
    /// The server to which the next call goes.
    pub(super) connected_to: String,
    /// The login form, while there is no session.
    pub login: Option<LoginForm>,
    /// The stack of views.
    pub views: Views,
    /// The stacks of the other tabs, in their order.
    pub(super) parked: Vec<Views>,
    /// The place of the current tab among all.
    pub(super) tab: usize,
    /// The number of tabs that were ever opened besides the first one.
    pub(super) tabs_opened: u64,
    /// The dialogs that cover the view, the topmost last.
    pub dialogs: Vec<Box<dyn Dialog>>,
    /// What this operator has changed.
    pub acts: Acts,
    /// The last change, while it can be undone.
    pub(super) undo: Option<Undo>,
    /// The last calls.
    pub calls: ApiCalls,
    /// How often the operator chose each action in the palette.
    pub uses: HashMap<Action, u32>,
    /// A short message to the operator, and when it disappears.
    pub toast: Option<(String, DateTime<Utc>)>,
    /// The state of the connection.
    pub connection: ConnectionState,
    /// The state of the subscription to events.
    pub(super) streaming: Streaming,
    /// What the frame says about the connection, which changes as time passes.
    pub(super) shown_connection: String,
    /// Whether the client has captured the mouse.
    pub(super) mouse: bool,
    /// The number of the last call.
    pub(super) last_call: u64,
}

/// How long a message to the operator is shown, in seconds.
const TOAST_SECONDS: i64 = 6;
/// Terminal rows that a list cannot use: frame, heading, query, columns, state, hints.
const CHROME_ROWS: u16 = 8;

impl Model {
    /// The state before the first message.
    pub fn new(setup: Setup, keymap: Keymap, size: (u16, u16), now: DateTime<Utc>) -> Self {
        let login = (!setup.has_session).then(|| LoginForm::new(&setup.server, &setup.name, None));
        let views = Views::starting(setup.start.as_ref(), now);
        Self {
            now,
            attended_at: now,
            size,
            changed: true,
            connected_to: setup.server.clone(),
            setup,
            keymap,
            operator: None,
            whoami: CallState::default(),
            tenant_names: TenantNames::default(),
            known: KnownNames::default(),
            login,
            views,
            parked: Vec::new(),
            tab: 0,
            tabs_opened: 0,
            dialogs: Vec::new(),
            acts: Acts::default(),
            undo: None,
            calls: ApiCalls::default(),
            uses: HashMap::new(),
            toast: None,
            connection: ConnectionState::Untried,
            streaming: Streaming::Off,
            shown_connection: String::new(),
            mouse: false,
            last_call: 0,
        }
    }

    /// The current screen.
    pub fn screen(&self) -> &dyn Screen {
        &*self.views.current().screen
    }

    /// The current screen, to change it.
    pub(super) fn screen_mut(&mut self) -> &mut dyn Screen {
        &mut *self.views.current_mut().screen
    }

    /// What the current view shows.
    pub fn place(&self) -> Place {
        self.views.current().place
    }

    /// Whether there is a level above the current view, to which keys lead back.
    pub(super) fn has_level_above(&self) -> bool {
        self.views.has_level_above() || !self.parked.is_empty()
    }

    /// The part of the terminal in which a screen shows its rows.
    pub(super) fn window(&self) -> Window {
        let rows = usize::from(self.size.1.saturating_sub(CHROME_ROWS));
        let is_live = self.streaming == Streaming::On;
        Window { now: self.now, columns: self.size.0, rows, is_attended: self.is_attended(), is_live }
    }

    /// Whether somebody was there lately. Otherwise nothing is asked for again by itself, so that the session can end.
    pub(super) fn is_attended(&self) -> bool {
        self.now < self.attended_at + TimeDelta::seconds(ATTENDED_SECONDS)
    }

    /// What screens and dialogs can see.
    pub(super) fn surroundings(&self) -> Surroundings<'_> {
        Surroundings {
            now: self.now,
            columns: self.size.0,
            toast: self.toast.as_ref().map(|(text, _)| text.as_str()),
            role: self.operator.as_ref().and_then(|operator| operator.role.known()),
            keymap: &self.keymap,
            actions: self.screen().actions(),
            roles: self.screen().roles(),
            filters: self.screen().list().filters(),
            is_typing: self.dialogs.is_empty() && self.screen().bar().is_some_and(|bar| bar.editing),
            uses: &self.uses,
            own: self.own(),
            known: &self.known,
        }
    }

    /// What the operator has chosen for the current screen.
    pub(super) fn own(&self) -> &ScreenSettings {
        self.setup.screens.get(self.place().screen_name()).unwrap_or(&NOTHING)
    }

    /// Shows a short message to the operator.
    pub(super) fn notify(&mut self, text: impl Into<String>) {
        self.notify_for(TOAST_SECONDS, text);
    }

    /// Shows a message for this many seconds.
    pub(super) fn notify_for(&mut self, seconds: i64, text: impl Into<String>) {
        self.toast = Some((text.into(), self.now + TimeDelta::seconds(seconds)));
    }

    /// Discards everything that came from a server or names something of it. What is in flight still ends in the log of
    /// acts.
    pub(super) fn forget_everything(&mut self) {
        self.views.reset(HOME);
        self.parked.clear();
        self.tab = 0;
        self.dialogs.clear();
        self.undo = None;
        self.calls = ApiCalls::default();
        self.toast = None;
        self.operator = None;
        self.whoami = CallState::default();
        self.tenant_names = TenantNames::default();
        self.known = KnownNames::default();
        self.connection = ConnectionState::Untried;
        self.streaming = Streaming::Off;
    }

    /// The views of all tabs.
    pub(super) fn all_views_mut(&mut self) -> impl Iterator<Item = &mut View> {
        self.views.iter_mut().chain(self.parked.iter_mut().flat_map(Views::iter_mut))
    }

    /// The view with this id in any tab, unless it is gone.
    pub(super) fn view_mut(&mut self, id: ViewId) -> Option<&mut View> {
        self.all_views_mut().find(|view| view.id == id)
    }

    /// The state of the calls for a slot, if anything waits for its answers.
    pub(super) fn call_mut(&mut self, slot: Slot) -> Option<&mut CallState> {
        match slot {
            Slot::Login => self.login.as_mut().map(|form| &mut form.call),
            Slot::LoginMethods => self.login.as_mut().map(|form| &mut form.methods_call),
            Slot::Logout | Slot::Act(_) => None,
            Slot::WhoAmI => Some(&mut self.whoami),
            Slot::TenantNames => Some(&mut self.tenant_names.call),
            Slot::View(id, part) => self.view_mut(id)?.screen.call_mut(part),
        }
    }

    /// Changes the state of all calls, except those for logging in and those that change something.
    pub(super) fn for_each_call(&mut self, mut change: impl FnMut(&mut CallState)) {
        change(&mut self.whoami);
        change(&mut self.tenant_names.call);
        for view in self.all_views_mut() {
            for part in ScreenPart::ALL {
                if let Some(call) = view.screen.call_mut(part) {
                    change(call);
                }
            }
        }
    }
}
