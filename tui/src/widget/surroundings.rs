//! What a screen or a dialog can see of the client around it.

use bowline_api::status::Role;
use chrono::{DateTime, Utc};

use crate::registry::action::Action;
use crate::registry::keymap::Keymap;

/// What a screen or a dialog can see of the client around it.
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
}
