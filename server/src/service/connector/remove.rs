//! An operator removes a connector. Its row stays, because accounts and the audit log refer to it, but nothing is done
//! through it any more.

use bowline_api::admin::RemoveConnector;
use bowline_api::status::ConnectorStatus;
use bowline_api::{AccountId, ConnectorId, TenantId};

use super::shown::{locked, no_connector};
use crate::app::App;
use crate::domain::{Actor, Code, Event, Result, text};
use crate::service::{revocation, tenant};
use crate::store::TenantTx;

/// The number of accounts that are looked up at a time.
const REMOVED_ACCOUNTS_BATCH: i64 = 100;

/// Removes a connector, after revoking its accounts if this is wanted. If it is interrupted, the connector is disabled and
/// the same call continues.
///
/// # Errors
/// `not_found`, `invalid_field`; `invalid_state` if it has accounts that are to be kept, or is the default of a tenant with other
/// connectors and none is named in its place.
pub async fn remove(
    app: &App,
    actor: &Actor,
    tenant: TenantId,
    id: ConnectorId,
    wanted: &RemoveConnector,
) -> Result<()> {
    let reason = text::line("reason", &wanted.reason, 3, 500)?;
    let revokes = wanted.revoke_accounts.unwrap_or(false);
    let mut accounts = 0;
    if revokes {
        // Nobody links through it from here on, so its accounts become fewer.
        let stop = async |tx: &mut TenantTx| {
            successor_of_default(tx, id, wanted.new_default).await?;
            let connector_row = locked(tx, id).await?;
            if connector_row.status == ConnectorStatus::Disabled {
                return Ok(());
            }
            tx.disable_connector(connector_row.id, &reason).await?;
            tx.record(actor, Event::ConnectorDisabled { connector: id, reason: &reason }).await
        };
        tenant::scoped(app, tenant, stop).await?;
    }
    loop {
        if revokes {
            accounts += revoke_all(app, actor, tenant, id, &reason).await?;
        }
        let new_default = wanted.new_default;
        let remove = async |tx: &mut TenantTx| {
            remove_within(tx, actor, id, new_default, (reason.as_str(), accounts)).await
        };
        if tenant::scoped(app, tenant, remove).await? {
            return Ok(());
        }
        if !revokes {
            let detail =
                "the connector has accounts that are not revoked: revoke them first, or with revoke_accounts";
            return Err(Code::InvalidState.because(detail).into());
        }
        // A completion that had begun before has stored its account meanwhile. There are only a few of them.
    }
}

/// False if the connector has accounts that are not revoked. From the commit on, none is stored.
async fn remove_within(
    tx: &mut TenantTx,
    actor: &Actor,
    id: ConnectorId,
    new_default: Option<ConnectorId>,
    (reason, accounts): (&str, usize),
) -> Result<bool> {
    let successor = successor_of_default(tx, id, new_default).await?;
    if !tx.living_accounts(id.uuid(), 1).await?.is_empty() {
        return Ok(false);
    }
    tx.remove_connector(id.uuid(), reason).await?;
    if let Some(successor) = successor {
        tx.make_default(successor.uuid()).await?;
    }
    let removed = Event::ConnectorRemoved { connector: id, reason, accounts, new_default: successor };
    tx.record(actor, removed).await?;
    Ok(true)
}

/// The connector that becomes the default in place of this one; none if this one is not the default, or the last.
async fn successor_of_default(
    tx: &mut TenantTx,
    id: ConnectorId,
    named: Option<ConnectorId>,
) -> Result<Option<ConnectorId>> {
    let connectors = tx.lock_connectors().await?;
    if !connectors.iter().any(|connector_row| connector_row.id == id.uuid()) {
        return Err(no_connector());
    }
    let others: Vec<ConnectorId> =
        connectors.iter().map(|connector_row| connector_row.id.into()).filter(|other| *other != id).collect();
    if let Some(named) = named {
        if !others.contains(&named) {
            let detail = "new_default must be another connector of the tenant";
            return Err(Code::InvalidField.because(detail).field("new_default").into());
        }
        return Ok(Some(named));
    }
    let default = tx.default_connector().await?.is_some_and(|connector_row| connector_row.id == id.uuid());
    if !default || others.is_empty() {
        return Ok(None);
    }
    let others = others.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let detail = format!(
        "the connector is its tenant's default, which link sessions use that name none: name one of {others} as new_default"
    );
    Err(Code::InvalidState.because(detail).into())
}

/// Revokes all accounts of a connector, each in a transaction of its own. Returns their number.
async fn revoke_all(
    app: &App,
    actor: &Actor,
    tenant: TenantId,
    id: ConnectorId,
    reason: &str,
) -> Result<usize> {
    let mut revoked = 0;
    loop {
        let found = tenant::scoped(app, tenant, async |tx| {
            tx.living_accounts(id.uuid(), REMOVED_ACCOUNTS_BATCH).await
        })
        .await?;
        if found.is_empty() {
            return Ok(revoked);
        }
        for account in found {
            revocation::revoke(app, tenant, AccountId::from(account), actor, reason).await?;
            revoked += 1;
        }
    }
}
