//! Whether a token that does not expire may still be issued. Nothing but this stops such a token: it needs no refresh.

use std::sync::Arc;

use bowline_api::{AccountId, TenantId};
use bowline_provider::Protocol;
use bowline_provider::oauth1::ServiceConfig;
use secrecy::SecretString;

use super::held::check_account;
use crate::app::App;
use crate::domain::{Code, Error, Result};
use crate::service::connector;
use crate::store::TenantTx;
use crate::store::connectors::ConnectorRow;

/// Checks the connector behind a token without expiry, which was opened from `generation` of its account. False if the account has
/// changed since.
///
/// # Errors
/// `connector_disabled`; `integrity_error` if the account was moved to another connector.
pub async fn may_issue(
    app: &App,
    tenant: TenantId,
    account: AccountId,
    generation: i64,
    token: &SecretString,
) -> Result<bool> {
    let read = async |tx: &mut TenantTx| {
        let account_row =
            tx.account(account.uuid()).await?.filter(|account_row| account_row.generation == generation);
        let Some(account_row) = account_row else { return Ok(None) };
        check_account(token, &account_row)?;
        let connector = tx.connector(account_row.connector_id).await?;
        connector.ok_or_else(|| Error::bug("an account has no connector")).map(Some)
    };
    match app.store.scoped_in_turn(tenant, read).await? {
        Some(connector) => still_usable(app, &connector).map(|()| true),
        None => Ok(false),
    }
}

/// Checks that a connector is not disabled and its service still permitted by the server's settings.
///
/// # Errors
/// `connector_disabled`.
pub fn still_usable(app: &App, connector: &ConnectorRow) -> Result<()> {
    connector::usable(connector)?;
    match connector::protocol(connector)? {
        Protocol::OAuth1(service) => permitted_token(app, service),
        Protocol::OAuth2 | Protocol::Sandbox => Ok(()),
    }
}

fn permitted_token(app: &App, service: Arc<ServiceConfig>) -> Result<()> {
    app.provider.accepts(&Protocol::OAuth1(service)).map_err(|_| {
        let detail = "the server's settings no longer permit this connector's service; its links are kept and work again once its origins \
                      are listed; ask your operator";
        Code::ConnectorDisabled.because(detail).into()
    })
}
