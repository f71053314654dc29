//! What the client asks of a dialog, and what screens and dialogs ask of the client.

use std::any::Any;
use std::fmt::Debug;
use std::path::PathBuf;

use crossterm::event::KeyEvent;
use ratatui::layout::Rect;
use secrecy::SecretString;

use crate::client::{AccountSearch, Act, Answer, Failure, SignOnStep};
use crate::export::ExportFormat;
use crate::found_secret::FoundSecret;
use crate::registry::action::Action;
use crate::registry::place::Place;
use crate::widget::canvas::Canvas;
use crate::widget::surroundings::Surroundings;

/// A dialog, which covers what is below it and receives the keys. The client itself closes it.
pub trait Dialog: Any + Debug {
    /// Whether keys that are not those of dialogs are text for one of its fields. If not, the keys that move on a screen
    /// move here too.
    fn takes_text(&self) -> bool {
        false
    }

    /// Performs an action: one of dialogs, or one that moves.
    fn perform(&mut self, action: Action, around: &Surroundings<'_>) -> Vec<Reaction>;

    /// Handles a key that is text.
    fn text(&mut self, _key: KeyEvent) -> Vec<Reaction> {
        vec![Reaction::Unchanged]
    }

    /// Handles pasted text.
    fn paste(&mut self, _text: &str) -> Vec<Reaction> {
        vec![Reaction::Unchanged]
    }

    /// Whether the field that receives keys must be typed by hand: neither a paste nor what was typed ahead fills it.
    fn is_typed_by_hand(&self) -> bool {
        false
    }

    /// Draws the dialog over what is below it.
    fn draw(&self, around: &Surroundings<'_>, canvas: &mut Canvas<'_, '_>, area: Rect);

    /// What has to happen when the operator closes it.
    fn closed(&self, _around: &Surroundings<'_>) -> Vec<Reaction> {
        Vec::new()
    }

    /// The change that it is about, if any.
    fn act(&self) -> Option<&Act> {
        None
    }

    /// Takes note that the operator has no password: where it asks for one, they log in anew at the identity provider.
    fn signs_on(&mut self) {}

    /// Takes what the operator has to do at the identity provider before its act is made.
    fn told(&mut self, _step: SignOnStep) {}

    /// The number of its act whose outcome it waits for.
    fn awaited(&self) -> Option<u64> {
        None
    }

    /// Takes note that its act has this number and is in flight.
    fn sent(&mut self, _number: u64) {}

    /// Takes the answer to its act. A dialog that waits for no act afterwards stays open.
    fn done(&mut self, _answer: &Answer) -> Vec<Reaction> {
        Vec::new()
    }

    /// Takes note that its act failed.
    fn fail(&mut self, _failure: &Failure) {}
}

/// What a screen or a dialog asks of the client.
#[derive(Debug)]
pub enum Reaction {
    /// Not to redraw, because nothing has changed.
    Unchanged,
    /// To show a short message.
    Notify(String),
    /// To copy text to the clipboard.
    Copy(String),
    /// To copy a secret to the clipboard, and to show it nowhere.
    CopySecret(SecretString),
    /// To show the context with this name.
    Switch(String),
    /// To move the selection by this many rows.
    Step(isize),
    /// To open another place, from which "back" returns here.
    Go(Place),
    /// To open a place with a query of this word.
    Search {
        /// The place.
        place: Place,
        /// The word's key.
        key: &'static str,
        /// The word's value.
        value: String,
    },
    /// To open a place with this query.
    Find {
        /// The place.
        place: Place,
        /// The query.
        query: String,
    },
    /// To show these columns on the current screen, by their names; none for its own.
    Columns(Vec<String>),
    /// To put this into the query line.
    Query(String),
    /// To save a query of the current screen.
    SaveQuery {
        /// Its name; a query of the same name is replaced.
        name: String,
        /// The query.
        query: String,
    },
    /// To remove the saved query with this name.
    RemoveQuery(String),
    /// To look for this text in the rows.
    Seek(String),
    /// To drop a secret that somebody has found, and to show whose it is.
    Found(FoundSecret),
    /// To open a dialog.
    Open(Box<dyn Dialog>),
    /// To close the topmost dialog.
    Close,
    /// To perform an action on the current screen.
    Perform(Action),
    /// To write all accounts of this filter to a file, which must not exist.
    Export {
        /// Which accounts, and in which order.
        filter: AccountSearch,
        /// The file.
        path: PathBuf,
        /// Its format.
        format: ExportFormat,
    },
    /// To give up the export that runs, and remove its file.
    CancelExport,
    /// To make a change. Its outcome arrives even if whoever asked for it is gone by then.
    Act {
        /// The change.
        act: Act,
        /// What it is called in notices and in the log of acts, such as `revoke ada@acme.example`.
        name: String,
    },
    /// To give up the change with this number, if it still waits for a login anew.
    GiveUp(u64),
    /// To update what the server returned wherever it is shown.
    Changed(Box<Answer>),
}
