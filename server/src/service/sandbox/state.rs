//! Puts an account of a sandbox into a state.

use bowline_api::status::{ConnectorStatus, SandboxState};
use bowline_api::v1::SandboxAccount;
use bowline_api::{AccountId, TenantId};

use super::failed;
use crate::app::App;
use crate::domain::{Error, Result};
use crate::service::connector;
use crate::store::TenantTx;

/// Lets the simulator behave in this way towards an account from now on. Bowline itself learns of it as it does of everything: by its
/// next call for the account. A connector that was broken works again once one of its accounts is healthy.
///
/// # Errors
/// `not_found`; `provider_unavailable` if the simulator cannot be reached.
pub async fn set_state(
    app: &App,
    tenant: TenantId,
    id: AccountId,
    state: SandboxState,
) -> Result<SandboxAccount> {
    let read = async |tx: &mut TenantTx| {
        let row = tx.account(id.uuid()).await?.ok_or_else(Error::not_found)?;
        let connector = tx.connector(row.connector_id).await?;
        let connector = connector.ok_or_else(|| Error::bug("an account has no connector"))?;
        let keys = app.vault.keys(tx).await?;
        let credentials = connector::credentials(&keys, &connector)?;
        Ok((row, connector, credentials))
    };
    let (row, connector, credentials) = app.store.scoped_in_turn(tenant, read).await?;
    let sandbox = app.provider.sandbox(&credentials).map_err(|failure| failed(&failure))?;
    let told = sandbox.set_state(&credentials, &row.provider_account_id, state.as_str()).await;
    told.map_err(|failure| failed(&failure))?;
    if state == SandboxState::Healthy && connector.status == ConnectorStatus::Broken {
        let callback_url = connector::callback_url(&app.settings.public_url, connector.id.into());
        let checked = app.provider.check_app(&credentials, &callback_url).await;
        checked.map_err(|failure| failed(&failure))?;
        app.store.scoped(tenant, async |tx| connector::mark_working(tx, &connector).await).await?;
    }
    Ok(SandboxAccount { account_id: id, state: state.into() })
}
