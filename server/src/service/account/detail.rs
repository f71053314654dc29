//! An account in the form that operators see, with the facts about its tokens that they may know.

use std::collections::HashMap;

use bowline_api::AccountId;
use bowline_api::admin::{AccountDetail, AccountSummary, Freeze, RevocationFacts, TokenFacts};
use bowline_api::v1::Account;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use uuid::Uuid;

use super::condition::{KnownAccount, condition};
use super::frozen::Frozen;
use super::metadata_to_wire;
use crate::app::App;
use crate::domain::{Code, Error, Result, scope};
use crate::store::OperatorTx;
use crate::store::accounts::details::RevocationProgress;
use crate::store::accounts::freezes::FreezeRow;
use crate::store::accounts::seen::SeenAccount;

/// An account as operators see it, in any tenant.
pub(in crate::service) async fn owner(app: &App, id: AccountId) -> Result<SeenAccount> {
    app.store.operator(async |tx| tx.seen_account(id.uuid()).await).await?.ok_or_else(no_account)
}

/// Everything about an account that operators may see.
pub(in crate::service) async fn detail(app: &App, id: AccountId) -> Result<AccountDetail> {
    app.store.operator(async |tx| read_account(app, tx, id).await).await
}

async fn read_account(app: &App, tx: &mut OperatorTx, id: AccountId) -> Result<AccountDetail> {
    let account_row = tx.seen_account(id.uuid()).await?.ok_or_else(no_account)?;
    let names = Names::of(tx, std::slice::from_ref(&account_row)).await?;
    let refresh = tx.refresh_state(account_row.tenant_id, account_row.id).await?;
    let token = match account_row.refreshed_at {
        Some(refreshed_at) => Some(TokenFacts {
            generation: account_row.generation,
            access_expires_at: account_row.access_expires_at,
            refreshed_at,
            fingerprint: fingerprint(app, account_row.id, account_row.generation)?,
            holders: issue_count(
                tx.holders(account_row.tenant_id, account_row.id, account_row.generation).await?,
            ),
            last_error: refresh.as_ref().and_then(|refresh| refresh.last_error.clone()),
        }),
        None => None,
    };
    let revocation = tx.revocation(account_row.tenant_id, account_row.id).await?.map(revocation_facts);
    let connector = tx.connector_state(account_row.tenant_id, account_row.connector_id).await?;
    let connector = connector.ok_or_else(|| Error::bug("an account has no connector"))?;
    let frozen =
        Frozen { issuer: connector.issuer.clone(), account: account_row.provider_account_id.clone() };
    let freeze = tx.freeze(account_row.tenant_id, &frozen.to_string()).await?.map(freeze_to_wire);
    let breaker = tx.connector_breaker(account_row.tenant_id, account_row.connector_id).await?;
    let known = KnownAccount {
        account: &account_row,
        status: account_row.status.clone().known()?,
        connector: &connector,
        breaker: breaker.as_ref(),
        refresh: refresh.as_ref(),
        freeze: freeze.as_ref(),
        revocation: revocation.as_ref(),
        now: tx.now().await?,
    };
    let condition = Some(condition(&known));
    let summary = names.summary(account_row)?;
    Ok(AccountDetail { summary, connector: connector.name, token, revocation, condition, freeze })
}

/// Accounts as operators see them in lists.
///
/// # Errors
/// `unknown_state`.
pub(in crate::service) async fn summaries(
    tx: &mut OperatorTx,
    rows: Vec<SeenAccount>,
) -> Result<Vec<AccountSummary>> {
    let names = Names::of(tx, &rows).await?;
    rows.into_iter().map(|account_row| names.summary(account_row)).collect()
}

