//! How dangerous an action or a request is.

/// How dangerous an action or a request is, from the mildest to the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Danger {
    /// Level 0: changes nothing at the server.
    Reads,
    /// Level 1: can be undone by another action.
    Reversible,
    /// Level 2: cannot be undone; the operator types the end of the id.
    Irreversible,
    /// Level 3: an act on many accounts; the operator sees a dry run, and types a phrase and their own password.
    Bulk,
}

impl Danger {
    /// Its name in lists of actions.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reads => "reads",
            Self::Reversible => "reversible",
            Self::Irreversible => "irreversible",
            Self::Bulk => "bulk",
        }
    }
}
