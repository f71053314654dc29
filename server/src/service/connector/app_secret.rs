//! The sealing context of a connector's app secret, which binds the app and how its links are created: whoever edits
//! the row makes the secret unreadable.

use bowline_vault::{Context, Facts, Purpose};
use uuid::Uuid;

use crate::store::connectors::{ConnectorRow, NewConnector};

pub(in crate::service) const APP_SECRET: &str = "connectors.app_secret";

/// The columns that determine how the app secret is used. An edit of one of them seals the secret again.
pub(in crate::service) struct Bound<'a> {
    id: &'a Uuid,
    app_key: &'a str,
    protocol: &'a str,
    scopes: &'a [String],
    return_urls: &'a [String],
    completion: &'a str,
    confirm_page: bool,
    oauth1_service: Option<&'a str>,
    sandbox: bool,
}

impl<'a> From<&'a ConnectorRow> for Bound<'a> {
    fn from(connector_row: &'a ConnectorRow) -> Self {
        Self {
            id: &connector_row.id,
            app_key: &connector_row.app_key,
            protocol: connector_row.protocol.as_str(),
            scopes: &connector_row.scopes,
            return_urls: &connector_row.return_urls,
            completion: connector_row.completion.as_str(),
            confirm_page: connector_row.confirm_page,
            oauth1_service: connector_row.oauth1_service.as_deref(),
            sandbox: connector_row.sandbox,
        }
    }
}

impl<'a> From<&'a NewConnector<'_>> for Bound<'a> {
    fn from(new: &'a NewConnector<'_>) -> Self {
        Self {
            id: &new.id,
            app_key: new.app_key,
            protocol: new.protocol.as_str(),
            scopes: new.scopes,
            return_urls: new.return_urls,
            completion: new.completion.as_str(),
            confirm_page: new.confirm_page,
            oauth1_service: new.oauth1_service,
            sandbox: new.sandbox,
        }
    }
}

/// The sealing context of a connector's app secret.
pub(in crate::service) fn secret_place<'a>(connector: &Bound<'a>) -> Context<'a> {
    let mut facts = Facts::new()
        .text("app_key", connector.app_key)
        .text("protocol", connector.protocol)
        .set("scopes", connector.scopes.iter().map(String::as_str))
        .set("return_urls", connector.return_urls.iter().map(String::as_str))
        .text("completion", connector.completion)
        .text("confirm_page", if connector.confirm_page { "yes" } else { "no" });
    // It decides where the secret goes. Connectors of OAuth 2 have none, and their secrets are bound as before.
    if let Some(service) = connector.oauth1_service {
        facts = facts.text("oauth1_service", service);
    }
    // It decides where the secret goes, too. Those of live connectors are bound as before.
    if connector.sandbox {
        facts = facts.text("sandbox", "yes");
    }
    Context::new(Purpose::AppSecret, APP_SECRET, connector.id).facts(facts)
}
