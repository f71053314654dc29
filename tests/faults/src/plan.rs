//! The scale of a scenario, and its outcome.

/// The scale of a scenario.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// How often the fault is injected.
    pub times: usize,
    /// The scale of everything else: callers, accounts, seconds. 1 for `cargo verify`, 10 for `cargo faults`.
    pub size: usize,
}

/// The outcome of a scenario.
#[derive(Debug, Clone)]
pub struct Seen {
    /// How often the fault was injected; 0 if this machine cannot produce it.
    pub times: usize,
    /// A short summary.
    pub text: String,
}

impl Seen {
    /// An outcome after this many faults.
    pub fn new(times: usize, text: impl Into<String>) -> Self {
        Self { times, text: text.into() }
    }
}
