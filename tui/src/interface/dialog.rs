//! What the client asks of a dialog, and what screens and dialogs ask of the client.

use std::any::Any;
use std::fmt::Debug;

use bowline_api::admin::AccountDetail;
use crossterm::event::KeyEvent;
use ratatui::layout::Rect;

use crate::client::{Answer, Failure, Request};
use crate::registry::action::Action;
use crate::registry::place::Place;
use crate::widget::call_state::CallState;
use crate::widget::canvas::Canvas;
use crate::widget::surroundings::Surroundings;

/// A dialog, which covers the screen and receives the keys. The escape key closes every dialog.
pub trait Dialog: Any + Debug {
    /// Handles a key.
    fn key(&mut self, key: KeyEvent, around: &Surroundings<'_>) -> Vec<Reaction>;

    /// Handles pasted text.
    fn paste(&mut self, text: &str) -> Vec<Reaction>;

    /// Draws the dialog over the screen.
    fn draw(&self, around: &Surroundings<'_>, canvas: &mut Canvas<'_, '_>, area: Rect);

    /// The state of its call, if it makes one. The call is never aborted, because its outcome would be unknown.
    fn call(&mut self) -> Option<&mut CallState> {
        None
    }

    /// Handles the answer to its call.
    fn take(&mut self, _answer: Answer) -> Vec<Reaction> {
        Vec::new()
    }

    /// Handles the failure of its call.
    fn fail(&mut self, _failure: &Failure) {}
}

/// What a screen or a dialog asks of the client.
#[derive(Debug)]
pub enum Reaction {
    /// Not to redraw, because nothing has changed.
    Unchanged,
    /// To show a short message.
    Notify(String),
    /// To go to another place.
    Go(Place),
    /// To set a word of a place's query, and to go there.
    Search {
        /// The place.
        place: Place,
        /// The word's key.
        key: &'static str,
        /// The word's value.
        value: String,
    },
    /// To open a dialog.
    Open(Box<dyn Dialog>),
    /// To close the dialog.
    Close,
    /// To perform an action on the current screen.
    Perform(Action),
    /// To send the request of the dialog.
    Call(Request),
    /// To update an account wherever it is shown.
    Account {
        /// What the server returned.
        detail: Box<AccountDetail>,
        /// Whether this operator has just changed the account.
        changed: bool,
    },
}
