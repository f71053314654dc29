//! The complete state of the simulated Dropbox.

use std::collections::{BTreeMap, HashMap};

use super::{App, Code, Grant, User, grant::AccessToken, oauth1::OAuth1State};
use crate::{config::Settings, secret::Secret};

/// The complete state behind one lock. All operations on it are short.
#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) settings: Settings,
    pub(crate) apps: BTreeMap<String, App>,
    /// Whether apps are accepted as they come.
    pub(super) open: bool,
    /// The users, in the order of the sign-in page.
    pub(crate) users: Vec<User>,
    pub(super) user_index: HashMap<String, usize>,
    /// Browser session cookie → account id.
    pub(super) sessions: HashMap<Secret, String>,
    pub(crate) codes: HashMap<Secret, Code>,
    pub(crate) grants: BTreeMap<u64, Grant>,
    pub(super) access: HashMap<Secret, AccessToken>,
    pub(super) refresh: HashMap<Secret, u64>,
    /// Maps (app key, account id) to grants, so that linking again need not search all grants.
    pub(super) links: HashMap<(String, String), Vec<u64>>,
    pub(super) last_grant: u64,
    /// The additional state of OAuth 1.
    pub(super) oauth1: OAuth1State,
}