/// Eight hex digits that differ between any two tokens of any accounts, as far as eight digits can.
///
/// Operators cannot read a sealed token, so this is derived from what identifies it: the account and its generation,
/// which increases with every new token. It is keyed so that outsiders cannot compute it, and changes when the master
/// key is rotated.
pub(super) fn fingerprint(app: &App, account: Uuid, generation: i64) -> Result<String> {
    let ring = app.vault.ring();
    let key = ring
        .derive(ring.active(), "token fingerprint")
        .map_err(|source| Error::internal("deriving the key of fingerprints", source))?;
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_slice())
        .map_err(|source| Error::internal("the key of fingerprints", source))?;
    mac.update(account.as_bytes());
    mac.update(&generation.to_be_bytes());
    Ok(hex::encode(&mac.finalize().into_bytes()[..4]))
}

/// The progress of the account's revocation.
pub(super) fn revocation_facts(progress: RevocationProgress) -> RevocationFacts {
    RevocationFacts {
        attempts: issue_count(progress.attempts.into()),
        next_attempt_at: progress.next_attempt_at,
        last_error: progress.last_error,
    }
}

fn issue_count(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(if number < 0 { 0 } else { u32::MAX })
}

/// The names around some accounts.
#[derive(Default)]
pub(super) struct Names {
    tenants: HashMap<Uuid, String>,
    /// Provider, name, and whether it is of a sandbox.
    connectors: HashMap<Uuid, (String, String, bool)>,
}

impl Names {
    pub(super) async fn of(tx: &mut OperatorTx, rows: &[SeenAccount]) -> Result<Self> {
        let distinct = |id: fn(&SeenAccount) -> Uuid| {
            let mut ids: Vec<Uuid> = rows.iter().map(id).collect();
            ids.sort_unstable();
            ids.dedup();
            ids
        };
        let tenants = tx.tenant_slugs(&distinct(|account_row| account_row.tenant_id)).await?;
        let connectors = tx.connector_names(&distinct(|account_row| account_row.connector_id)).await?;
        Ok(Self {
            tenants: tenants.into_iter().collect(),
            connectors: connectors
                .into_iter()
                .map(|(id, provider, name, sandbox)| (id, (provider, name, sandbox)))
                .collect(),
        })
    }

    pub(super) fn summary(&self, account_row: SeenAccount) -> Result<AccountSummary> {
        let connector = self.connectors.get(&account_row.connector_id).cloned();
        let sandbox = connector.as_ref().is_some_and(|(.., sandbox)| *sandbox);
        let (provider, connector_name) = connector.map(|(provider, name, _)| (provider, name)).unzip();
        Ok(AccountSummary {
            tenant_id: account_row.tenant_id.into(),
            tenant: self.tenants.get(&account_row.tenant_id).cloned().unwrap_or_default(),
            connector_name,
            account: Account {
                id: account_row.id.into(),
                connector_id: account_row.connector_id.into(),
                provider: provider.unwrap_or_default(),
                sandbox,
                protocol: account_row.protocol.known()?.into(),
                status: account_row.status.known()?.into(),
                assurance: account_row.assurance.known()?.into(),
                external_user_id: account_row.external_user_id,
                user_label: account_row.user_label,
                metadata: metadata_to_wire(account_row.metadata),
                provider_account_id: account_row.provider_account_id,
                email: account_row.email,
                display_name: account_row.display_name,
                status_reason: account_row.status_reason,
                scopes: scope::set(account_row.scopes),
                missing_scopes: scope::set(account_row.missing_scopes),
                linked_at: account_row.linked_at,
                updated_at: account_row.updated_at,
                last_used_at: account_row.last_used_at,
            },
        })
    }
}

/// A freeze as operators see it.
pub(in crate::service) fn freeze_to_wire(freeze_row: FreezeRow) -> Freeze {
    Freeze {
        tenant_id: freeze_row.tenant_id.into(),
        provider_account_id: freeze_row.provider_account_id,
        account_id: freeze_row.account_id.into(),
        reason: freeze_row.reason,
        placed_at: freeze_row.placed_at,
        placed_by: freeze_row.placed_by,
    }
}

pub(in crate::service) fn no_account() -> Error {
    Code::NotFound.because("there is no such account").into()
}
