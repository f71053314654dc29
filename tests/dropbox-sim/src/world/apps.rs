//! Registration of apps, and the initial state.

use super::{App, World, users::made_up};
use crate::config::{AppConfig, Config};

impl World {
    pub(crate) fn new(config: &Config) -> Self {
        let mut world = Self { settings: config.settings.clone(), ..Self::default() };
        for user in made_up().iter().chain(&config.users) {
            world.add_user(user);
        }
        for app in &config.apps {
            world.put_app(app.clone());
        }
        world
    }
}

impl World {
    /// Registers an app, or replaces the one with the same key.
    pub(crate) fn put_app(&mut self, config: AppConfig) {
        let app = App {
            name: config.name.unwrap_or_else(|| config.key.clone()),
            key: config.key,
            secret: config.secret,
            redirect_uris: config.redirect_uris,
            scopes: config.scopes.into_iter().collect(),
            status: config.status,
            auto_approve: config.auto_approve,
            webhook_uri: None,
        };
        self.apps.insert(app.key.clone(), app);
    }
}
