//! The registry of everything an operator can do: keys, hints, help, palette and documentation all come from it.

/// How much is at stake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Danger {
    /// Changes nothing at the server.
    Reads,
    /// Cannot be undone: confirmed by typing the end of the id, with a reason.
    Irreversible,
}

/// Under which heading the help shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Moving about.
    Move,
    /// Going to a screen.
    Go,
    /// Narrowing and ordering.
    Find,
    /// Doing something with an account.
    Account,
    /// The program itself.
    Program,
}

impl Group {
    /// Every group, in the order of the help.
    pub const ALL: [Self; 5] = [Self::Move, Self::Go, Self::Find, Self::Account, Self::Program];

    /// The heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Move => "Move",
            Self::Go => "Go to",
            Self::Find => "Find",
            Self::Account => "Account",
            Self::Program => "Program",
        }
    }
}

/// The screens, as far as actions tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The list of accounts.
    Accounts,
    /// One account.
    Account,
    /// The list of tenants.
    Tenants,
    /// A log.
    Audit,
}

/// One thing that can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each one's meaning stands in REGISTRY, where people read it too")]
pub enum Action {
    Down,
    Up,
    PageDown,
    PageUp,
    First,
    Last,
    Open,
    Back,
    Forward,
    Accounts,
    Tenants,
    Audit,
    Search,
    ClearSearch,
    Sort,
    Refresh,
    Revoke,
    CopyId,
    CopyCommand,
    Palette,
    Help,
    Leave,
    LogOut,
    Suspend,
    Quit,
}

/// What the registry knows of an action.
#[derive(Debug)]
pub struct Entry {
    /// Which.
    pub action: Action,
    /// Its name in `config.toml`; never changes.
    pub name: &'static str,
    /// What it does, for help and palette.
    pub label: &'static str,
    /// One word for the line of hints; empty keeps it out of there.
    pub hint: &'static str,
    /// Its heading.
    pub group: Group,
    /// What is at stake.
    pub danger: Danger,
    /// Its keys unless the configuration says otherwise; the first is the one that hints show.
    pub keys: &'static [&'static str],
    /// Where it works; empty means everywhere.
    pub places: &'static [Place],
}

impl Entry {
    /// Whether it works in that place.
    pub fn works_in(&self, place: Place) -> bool {
        self.places.is_empty() || self.places.contains(&place)
    }
}

const fn entry(
    action: Action,
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    group: Group,
    keys: &'static [&'static str],
    places: &'static [Place],
) -> Entry {
    Entry { action, name, label, hint, group, danger: Danger::Reads, keys, places }
}

use Action as A;
use Group as G;
use Place as P;

/// Every action.
pub const REGISTRY: &[Entry] = &[
    entry(
        A::Open,
        "open",
        "open what is selected",
        "open",
        G::Move,
        &["enter", "l", "right"],
        &[P::Accounts, P::Tenants],
    ),
    entry(A::Back, "back", "back to the screen before", "back", G::Move, &["h", "left", "["], &[]),
    entry(A::Forward, "forward", "forward again", "", G::Move, &["]"], &[]),
    entry(A::Down, "down", "one row down", "", G::Move, &["j", "down"], &[]),
    entry(A::Up, "up", "one row up", "", G::Move, &["k", "up"], &[]),
    entry(A::PageDown, "page-down", "half a page down", "", G::Move, &["ctrl-d", "pagedown"], &[]),
    entry(A::PageUp, "page-up", "half a page up", "", G::Move, &["ctrl-u", "pageup"], &[]),
    entry(A::First, "first", "to the first row", "", G::Move, &["g", "home"], &[]),
    entry(A::Last, "last", "to the last row loaded", "", G::Move, &["G", "end"], &[]),
    entry(
        A::Search,
        "search",
        "search and filter as you type",
        "search",
        G::Find,
        &["/"],
        &[P::Accounts, P::Audit],
    ),
    entry(A::ClearSearch, "clear", "clear the search, else back", "", G::Find, &["esc"], &[]),
    entry(
        A::Sort,
        "sort",
        "next order: newest, oldest, email, used",
        "sort",
        G::Find,
        &["s"],
        &[P::Accounts],
    ),
    entry(A::Refresh, "refresh", "ask the server again, now", "refresh", G::Find, &["r"], &[]),
    Entry {
        action: A::Revoke,
        name: "account.revoke",
        label: "revoke the account for good (asks for a reason)",
        hint: "revoke",
        group: G::Account,
        danger: Danger::Irreversible,
        keys: &["R"],
        places: &[P::Accounts, P::Account],
    },
    entry(
        A::CopyId,
        "copy-id",
        "copy the id to the clipboard",
        "copy id",
        G::Account,
        &["y"],
        &[P::Accounts, P::Account, P::Tenants],
    ),
    entry(A::CopyCommand, "copy-command", "copy this as a command line", "", G::Account, &["Y"], &[]),
    entry(A::Accounts, "accounts", "accounts", "", G::Go, &["1"], &[]),
    entry(A::Tenants, "tenants", "tenants", "", G::Go, &["2"], &[]),
    entry(A::Audit, "audit", "audit log", "", G::Go, &["3"], &[]),
    entry(A::Palette, "palette", "find an action by its name", "command", G::Program, &[":"], &[]),
    entry(A::Help, "help", "show all keys", "help", G::Program, &["?"], &[]),
    entry(A::Leave, "leave", "leave the screen, at the end the program", "quit", G::Program, &["q"], &[]),
    entry(A::LogOut, "log-out", "log out, and as somebody else in", "", G::Program, &[], &[]),
    entry(A::Suspend, "suspend", "to the shell; fg comes back", "", G::Program, &["ctrl-z"], &[]),
    entry(A::Quit, "quit", "leave the program at once", "", G::Program, &["ctrl-c"], &[]),
];

/// What the registry knows of the action of that name.
pub fn named(name: &str) -> Option<&'static Entry> {
    REGISTRY.iter().find(|e| e.name == name)
}
