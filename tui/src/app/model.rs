//! What the client knows, what can happen to it, and what it can ask the world to do.

use std::collections::BTreeMap;
use std::time::Duration;

use bowline_api::AccountId;
use bowline_api::admin::{AccountSummary, AuditEvent, NewSession, Operator, Tenant};
use chrono::{DateTime, TimeDelta, Utc};
use crossterm::event::KeyEvent;

use crate::client::{AccountFilter, Answer, Failure, Request, TenantRef};

use super::account::AccountView;
use super::action::Place;
use super::feed::Feed;
use super::keymap::Keymap;
use super::list::List;
use super::login::LoginForm;
use super::palette::Palette;
use super::query_bar::QueryBar;
use super::revoke::RevokeDialog;

/// Something that happened.
#[derive(Debug)]
pub enum Msg {
    /// A key was pressed.
    Key(KeyEvent),
    /// Text was pasted.
    Paste(String),
    /// The terminal has another size: columns, rows.
    Resize(u16, u16),
    /// Time has passed; see [`super::next_deadline`].
    Tick,
    /// A call ended.
    Answer {
        /// What it was for.
        slot: Slot,
        /// Its number.
        generation: u64,
        /// How long it took.
        took: Duration,
        /// What it gave.
        result: Box<Result<Answer, Failure>>,
    },
    /// The world has something to say to the operator.
    Notice(String),
    /// The session is kept under that context's name.
    Context(String),
}

/// Something to be done by the world.
#[derive(Debug)]
pub enum Effect {
    /// Call the server; the answer comes as [`Msg::Answer`]. A newer call of the same slot replaces an older one.
    Call {
        /// What it is for.
        slot: Slot,
        /// Its number.
        generation: u64,
        /// What to ask.
        request: Request,
    },
    /// Speak to that server from now on, as nobody yet.
    Connect {
        /// Its URL, checked.
        server: String,
    },
    /// Use this session from now on and keep it.
    KeepSession(Box<NewSession>),
    /// Forget the session that was kept.
    ForgetSession,
    /// Put text on the clipboard.
    Copy(String),
    /// Give the terminal back to the shell for a while.
    Suspend,
    /// End.
    Quit,
}

/// What a call is for; at most one call of each is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Slot {
    /// Logging in.
    Login,
    /// Logging out.
    Logout,
    /// Who am I.
    WhoAmI,
    /// The list of accounts.
    Accounts,
    /// One account.
    Account,
    /// What happened to it.
    Timeline,
    /// The list of tenants.
    Tenants,
    /// A log.
    Audit,
    /// A revocation.
    Revoke,
}

/// A screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// The list of accounts.
    Accounts,
    /// One account.
    Account(AccountId),
    /// The list of tenants.
    Tenants,
    /// A log.
    Audit,
}

impl Screen {
    /// The screen as far as actions tell it apart.
    pub fn place(self) -> Place {
        match self {
            Self::Accounts => Place::Accounts,
            Self::Account(_) => Place::Account,
            Self::Tenants => Place::Tenants,
            Self::Audit => Place::Audit,
        }
    }
}

/// What lies over the screen and takes the keys.
#[derive(Debug)]
pub enum Overlay {
    /// All keys, scrolled down so many lines.
    Help(u16),
    /// Actions by name.
    Palette(Palette),
    /// Revoking an account.
    Revoke(Box<RevokeDialog>),
}

/// How the connection fares.
#[derive(Debug, Clone, PartialEq)]
pub enum Link {
    /// Nothing has been asked yet.
    Untried,
    /// The last call was answered.
    Live {
        /// How long it took.
        took: Duration,
        /// When.
        at: DateTime<Utc>,
    },
    /// The last call was not.
    Lost {
        /// Since when.
        since: DateTime<Utc>,
    },
}

/// What is known before the first key.
#[derive(Debug, Clone, Default)]
pub struct Setup {
    /// Name of the context.
    pub context: String,
    /// The server's URL; empty if none is known.
    pub server: String,
    /// The operator's login name; empty if none is known.
    pub name: String,
    /// Whether a session was kept.
    pub has_session: bool,
    /// Other contexts to choose from: name, server, login name.
    pub contexts: Vec<(String, String, String)>,
    /// Whether everything that changes something is refused.
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
    /// What it says, as far as it could be read.
    pub filter: AccountFilter,
    /// The rows.
    pub list: List<AccountSummary>,
}

/// A log.
#[derive(Debug, Default)]
pub struct AuditView {
    /// The query line.
    pub bar: QueryBar,
    /// Whose log.
    pub tenant: Option<TenantRef>,
    /// The entries.
    pub list: List<AuditEvent>,
}

/// Everything that the client knows.
#[derive(Debug)]
pub struct Model {
    /// The time of the message at hand; the loop sets it.
    pub now: DateTime<Utc>,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// Whether the last message changed what is to be drawn.
    pub changed: bool,
    /// What was known at the start, and where we are connected now.
    pub setup: Setup,
    /// Keys.
    pub keymap: Keymap,
    /// Who we are, once the server has said so.
    pub operator: Option<Operator>,
    /// Fetching that.
    pub whoami: Feed,
    /// The login form, while there is no session.
    pub login: Option<LoginForm>,
    /// The call of the login form.
    pub login_call: Feed,
    /// The screen in view.
    pub screen: Screen,
    /// Screens behind it.
    pub behind: Vec<Screen>,
    /// Screens that were left by going back.
    pub ahead: Vec<Screen>,
    /// The list of accounts.
    pub accounts: AccountsView,
    /// The account opened last.
    pub account: Option<AccountView>,
    /// The list of tenants.
    pub tenants: List<Tenant>,
    /// A log.
    pub audit: AuditView,
    /// What lies over the screen.
    pub overlay: Option<Overlay>,
    /// A word to the operator, and until when it stays.
    pub toast: Option<(String, DateTime<Utc>)>,
    /// How the connection fares.
    pub link: Link,
}

/// How long a word to the operator stays, in seconds.
const TOAST_SECONDS: i64 = 6;
/// Rows of the terminal that no list can have: frame, heading, query, columns, state, hints.
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
            whoami: Feed::default(),
            login,
            login_call: Feed::default(),
            screen: Screen::Accounts,
            behind: Vec::new(),
            ahead: Vec::new(),
            accounts: AccountsView::default(),
            account: None,
            tenants: List::default(),
            audit: AuditView::default(),
            overlay: None,
            toast: None,
            link: Link::Untried,
        }
    }

    /// Rows that a list in view has.
    pub fn list_height(&self) -> usize {
        usize::from(self.size.1.saturating_sub(CHROME_ROWS))
    }

    /// Shows a word to the operator for a while.
    pub fn say(&mut self, text: impl Into<String>) {
        self.toast = Some((text.into(), self.now + TimeDelta::seconds(TOAST_SECONDS)));
    }

    /// Goes to a screen; the one in view can be come back to.
    pub fn go(&mut self, screen: Screen) {
        if screen != self.screen {
            self.behind.push(self.screen);
            self.ahead.clear();
            self.screen = screen;
        }
    }

    /// The account that an action here would be about.
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

    /// The query line of the screen in view, where it has one.
    pub fn bar(&mut self) -> Option<&mut QueryBar> {
        match self.screen {
            Screen::Accounts => Some(&mut self.accounts.bar),
            Screen::Audit => Some(&mut self.audit.bar),
            Screen::Account(_) | Screen::Tenants => None,
        }
    }
}
