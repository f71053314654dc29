//! The messages that change the client's state, and the effects that it requests.

use std::path::PathBuf;
use std::time::Duration;

use bowline_api::admin::NewSession;
use crossterm::event::{KeyEvent, MouseEvent};
use secrecy::SecretString;

use crate::client::{AccountSearch, Answer, CallEntry, Failure, News, Request, SignOnStep};
use crate::dialog::export::ExportProgress;
use crate::export::ExportFormat;
use crate::interface::screen::ScreenPart;
use crate::registry::screen_settings::ScreenSettings;

use super::views::ViewId;

/// An event that the core reacts to.
#[derive(Debug)]
pub enum Msg {
    /// A key was pressed.
    Key(KeyEvent),
    /// Text was pasted.
    Paste(String),
    /// Several characters came at once, as only a paste into a terminal without bracketed paste sends them. They were
    /// told as keys before.
    Burst,
    /// A button of the mouse or its wheel was moved, while the mouse is captured.
    Mouse(MouseEvent),
    /// The terminal was resized to this many columns and rows.
    Resize(u16, u16),
    /// Time has passed; see [`super::next_deadline`].
    Tick,
    /// A call to the server finished.
    Answer {
        /// The message's call, by its purpose.
        slot: Slot,
        /// The number of the call; no other call has the same.
        number: u64,
        /// The duration of the call.
        took: Duration,
        /// The answer, or the failure.
        result: Box<Result<Answer, Failure>>,
    },
    /// The subscription to the server's events is in another state.
    Streaming(Streaming),
    /// Something happened at the server.
    News(News),
    /// Calls have ended; their answers arrive as [`Msg::Answer`].
    Called(Vec<CallEntry>),
    /// How far the export is.
    Export(ExportProgress),
    /// What the operator has to do at the identity provider.
    SignOn {
        /// The number of the call that waits for it.
        number: u64,
        /// What to do.
        step: SignOnStep,
    },
    /// A message for the operator from outside the core.
    Notice(String),
    /// The session was saved under the context of this name.
    Context(String),
}

/// An action that the core requests from its surroundings.
#[derive(Debug)]
pub enum Effect {
    /// Calls the server. The answer arrives as [`Msg::Answer`]. A newer call of the same slot replaces an older one.
    Call {
        /// The message's call, by its purpose.
        slot: Slot,
        /// The number of the call; no other call has the same.
        number: u64,
        /// The request to send.
        request: Request,
    },
    /// Subscribes to the server's events with the session that is used. They arrive as [`Msg::News`].
    Subscribe,
    /// Gives up the call of this slot, if one is in progress; a change only while it waits for a login anew.
    GiveUp(Slot),
    /// Connects to another server, without a session.
    Connect {
        /// The server's validated URL.
        server: String,
    },
    /// Shows another context, with its saved session if there is one, and drops all calls except changes.
    Switch {
        /// The context's name.
        context: String,
        /// The server's URL.
        server: String,
    },
    /// Uses this session from now on and saves it.
    SaveSession(Box<NewSession>),
    /// Deletes the saved session.
    DeleteSession,
    /// Keeps what the operator has chosen for the screen with this name.
    SaveScreen {
        /// The screen's name.
        screen: &'static str,
        /// What they have chosen.
        settings: ScreenSettings,
    },
    /// Takes the mouse from the terminal, or gives it back.
    CaptureMouse(bool),
    /// Writes all accounts of a filter to a file. The progress arrives as [`Msg::Export`]; another export replaces it.
    Export {
        /// Which accounts, and in which order.
        filter: AccountSearch,
        /// The file, which must not exist.
        path: PathBuf,
        /// Its format.
        format: ExportFormat,
    },
    /// Gives up the export that runs, and removes its file.
    CancelExport,
    /// Copies text to the clipboard.
    Copy(String),
    /// Copies a secret to the clipboard.
    CopySecret(SecretString),
    /// Discards what was typed ahead, because the next keys confirm something.
    DiscardInput,
    /// Draws or tells everything again.
    Redraw,
    /// Suspends the process and returns to the shell.
    Suspend,
    /// Ends the program.
    Quit,
}

/// The purpose of a call. At most one call per slot is in progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Slot {
    /// Logging in.
    Login,
    /// How operators log in at the server of the login form.
    LoginMethods,
    /// Logging out.
    Logout,
    /// The logged-in operator.
    WhoAmI,
    /// Fetches the tenants' short names, for query lines.
    TenantNames,
    /// A part of a view.
    View(ViewId, ScreenPart),
    /// The change with this number. It is never aborted, because its outcome would be unknown.
    Act(u64),
}

/// The state of the subscription to the server's events.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Streaming {
    /// Nothing on the screen needs it yet.
    #[default]
    Off,
    /// It was asked for, or broke and will be opened again. Until then the server is polled.
    Lost,
    /// Events arrive.
    On,
    /// The server has no events for this client, so it is polled.
    Absent,
    /// The session has ended.
    Ended,
}
