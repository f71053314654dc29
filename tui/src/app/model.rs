//! The client's state, the messages that change it, and the effects that it requests.

use std::collections::BTreeMap;
use std::time::Duration;

use bowline_api::AccountId;
use bowline_api::admin::{AccountSummary, AuditEvent, NewSession, Operator, Tenant};
use chrono::{DateTime, TimeDelta, Utc};
use crossterm::event::KeyEvent;

use crate::client::{AccountFilter, Answer, Failure, Request, TenantRef};

use super::account::AccountView;
use super::action::ScreenKind;
use super::fetch::Fetch;
use super::keymap::Keymap;
use super::list::List;
use super::login::LoginForm;
use super::palette::Palette;
use super::query_bar::QueryBar;
use super::revoke::RevokeDialog;

/// An event that the core reacts to.
#[derive(Debug)]
pub enum Msg {
    /// A key was pressed.
    Key(KeyEvent),
    /// Text was pasted.
    Paste(String),
    /// The terminal was resized to this many columns and rows.
    Resize(u16, u16),
    /// Time has passed; see [`super::next_deadline`].
    Tick,
    /// A call to the server finished.
    Answer {
        /// The purpose of the call.
        slot: Slot,
        /// The number of the call.
        generation: u64,
        /// The duration of the call.
        took: Duration,
        /// The answer, or the failure.
        result: Box<Result<Answer, Failure>>,
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
        /// The purpose of the call.
        slot: Slot,
        /// The number of the call.
        generation: u64,
        /// The request to send.
        request: Request,
    },
    /// Connects to another server, without a session.
    Connect {
        /// The server's validated URL.
        server: String,
    },
    /// Uses this session from now on and saves it.
    SaveSession(Box<NewSession>),
    /// Deletes the saved session.
    DeleteSession,
    /// Copies text to the clipboard.
    Copy(String),
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
    /// Logging out.
    Logout,
    /// The logged-in operator.
    WhoAmI,
    /// The list of accounts.
    Accounts,
    /// One account.
    Account,
    /// The account's timeline.
    Timeline,
    /// The list of tenants.
    Tenants,
    /// An audit log.
    Audit,
    /// A revocation.
    Revoke,
}

/// A screen of the terminal client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// The list of accounts.
    Accounts,
    /// One account.
    Account(AccountId),
    /// The list of tenants.
    Tenants,
    /// An audit log.
    Audit,
}

impl Screen {
    /// The kind of this screen, without its subject.
    pub fn kind(self) -> ScreenKind {
        match self {
            Self::Accounts => ScreenKind::Accounts,
            Self::Account(_) => ScreenKind::Account,
            Self::Tenants => ScreenKind::Tenants,
            Self::Audit => ScreenKind::Audit,
        }
    }
}

/// A dialog that covers the screen and receives the keys.
#[derive(Debug)]
pub enum Overlay {
    /// All keys, scrolled down by this many lines.
    Help(u16),
    /// The command palette.
    Palette(Palette),
    /// The dialog that revokes an account.
    Revoke(Box<RevokeDialog>),
}

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

/// The settings that the terminal client starts with.
#[derive(Debug, Clone, Default)]
pub struct Setup {
    /// The name of the context.
    pub context: String,
    /// The server's URL; empty if none is known.
    pub server: String,
    /// The operator's login name; empty if none is known.
    pub name: String,
    /// Whether a session was saved.
    pub has_session: bool,
    /// The contexts that the login form offers: name, server, login name.
    pub contexts: Vec<(String, String, String)>,
    /// Whether every change is refused.
    pub read_only: bool,
    /// Whether plain http is allowed to other machines.
    pub insecure_http: bool,
    /// Keys that differ from the defaults, by the action's name.
    pub keys: BTreeMap<String, Vec<String>>,
}

/// The list of accounts.
#[derive(Debug, Default)]
pub struct AccountsView {
    /// The query line.
    pub bar: QueryBar,
    /// The filter that the query line stood for when it was last valid.
    pub filter: AccountFilter,
    /// The rows.
    pub list: List<AccountSummary>,
}

/// The audit log screen.
#[derive(Debug, Default)]
pub struct AuditView {
    /// The query line.
    pub bar: QueryBar,
    /// The tenant whose log is shown; `None` for the log of the service itself.
    pub tenant: Option<TenantRef>,
    /// The entries.
    pub list: List<AuditEvent>,
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
    /// The fetch of the operator.
    pub whoami: Fetch,
    /// The login form, while there is no session.
    pub login: Option<LoginForm>,
    /// The call that the login form makes.
    pub login_call: Fetch,
    /// The current screen.
    pub screen: Screen,
    /// The screens that "back" returns to.
    pub back_stack: Vec<Screen>,
    /// The screens that "forward" returns to.
    pub forward_stack: Vec<Screen>,
    /// The list of accounts.
    pub accounts: AccountsView,
    /// The account that was opened last.
    pub account: Option<AccountView>,
    /// The list of tenants.
    pub tenants: List<Tenant>,
    /// The audit log.
    pub audit: AuditView,
    /// The dialog that covers the screen.
    pub overlay: Option<Overlay>,
    /// A short message to the operator, and when it disappears.
    pub toast: Option<(String, DateTime<Utc>)>,
    /// The state of the connection.
    pub connection: Connection,
}

/// How long a message to the operator is shown, in seconds.
const TOAST_SECONDS: i64 = 6;
/// Terminal rows that a list cannot use: frame, heading, query, columns, state, hints.
const CHROME_ROWS: u16 = 8;

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
            whoami: Fetch::default(),
            login,
            login_call: Fetch::default(),
            screen: Screen::Accounts,
            back_stack: Vec::new(),
            forward_stack: Vec::new(),
            accounts: AccountsView::default(),
            account: None,
            tenants: List::default(),
            audit: AuditView::default(),
            overlay: None,
            toast: None,
            connection: Connection::Untried,
        }
    }

    /// The number of rows that a list can show.
    pub fn list_height(&self) -> usize {
        usize::from(self.size.1.saturating_sub(CHROME_ROWS))
    }

    /// Shows a short message to the operator.
    pub fn notify(&mut self, text: impl Into<String>) {
        self.toast = Some((text.into(), self.now + TimeDelta::seconds(TOAST_SECONDS)));
    }

    /// Switches to a screen; "back" returns to the current one.
    pub fn go(&mut self, screen: Screen) {
        if screen != self.screen {
            self.back_stack.push(self.screen);
            self.forward_stack.clear();
            self.screen = screen;
        }
    }

    /// The account that an action on this screen applies to.
    pub fn subject(&self) -> Option<&AccountSummary> {
        match self.screen {
            Screen::Accounts => self.accounts.list.current(),
            Screen::Account(id) => self
                .account
                .as_ref()
                .filter(|view| view.id == id)
                .and_then(|view| view.detail.as_ref())
                .map(|detail| &detail.summary),
            Screen::Tenants | Screen::Audit => None,
        }
    }

    /// The query line of the current screen, if it has one.
    pub fn bar(&mut self) -> Option<&mut QueryBar> {
        match self.screen {
            Screen::Accounts => Some(&mut self.accounts.bar),
            Screen::Audit => Some(&mut self.audit.bar),
            Screen::Account(_) | Screen::Tenants => None,
        }
    }
}
