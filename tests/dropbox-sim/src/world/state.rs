//! All that the simulated Dropbox knows.

use std::collections::{BTreeMap, HashMap};

use super::{App, Code, Grant, User, grant::AccessToken};
use crate::{config::Settings, secret::Secret};

/// All state, behind one lock: every operation on it is short.
#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) settings: Settings,
    pub(crate) apps: BTreeMap<String, App>,
    /// In the order in which the sign-in page shows them.
    pub(crate) users: Vec<User>,
    pub(super) user_index: HashMap<String, usize>,
    /// Browser session cookie → account id.
    pub(super) sessions: HashMap<Secret, String>,
    pub(crate) codes: HashMap<Secret, Code>,
    pub(crate) grants: BTreeMap<u64, Grant>,
    pub(super) access: HashMap<Secret, AccessToken>,
    pub(super) refresh: HashMap<Secret, u64>,
    /// (app key, account id) → grants, so that linking again does not look at all of them.
    pub(super) links: HashMap<(String, String), Vec<u64>>,
    pub(super) last_grant: u64,
}
