//! The headings of the help.

/// The heading under which the help lists an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HelpGroup {
    /// Moving around.
    Move,
    /// Going to a screen.
    Go,
    /// Filtering and sorting.
    Find,
    /// Changing what is selected.
    Change,
    /// The program itself.
    Program,
    /// In dialogs and query lines.
    Dialog,
}

impl HelpGroup {
    /// Every group, in the order of the help.
    pub const ALL: [Self; 6] = [Self::Move, Self::Go, Self::Find, Self::Change, Self::Program, Self::Dialog];

    /// The heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Move => "Move",
            Self::Go => "Go to",
            Self::Find => "Find",
            Self::Change => "Change",
            Self::Program => "Program",
            Self::Dialog => "In dialogs",
        }
    }
}
