//! Registration of apps, and the initial state.

use super::{App, World, users::made_up};
use crate::{
    config::{AppConfig, Config},
    secret::Secret,
};

impl World {
    pub(crate) fn new(config: &Config) -> Self {
        let mut world = Self { settings: config.settings.clone(), open: config.sandbox, ..Self::default() };
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

    /// Registers an app that nobody has used before, if apps are accepted as they come: its first secret is its secret.
    pub(crate) fn admit(&mut self, key: Option<&str>, secret: Option<&Secret>) {
        if let (true, Some(key), Some(secret)) = (self.open, key, secret)
            && !self.apps.contains_key(key)
        {
            self.put_app(AppConfig::new(key, secret.expose()).scopes(std::iter::empty::<String>()));
        }
    }

    /// Whether this is the secret of the app, which is registered first if apps are accepted as they come.
    pub(crate) fn is_app(&mut self, key: &str, secret: &Secret) -> bool {
        self.admit(Some(key), Some(secret));
        self.apps.get(key).is_some_and(|app| app.secret.matches(secret.expose()))
    }

    /// Adds a redirect URI and scopes to those of an app.
    pub(crate) fn extend_app(&mut self, key: &str, redirect_uri: String, scopes: Vec<String>) {
        let Some(app) = self.apps.get_mut(key) else { return };
        if !app.redirect_uris.contains(&redirect_uri) {
            app.redirect_uris.push(redirect_uri);
        }
        app.scopes = app.scopes.iter().map(str::to_owned).chain(scopes).collect();
    }
}
