//! The registry of all actions, the only source for keys, hints, help, palette and documentation.

use bowline_api::status::Role;

use super::change::CHANGES;
pub use super::entry::{Action, ActionEntry, LABEL_COLUMNS, Works, lacking};
use super::entry::{entry, in_dialogs, named_by_screens, with};
pub use super::group::HelpGroup;
use super::place::{Place, for_each_screen};

use Action as A;
use HelpGroup as G;

/// The actions before those that change something.
const FIRST_ACTIONS: &[ActionEntry] = &[
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
    ActionEntry {
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
];

/// The actions that copy.
const COPY_ACTIONS: &[ActionEntry] = &[
    named_by_screens(entry(A::CopyId, "copy-id", "copy the id to the clipboard", "copy id", G::Find, &["y"])),
    entry(A::CopyCommand, "copy-command", "copy the equivalent command line", "", G::Find, &["Y"]),
];

macro_rules! go_entries {
    ($($(#[$doc:meta])* $module:ident::$screen:ident $(shows $subject:ident)?
        $(goes $name:literal $label:literal $($key:literal)+ for $role:ident)?;)*) => {
        /// The actions that go to a screen, from the list of screens.
        const GO_ACTIONS: &[ActionEntry] = &[$($(
            ActionEntry {
                role: Role::$role,
                ..entry(A::Go(Place::$screen), $name, $label, "", G::Go, &[$($key),+])
            },
        )?)*];
    };
}
for_each_screen!(go_entries);

/// The actions of the program itself.
const PROGRAM_ACTIONS: &[ActionEntry] = &[
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
    in_dialogs(A::SignOnBrowser, "login.browser", "log in with a browser, copy its page", &["ctrl-o"]),
    in_dialogs(A::SignOnDevice, "login.device", "log in on another device", &["ctrl-t"]),
];

/// Every action.
pub fn registry() -> impl Iterator<Item = &'static ActionEntry> {
    FIRST_ACTIONS.iter().chain(CHANGES).chain(COPY_ACTIONS).chain(GO_ACTIONS).chain(PROGRAM_ACTIONS)
}

/// The entry of the action with this name.
pub fn named(name: &str) -> Option<&'static ActionEntry> {
    registry().find(|entry| entry.name == name)
}
