//! The settings that the terminal client starts with.

use std::collections::BTreeMap;

/// The settings that the terminal client starts with.
#[derive(Debug, Clone, Default)]
pub struct Setup {
    /// The name of the context.
    pub context: String,
    /// The server's URL; empty if none is known.
    pub server: String,
    /// The operator's login name; empty if none is known.
    pub name: String,
    /// Whether a session was saved.
    pub has_session: bool,
    /// The contexts that the login form offers: name, server, login name.
    pub contexts: Vec<(String, String, String)>,
    /// Whether every change is refused.
    pub read_only: bool,
    /// Whether plain http is allowed to other machines.
    pub insecure_http: bool,
    /// Keys that differ from the defaults, by the action's name.
    pub keys: BTreeMap<String, Vec<String>>,
}
