//! Apps as registered in the console.

use serde_json::{Value, json};

use super::{Scopes, World};
use crate::{
    config::{AppConfig, AppStatus},
    secret::Secret,
};

/// A registered app.
#[derive(Debug, Clone)]
pub(crate) struct App {
    pub(crate) key: String,
    pub(crate) secret: Secret,
    pub(crate) name: String,
    pub(crate) redirect_uris: Vec<String>,
    pub(crate) scopes: Scopes,
    pub(crate) status: AppStatus,
    pub(crate) auto_approve: Option<String>,
}

impl App {
    /// What the control API shows of it: everything but the secret.
    pub(crate) fn view(&self) -> Value {
        json!({
            "key": self.key,
            "name": self.name,
            "redirect_uris": self.redirect_uris,
            "scopes": self.scopes.iter().collect::<Vec<_>>(),
            "status": self.status,
            "auto_approve": self.auto_approve,
        })
    }
}

impl World {
    /// Registers an app, or replaces the one of the same key.
    pub(crate) fn put_app(&mut self, config: AppConfig) {
        let app = App {
            name: config.name.unwrap_or_else(|| config.key.clone()),
            key: config.key,
            secret: config.secret,
            redirect_uris: config.redirect_uris,
            scopes: config.scopes.into_iter().collect(),
            status: config.status,
            auto_approve: config.auto_approve,
        };
        self.apps.insert(app.key.clone(), app);
    }
}
