//! The registry of all actions, the only source for keys, hints, help, palette and documentation.

use bowline_api::status::Role;

use crate::danger::Danger;

pub use super::group::Group;
use super::place::{Place, for_each_screen};

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
    HistoryBack,
    Forward,
    Go(Place),
    Search,
    ClearSearch,
    Sort,
    Columns,
    FindText,
    FindNext,
    FindPrevious,
    SavedQueries,
    Refresh,
    Follow,
    Verify,
    Details,
    Revoke,
    Pause,
    Undo,
    ReplaceSecret,
    EditUrls,
    Add,
    SetRole,
    SetPassword,
    Rotate,
    EndSession,
    Mark,
    MarkRange,
    MarkAll,
    Export,
    ApproveJob,
    StopJob,
    RetryJob,
    CopyId,
    CopyCommand,
    Acts,
    ApiLog,
    Contexts,
    Mouse,
    TabNew,
    TabClose,
    TabNext,
    TabPrevious,
    Palette,
    Help,
    Leave,
    LogOut,
    Redraw,
    Suspend,
    Quit,
    Close,
    Confirm,
    NextField,
    PreviousField,
    DialogDown,
    DialogUp,
    DialogPageDown,
    DialogPageUp,
    Remove,
    SignOnBrowser,
    SignOnDevice,
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
    /// The least role that may perform it.
    pub role: Role,
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
    /// On the screens that name this other action.
    With(Action),
    /// In dialogs and query lines, whose keys are apart from those of screens.
    InDialogs,
}

impl Entry {
    /// Whether the action works on a screen that names these actions.
    pub fn works_with(&self, actions: &[Action]) -> bool {
        match self.works {
            Works::Everywhere => true,
            Works::With(other) => actions.contains(&other),
            Works::WhereNamed | Works::InDialogs => actions.contains(&self.action),
        }
    }

    /// The role that an operator of this role lacks for it, on a screen on which some actions need these roles.
    pub fn missing_role(&self, role: Option<Role>, here: &[(Action, Role)]) -> Option<Role> {
        let needed =
            here.iter().find(|(action, _)| *action == self.action).map_or(self.role, |(_, role)| *role);
        role.and_then(|own| lacking(own, needed))
    }
}

/// The needed role, if an operator with their own role may not do what it may.
pub fn lacking(own: Role, needed: Role) -> Option<Role> {
    (rank(own) < rank(needed)).then_some(needed)
}

/// The roles in order: each may do what the ones before it may.
fn rank(role: Role) -> u8 {
    match role {
        Role::Viewer => 0,
        Role::Operator => 1,
        Role::Admin => 2,
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
    let (danger, role, works) = (Danger::Reads, Role::Viewer, Works::Everywhere);
    Entry { action, name, label, hint, group, danger, role, keys, works }
}

/// The same for an action that works only on the screens that name it.
const fn named_by_screens(entry: Entry) -> Entry {
    Entry { works: Works::WhereNamed, ..entry }
}

/// The same for an action that works on the screens that name this other one.
const fn with(other: Action, entry: Entry) -> Entry {
    Entry { works: Works::With(other), ..entry }
}

/// The same for a change of what is selected.
const fn change(
    action: Action,
    name: &'static str,
    (label, hint): (&'static str, &'static str),
    (danger, role): (Danger, Role),
    keys: &'static [&'static str],
) -> Entry {
    Entry { danger, role, ..named_by_screens(entry(action, name, label, hint, Group::Change, keys)) }
}

