//! How much of a scenario is run, and what came of it.

/// How much of a scenario is run.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// How often the fault comes.
    pub times: usize,
    /// How much there is of everything else: callers, accounts, seconds. 1 for `cargo verify`, 10 for the long command.
    pub size: usize,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Seen {
    /// How often the fault came; 0 where this machine cannot make it.
    pub times: usize,
    /// In a few words.
    pub text: String,
}

impl Seen {
    /// So often, and this was seen.
    pub fn new(times: usize, text: impl Into<String>) -> Self {
        Self { times, text: text.into() }
    }
}
