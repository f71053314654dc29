//! The registry of all actions, the only source for keys, hints, help, palette and documentation.

/// How dangerous an action is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Danger {
    /// Changes nothing at the server.
    Reads,
    /// Cannot be undone; the operator confirms it with a reason and the end of the id.
    Irreversible,
}

/// The heading under which the help lists an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Moving around.
    Move,
    /// Going to a screen.
    Go,
    /// Filtering and sorting.
    Find,
    /// Acting on an account.
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

/// The kinds of screens, which decide where an action works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScreenKind {
    /// The list of accounts.
    Accounts,
    /// One account.
    Account,
    /// The list of tenants.
    Tenants,
    /// An audit log.
    Audit,
}

/// An action of the operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "REGISTRY describes each action, and operators read the same text")]
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

/// The registry's entry for an action.
#[derive(Debug)]
pub struct Entry {
    /// The action.
    pub action: Action,
    /// Its name in `config.toml`; it never changes.
    pub name: &'static str,
    /// Its description in help and palette.
    pub label: &'static str,
    /// One word for the line of hints; empty if the action has no hint.
    pub hint: &'static str,
    /// Its heading in the help.
    pub group: Group,
    /// How dangerous it is.
    pub danger: Danger,
    /// Its default keys; hints show the first one.
    pub keys: &'static [&'static str],
    /// The screens on which it works; empty means all.
    pub screens: &'static [ScreenKind],
}

impl Entry {
    /// Whether the action works on this kind of screen.
    pub fn works_on(&self, kind: ScreenKind) -> bool {
        self.screens.is_empty() || self.screens.contains(&kind)
    }
}

const fn entry(
    action: Action,
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    group: Group,
    keys: &'static [&'static str],
    screens: &'static [ScreenKind],
) -> Entry {
    Entry { action, name, label, hint, group, danger: Danger::Reads, keys, screens }
}

use Action as A;
use Group as G;
use ScreenKind as S;

/// Every action.
pub const REGISTRY: &[Entry] = &[
    entry(
        A::Open,
        "open",
        "open the selected row",
        "open",
        G::Move,
        &["enter", "l", "right"],
        &[S::Accounts, S::Tenants],
    ),
    entry(A::Back, "back", "back to the previous screen", "back", G::Move, &["h", "left", "["], &[]),
    entry(A::Forward, "forward", "forward to the next screen", "", G::Move, &["]"], &[]),
    entry(A::Down, "down", "one row down", "", G::Move, &["j", "down"], &[]),
    entry(A::Up, "up", "one row up", "", G::Move, &["k", "up"], &[]),
    entry(A::PageDown, "page-down", "half a page down", "", G::Move, &["ctrl-d", "pagedown"], &[]),
    entry(A::PageUp, "page-up", "half a page up", "", G::Move, &["ctrl-u", "pageup"], &[]),
    entry(A::First, "first", "go to the first row", "", G::Move, &["g", "home"], &[]),
    entry(A::Last, "last", "go to the last loaded row", "", G::Move, &["G", "end"], &[]),
    entry(
        A::Search,
        "search",
        "search and filter as you type",
        "search",
        G::Find,
        &["/"],
        &[S::Accounts, S::Audit],
    ),
    entry(A::ClearSearch, "clear", "clear the search, or go back", "", G::Find, &["esc"], &[]),
    entry(A::Sort, "sort", "next sort: newest, oldest, email, used", "sort", G::Find, &["s"], &[S::Accounts]),
    entry(A::Refresh, "refresh", "reload from the server now", "refresh", G::Find, &["r"], &[]),
    Entry {
        action: A::Revoke,
        name: "account.revoke",
        label: "revoke permanently (asks for a reason)",
        hint: "revoke",
        group: G::Account,
        danger: Danger::Irreversible,
        keys: &["R"],
        screens: &[S::Accounts, S::Account],
    },
    entry(
        A::CopyId,
        "copy-id",
        "copy the id to the clipboard",
        "copy id",
        G::Account,
        &["y"],
        &[S::Accounts, S::Account, S::Tenants],
    ),
    entry(A::CopyCommand, "copy-command", "copy the equivalent command line", "", G::Account, &["Y"], &[]),
    entry(A::Accounts, "accounts", "accounts", "", G::Go, &["1"], &[]),
    entry(A::Tenants, "tenants", "tenants", "", G::Go, &["2"], &[]),
    entry(A::Audit, "audit", "audit log", "", G::Go, &["3"], &[]),
    entry(A::Palette, "palette", "find an action by its name", "command", G::Program, &[":"], &[]),
    entry(A::Help, "help", "show all keys", "help", G::Program, &["?"], &[]),
    entry(A::Leave, "leave", "close the screen, or quit on the last one", "quit", G::Program, &["q"], &[]),
    entry(A::LogOut, "log-out", "log out", "", G::Program, &[], &[]),
    entry(A::Suspend, "suspend", "suspend to the shell (fg resumes)", "", G::Program, &["ctrl-z"], &[]),
    entry(A::Quit, "quit", "quit immediately", "", G::Program, &["ctrl-c"], &[]),
];

/// The entry of the action with this name.
pub fn named(name: &str) -> Option<&'static Entry> {
    REGISTRY.iter().find(|e| e.name == name)
}