/// The same for an action of dialogs and query lines.
const fn in_dialogs(
    action: Action,
    name: &'static str,
    label: &'static str,
    keys: &'static [&'static str],
) -> Entry {
    Entry { works: Works::InDialogs, ..entry(action, name, label, "", Group::Dialog, keys) }
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
    entry(A::Back, "back", "back to where this was opened", "", G::Move, &["h", "left"]),
    entry(A::HistoryBack, "history-back", "the view before, with its query", "", G::Move, &["["]),
    entry(A::Forward, "forward", "the view after, with its query", "", G::Move, &["]"]),
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
    named_by_screens(entry(A::Columns, "columns", "choose and order the columns", "", G::Find, &["c"])),
    with(A::Search, entry(A::SavedQueries, "saved", "save or use a saved query", "", G::Find, &["w"])),
    with(A::Columns, entry(A::FindText, "find", "find text in the rows", "", G::Find, &["F"])),
    with(A::Columns, entry(A::FindNext, "find-next", "next row with that text", "", G::Find, &["n"])),
    with(
        A::Columns,
        entry(A::FindPrevious, "find-previous", "row before with that text", "", G::Find, &["N"]),
    ),
    entry(A::Refresh, "refresh", "reload from the server now", "refresh", G::Find, &["r"]),
    named_by_screens(entry(A::Follow, "follow", "follow the list, or freeze it", "follow", G::Find, &["f"])),
    Entry {
        role: Role::Operator,
        ..named_by_screens(entry(A::Verify, "verify", "check the log's chain", "verify", G::Find, &["V"]))
    },
    entry(A::Details, "details", "everything here in full", "details", G::Find, &["i"]),
    named_by_screens(entry(A::Mark, "mark", "mark or unmark, and one row down", "mark", G::Find, &["space"])),
    named_by_screens(entry(A::MarkRange, "mark-range", "begin or end a range of marks", "", G::Find, &["v"])),
    named_by_screens(entry(A::MarkAll, "mark-all", "mark all that match the query", "", G::Find, &["*"])),
    named_by_screens(entry(
        A::Export,
        "export",
        "export what matches: CSV, JSON, NDJSON",
        "export",
        G::Find,
        &["e"],
    )),
    change(
        A::Revoke,
        "account.revoke",
        ("revoke permanently", "revoke"),
        (Danger::Irreversible, Role::Operator),
        &["R"],
    ),
    change(
        A::Pause,
        "suspend-or-resume",
        ("suspend or resume", "suspend"),
        (Danger::Reversible, Role::Operator),
        &["S"],
    ),
    Entry {
        danger: Danger::Reversible,
        role: Role::Operator,
        ..entry(A::Undo, "undo", "undo what you suspended or resumed", "", G::Change, &["u"])
    },
    change(
        A::ReplaceSecret,
        "connector.secret",
        ("replace the app secret", "new secret"),
        (Danger::Reversible, Role::Admin),
        &["E"],
    ),
    change(
        A::EditUrls,
        "connector.urls",
        ("edit the return URLs", "return URLs"),
        (Danger::Reversible, Role::Admin),
        &["U"],
    ),
    change(A::Add, "add", ("add another one", "add"), (Danger::Reversible, Role::Admin), &["a"]),
    change(
        A::SetRole,
        "operator.role",
        ("change the role", "role"),
        (Danger::Reversible, Role::Admin),
        &["P"],
    ),
    change(
        A::SetPassword,
        "operator.password",
        ("give the operator another password", "password"),
        (Danger::Reversible, Role::Admin),
        &["p"],
    ),
    change(
        A::Rotate,
        "key.rotate",
        ("replace by a new key, with an overlap", "rotate"),
        (Danger::Reversible, Role::Admin),
        &["o"],
    ),
    change(
        A::EndSession,
        "session.end",
        ("end the session", "end"),
        (Danger::Reversible, Role::Viewer),
        &["D"],
    ),
    change(
        A::ApproveJob,
        "job.approve",
        ("confirm or approve the job", "approve"),
        (Danger::Bulk, Role::Operator),
        &["A"],
    ),
    change(A::StopJob, "job.stop", ("stop the job", "stop"), (Danger::Reversible, Role::Operator), &["X"]),
    change(
        A::RetryJob,
        "job.retry",
        ("try again what is left and what failed", "retry"),
        (Danger::Bulk, Role::Operator),
        &["T"],
    ),
    named_by_screens(entry(A::CopyId, "copy-id", "copy the id to the clipboard", "copy id", G::Find, &["y"])),
    entry(A::CopyCommand, "copy-command", "copy the equivalent command line", "", G::Find, &["Y"]),
];

