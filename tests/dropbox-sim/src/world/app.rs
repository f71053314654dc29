//! Apps as registered in the console.

use serde_json::{Value, json};

use super::Scopes;
use crate::{config::AppStatus, secret::Secret};

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
    /// Where notices go.
    pub(crate) webhook_uri: Option<String>,
}

impl App {
    /// The fields that the control API shows, which are all except the secret.
    pub(crate) fn view(&self) -> Value {
        json!({
            "key": self.key,
            "name": self.name,
            "redirect_uris": self.redirect_uris,
            "scopes": self.scopes.iter().collect::<Vec<_>>(),
            "status": self.status,
            "auto_approve": self.auto_approve,
            "webhook_uri": self.webhook_uri,
        })
    }
}
