//! What the simulated Dropbox knows: apps, users, browser sessions, codes, grants and tokens.

mod app;
mod authorize;
mod files;
mod grant;
mod scope;
mod token;
mod user;

use std::collections::{BTreeMap, HashMap};

use crate::{
    config::{Config, Settings},
    secret::Secret,
};

pub(crate) use app::App;
pub(crate) use authorize::{Authorize, Refusal};
pub(crate) use files::File;
pub(crate) use grant::{Code, Grant};
pub use grant::{GrantView, Reveal, TokensView};
pub(crate) use scope::Scopes;
pub(crate) use token::{Credentials, Presented};
pub(crate) use user::User;
pub use user::{AccountType, UserView};

/// All state, behind one lock: every operation on it is short.
#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) settings: Settings,
    pub(crate) apps: BTreeMap<String, App>,
    /// In the order in which the sign-in page shows them.
    pub(crate) users: Vec<User>,
    user_index: HashMap<String, usize>,
    /// Browser session cookie → account id.
    sessions: HashMap<Secret, String>,
    pub(crate) codes: HashMap<Secret, Code>,
    pub(crate) grants: BTreeMap<u64, Grant>,
    access: HashMap<Secret, grant::AccessToken>,
    refresh: HashMap<Secret, u64>,
    /// (app key, account id) → grants, so that linking again does not look at all of them.
    links: HashMap<(String, String), Vec<u64>>,
    last_grant: u64,
}

impl World {
    pub(crate) fn new(config: &Config) -> Self {
        let mut world = Self { settings: config.settings.clone(), ..Self::default() };
        for user in user::made_up().iter().chain(&config.users) {
            world.add_user(user);
        }
        for app in &config.apps {
            world.put_app(app.clone());
        }
        world
    }
}
