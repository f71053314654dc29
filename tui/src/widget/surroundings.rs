//! What a screen or a dialog can see of the client around it.

use std::collections::HashMap;

use bowline_api::status::Role;
use chrono::{DateTime, Utc};

use crate::registry::action::{Action, ActionEntry};
use crate::registry::keymap::Keymap;
use crate::registry::screen_settings::ScreenSettings;

use super::beside::{Beside, KnownNames};
use super::completion::Filter;

/// What a screen or a dialog can see of the client around it when it draws or handles a key.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    /// The time of the current message.
    pub now: DateTime<Utc>,
    /// The terminal's width in columns.
    pub columns: u16,
    /// A short message to the operator, while there is one.
    pub toast: Option<&'a str>,
    /// The operator's role, once the server has reported it.
    pub role: Option<Role>,
    /// The keys of the actions.
    pub keymap: &'a Keymap,
    /// The actions that the current screen names.
    pub actions: &'static [Action],
    /// The least roles of those of them that need more here than the registry says.
    pub roles: &'static [(Action, Role)],
    /// The filters of the current screen's query line.
    pub filters: &'static [Filter],
    /// Whether keys are text for the query line.
    pub is_typing: bool,
    /// How often the operator chose each action in the palette.
    pub uses: &'a HashMap<Action, u32>,
    /// What the operator has chosen for the current screen.
    pub own: &'a ScreenSettings,
    /// The connectors' names.
    pub known: &'a KnownNames,
}

impl Surroundings<'_> {
    /// What cells can show besides their rows.
    pub fn beside(&self) -> Beside<'_> {
        Beside { now: self.now, known: self.known }
    }

    /// The role that the operator lacks for an action on the current screen.
    pub fn missing_role(&self, entry: &ActionEntry) -> Option<Role> {
        entry.missing_role(self.role, self.roles)
    }
}

/// The part of the terminal in which a screen shows its rows, and the time.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    /// The time of the current message.
    pub now: DateTime<Utc>,
    /// The terminal's width in columns.
    pub columns: u16,
    /// The number of rows that a list can show.
    pub rows: usize,
    /// Whether somebody was there lately, so that what is worked off may be asked for again.
    pub is_attended: bool,
    /// Whether the server tells what happens, so that nothing has to be polled.
    pub is_live: bool,
}
