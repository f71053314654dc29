//! How much of a scenario is run, and what came of it.

/// How much of a scenario is run.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// How often the fault comes.
    pub times: usize,
    /// The scale of everything else: callers, accounts, seconds. 1 for `cargo verify`, 10 for `cargo faults`.
    pub size: usize,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Seen {
    /// How often the fault was injected; 0 if this machine cannot produce it.
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
