//! Exports the grants of a tenant's active accounts. That an account's grant leaves is on record before it does.

use std::io;

use bowline_api::status::AccountStatus;
use bowline_api::{ConnectorId, TenantId};
use bowline_vault::TenantKeys;
use serde::Serialize;
use uuid::Uuid;

use super::record::GrantRecord;
use crate::app::App;
use crate::domain::{About, Actor, Error, Event, Result};
use crate::service::account::{metadata_to_wire, places};
use crate::service::{tenant, tenant_freeze, vault};
use crate::store::TenantTx;
use crate::store::accounts::AccountRow;

/// How many accounts are read, recorded and written at a time.
const BATCH: i64 = 200;

/// Which grants are exported, and for whom.
#[derive(Debug, Clone, Copy)]
pub struct Selection<'a> {
    /// Only those of this connector.
    pub connector: Option<ConnectorId>,
    /// The public key for which the file is sealed, as the audit log keeps it.
    pub recipient: &'a str,
}

/// What was exported.
#[derive(Debug, Default, Serialize)]
pub struct Exported {
    /// The accounts whose grants were written.
    pub exported: u64,
    /// The accounts that were left out: not active, or without a refresh token.
    pub left_out: u64,
}

/// Why an export ends early.
#[derive(Debug, thiserror::Error)]
pub enum NotExported {
    /// A grant could not be written.
    #[error("the file cannot be written")]
    Unwritten(#[from] io::Error),
    /// An error of this service.
    #[error(transparent)]
    Failed(#[from] Error),
}

/// Passes each grant to `write`, oldest account first. Each batch is recorded, and then written.
///
/// # Errors
/// `not_found`, `tenant_frozen`; `integrity_error` if a token does not open; those of `write`.
pub async fn export(
    app: &App,
    actor: &Actor,
    tenant: TenantId,
    selection: Selection<'_>,
    write: &mut dyn FnMut(&GrantRecord) -> io::Result<()>,
) -> Result<Exported, NotExported> {
    let mut exported = Exported::default();
    let mut after = None;
    let app_keys = tenant::scoped(app, tenant, async |tx| app_keys(tx).await).await?;
    loop {
        let read = async |tx: &mut TenantTx| batch(app, tx, actor, selection, &app_keys, after).await;
        let batch = app.store.scoped(tenant, read).await?;
        exported.left_out += batch.left_out;
        for grant in &batch.grants {
            write(grant)?;
            exported.exported += 1;
        }
        if batch.last.is_none() {
            break;
        }
        after = batch.last;
    }
    let ended = Event::GrantsExported { tenant, exported: exported.exported, recipient: selection.recipient };
    app.store.scoped(tenant, async |tx| tx.record(actor, ended).await).await?;
    Ok(exported)
}

/// The app keys of the tenant's connectors, if the tenant may export.
async fn app_keys(tx: &mut TenantTx) -> Result<Vec<(Uuid, String)>> {
    // Nothing leaves a frozen tenant.
    if tx.hold_is_frozen().await? {
        return Err(tenant_freeze::frozen().into());
    }
    Ok(tx.connectors().await?.into_iter().map(|row| (row.id, row.app_key)).collect())
}

#[derive(Default)]
struct Batch {
    grants: Vec<GrantRecord>,
    left_out: u64,
    last: Option<Uuid>,
}

async fn batch(
    app: &App,
    tx: &mut TenantTx,
    actor: &Actor,
    selection: Selection<'_>,
    app_keys: &[(Uuid, String)],
    after: Option<Uuid>,
) -> Result<Batch> {
    let keys = app.vault.keys(tx).await?;
    let rows = tx.accounts_after(selection.connector.map(|id| id.uuid()), after, BATCH).await?;
    if tx.hold_is_frozen().await? {
        return Err(tenant_freeze::frozen().into());
    }
    let mut batch = Batch { last: rows.last().map(|row| row.id), ..Batch::default() };
    for row in rows {
        let app_key = app_keys.iter().find(|(id, _)| *id == row.connector_id).map(|(_, key)| key);
        let Some(grant) = grant(&keys, &row, app_key)? else {
            batch.left_out += 1;
            continue;
        };
        let exported = Event::AccountExported { account: row.id.into(), recipient: selection.recipient };
        tx.record(actor, exported).await?;
        batch.grants.push(grant);
    }
    Ok(batch)
}

/// The grant of an account. None if its tokens may not be handed out, if it has no refresh token, or if its connector was removed.
fn grant(keys: &TenantKeys, row: &AccountRow, app_key: Option<&String>) -> Result<Option<GrantRecord>> {
    let (Some(sealed), Some(app_key)) = (row.sealed_refresh_token.as_deref(), app_key) else {
        return Ok(None);
    };
    if row.status != AccountStatus::Active {
        return Ok(None);
    }
    let (place, about) = (places::refresh_token(row), About::Account(row.id.into()));
    let refresh_token = vault::open(keys, &place, "accounts.refresh_token", about, sealed)?;
    let metadata = Some(metadata_to_wire(row.metadata.clone())).filter(|metadata| !metadata.is_empty());
    Ok(Some(GrantRecord {
        external_user_id: Some(row.external_user_id.clone()),
        refresh_token: Some(refresh_token),
        connector: None,
        app_key: Some(app_key.clone()),
        provider_account_id: Some(row.provider_account_id.clone()),
        scopes: Some(row.scopes.clone()),
        user_label: row.user_label.clone(),
        metadata,
        assurance: Some(row.assurance.known()?),
    }))
}