macro_rules! go_entries {
    ($($(#[$doc:meta])* $module:ident::$screen:ident $(shows $subject:ident)?
        $(goes $name:literal $label:literal $($key:literal)+ for $role:ident)?;)*) => {
        /// The actions that go to a screen, from the list of screens.
        const GO: &[Entry] = &[$($(
            Entry {
                role: Role::$role,
                ..entry(A::Go(Place::$screen), $name, $label, "", G::Go, &[$($key),+])
            },
        )?)*];
    };
}
for_each_screen!(go_entries);

/// The actions of the program itself.
const LAST: &[Entry] = &[
    entry(A::Acts, "acts", "what you have changed, and its outcome", "", G::Program, &["O"]),
    entry(A::ApiLog, "api-log", "the last calls, with their request ids", "", G::Program, &["L"]),
    entry(A::Contexts, "contexts", "switch to another server", "", G::Program, &["C"]),
    entry(A::Mouse, "mouse", "use the mouse, or give it back", "", G::Program, &["m"]),
    entry(A::TabNew, "tab.new", "open a tab with what is shown", "", G::Program, &["t"]),
    entry(A::TabClose, "tab.close", "close the tab", "", G::Program, &["x"]),
    entry(A::TabNext, "tab.next", "next tab", "", G::Program, &["tab"]),
    entry(A::TabPrevious, "tab.previous", "previous tab", "", G::Program, &["shift-tab"]),
    entry(A::Palette, "palette", "find an action by its name", "command", G::Program, &[":"]),
    entry(A::Help, "help", "show all keys", "help", G::Program, &["?"]),
    entry(A::Leave, "leave", "one level up", "back", G::Program, &["q"]),
    entry(A::LogOut, "log-out", "log out", "", G::Program, &[]),
    entry(A::Redraw, "redraw", "draw or tell everything again", "", G::Program, &["ctrl-l"]),
    entry(A::Suspend, "suspend", "suspend to the shell (fg resumes)", "", G::Program, &["ctrl-z"]),
    entry(A::Quit, "quit", "quit immediately", "quit", G::Program, &["ctrl-c"]),
    in_dialogs(A::Close, "dialog.close", "close, or clear the query", &["esc"]),
    in_dialogs(A::Confirm, "dialog.confirm", "confirm", &["enter"]),
    in_dialogs(A::NextField, "dialog.next", "next field; complete a query's word", &["tab"]),
    in_dialogs(A::PreviousField, "dialog.previous", "previous field, or choice", &["shift-tab"]),
    in_dialogs(A::DialogDown, "dialog.down", "down", &["down"]),
    in_dialogs(A::DialogUp, "dialog.up", "up", &["up"]),
    in_dialogs(A::DialogPageDown, "dialog.page-down", "down in a long text", &["pagedown"]),
    in_dialogs(A::DialogPageUp, "dialog.page-up", "up in a long text", &["pageup"]),
    in_dialogs(A::Remove, "dialog.remove", "remove what is selected", &["ctrl-x"]),
    in_dialogs(A::SignOnBrowser, "login.browser", "log in with a browser", &["ctrl-o"]),
    in_dialogs(A::SignOnDevice, "login.device", "log in on another device", &["ctrl-t"]),
];

/// Every action.
pub fn registry() -> impl Iterator<Item = &'static Entry> {
    FIRST.iter().chain(GO).chain(LAST)
}

/// The entry of the action with this name.
pub fn named(name: &str) -> Option<&'static Entry> {
    registry().find(|entry| entry.name == name)
}
