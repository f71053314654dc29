//! What the registry knows about an action.

use bowline_api::status::Role;

use crate::danger::Danger;

use super::group::HelpGroup;
use super::place::Place;

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
    DrainStop,
    Announce,
    Mark,
    MarkRange,
    MarkAll,
    Export,
    ApproveJob,
    StopJob,
    RetryJob,
    SendTest,
    SendAgain,
    SendAllAgain,
    DeleteEndpoint,
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
pub struct ActionEntry {
    /// The action.
    pub action: Action,
    /// Its name in `config.toml`; it never changes.
    pub name: &'static str,
    /// Its description in help and palette.
    pub label: &'static str,
    /// One word for the line of hints; empty if the action has no hint.
    pub hint: &'static str,
    /// Its heading in the help.
    pub group: HelpGroup,
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

impl ActionEntry {
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
    (role_rank(own) < role_rank(needed)).then_some(needed)
}

/// The roles in order: each may do what the ones before it may.
fn role_rank(role: Role) -> u8 {
    match role {
        Role::Viewer => 0,
        Role::Operator => 1,
        Role::Admin => 2,
    }
}

pub(super) const fn entry(
    action: Action,
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    group: HelpGroup,
    keys: &'static [&'static str],
) -> ActionEntry {
    let (danger, role, works) = (Danger::Reads, Role::Viewer, Works::Everywhere);
    ActionEntry { action, name, label, hint, group, danger, role, keys, works }
}

/// The same for an action that works only on the screens that name it.
pub(super) const fn named_by_screens(entry: ActionEntry) -> ActionEntry {
    ActionEntry { works: Works::WhereNamed, ..entry }
}

/// The same for an action that works on the screens that name this other one.
pub(super) const fn with(other: Action, entry: ActionEntry) -> ActionEntry {
    ActionEntry { works: Works::With(other), ..entry }
}

/// The same for a change of what is selected.
pub(super) const fn change(
    action: Action,
    name: &'static str,
    (label, hint): (&'static str, &'static str),
    (danger, role): (Danger, Role),
    keys: &'static [&'static str],
) -> ActionEntry {
    ActionEntry {
        danger,
        role,
        ..named_by_screens(entry(action, name, label, hint, HelpGroup::Change, keys))
    }
}

/// The same for an action of dialogs and query lines.
pub(super) const fn in_dialogs(
    action: Action,
    name: &'static str,
    label: &'static str,
    keys: &'static [&'static str],
) -> ActionEntry {
    ActionEntry { works: Works::InDialogs, ..entry(action, name, label, "", HelpGroup::Dialog, keys) }
}
