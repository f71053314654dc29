//! The registry of all actions, the only source for keys, hints, help, palette and documentation.

use super::place::{Place, for_each_screen};

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

/// An action of the operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the registry describes each action, and operators read the same text")]
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
    Go(Place),
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

/// The greatest width of a label in columns. Help and palette cut no label on the smallest terminal, nor its default
/// keys.
pub const LABEL_COLUMNS: usize = 38;

/// The registry's entry for an action.
#[derive(Debug, Clone, Copy)]
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
    /// Where it works.
    pub works: Works,
}

/// Where an action works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Works {
    /// On every screen.
    Everywhere,
    /// On the screens that name it among their actions.
    WhereNamed,
}

impl Entry {
    /// Whether the action works on a screen that names these actions.
    pub fn works_with(&self, actions: &[Action]) -> bool {
        self.works == Works::Everywhere || actions.contains(&self.action)
    }
}

const fn entry(
    action: Action,
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    group: Group,
    keys: &'static [&'static str],
) -> Entry {
    Entry { action, name, label, hint, group, danger: Danger::Reads, keys, works: Works::Everywhere }
}

/// The same for an action that works only on the screens that name it.
const fn named_by_screens(entry: Entry) -> Entry {
    Entry { works: Works::WhereNamed, ..entry }
}

use Action as A;
use Group as G;

/// The actions before those that go to a screen.
const FIRST: &[Entry] = &[
    named_by_screens(entry(
        A::Open,
        "open",
        "open the selected row",
        "open",
        G::Move,
        &["enter", "l", "right"],
    )),
    entry(A::Back, "back", "back to the previous screen", "back", G::Move, &["h", "left", "["]),
    entry(A::Forward, "forward", "forward to the next screen", "", G::Move, &["]"]),
    entry(A::Down, "down", "one row down", "", G::Move, &["j", "down"]),
    entry(A::Up, "up", "one row up", "", G::Move, &["k", "up"]),
    entry(A::PageDown, "page-down", "half a page down", "", G::Move, &["ctrl-d", "pagedown"]),
    entry(A::PageUp, "page-up", "half a page up", "", G::Move, &["ctrl-u", "pageup"]),
    entry(A::First, "first", "go to the first row", "", G::Move, &["g", "home"]),
    entry(A::Last, "last", "go to the last loaded row", "", G::Move, &["G", "end"]),
    named_by_screens(entry(A::Search, "search", "search and filter as you type", "search", G::Find, &["/"])),
    entry(A::ClearSearch, "clear", "clear the search, or go back", "", G::Find, &["esc"]),
    named_by_screens(entry(
        A::Sort,
        "sort",
        "next sort: newest, oldest, email, used",
        "sort",
        G::Find,
        &["s"],
    )),
    entry(A::Refresh, "refresh", "reload from the server now", "refresh", G::Find, &["r"]),
    Entry {
        danger: Danger::Irreversible,
        ..named_by_screens(entry(
            A::Revoke,
            "account.revoke",
            "revoke permanently (asks for a reason)",
            "revoke",
            G::Account,
            &["R"],
        ))
    },
    named_by_screens(entry(
        A::CopyId,
        "copy-id",
        "copy the id to the clipboard",
        "copy id",
        G::Account,
        &["y"],
    )),
    entry(A::CopyCommand, "copy-command", "copy the equivalent command line", "", G::Account, &["Y"]),
];

macro_rules! go_entries {
    ($($(#[$doc:meta])* $module:ident::$screen:ident $(shows $subject:ident)?
        $(goes $name:literal $label:literal $key:literal)?;)*) => {
        /// The actions that go to a screen, from the list of screens.
        const GO: &[Entry] = &[$($(
            entry(A::Go(Place::$screen), $name, $label, "", G::Go, &[$key]),
        )?)*];
    };
}
for_each_screen!(go_entries);

/// The actions of the program itself.
const LAST: &[Entry] = &[
    entry(A::Palette, "palette", "find an action by its name", "command", G::Program, &[":"]),
    entry(A::Help, "help", "show all keys", "help", G::Program, &["?"]),
    entry(A::Leave, "leave", "close the screen, quit on the last one", "quit", G::Program, &["q"]),
    entry(A::LogOut, "log-out", "log out", "", G::Program, &[]),
    entry(A::Suspend, "suspend", "suspend to the shell (fg resumes)", "", G::Program, &["ctrl-z"]),
    entry(A::Quit, "quit", "quit immediately", "", G::Program, &["ctrl-c"]),
];

/// Every action.
pub fn registry() -> impl Iterator<Item = &'static Entry> {
    FIRST.iter().chain(GO).chain(LAST)
}

/// The entry of the action with this name.
pub fn named(name: &str) -> Option<&'static Entry> {
    registry().find(|entry| entry.name == name)
}
