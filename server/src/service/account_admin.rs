//! Accounts as operators handle them: lists over all tenants, looking at one, revoking.

use std::collections::HashMap;

use bowline_api::admin::{
    AccountDetail, AccountState, AccountSummary, AuditEvent, Overview, RevocationFacts, StatusCount,
    TokenFacts,
};
use bowline_api::page::Total;
use bowline_api::status::AccountStatus;
use bowline_api::v1::Account;
use bowline_api::{AccountId, Page};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use uuid::Uuid;

use super::audit::{Actor, event};
use super::cursor::{self, Cursor, List};
use super::{audit_log, freeze, revocation};
use crate::app::App;
use crate::domain::{Code, Error, Result, scope, text};
use crate::store::OperatorTx;
use crate::store::account_details::RevocationProgress;
use crate::store::account_lists::{AccountFilter, SeenAccount};
use crate::store::account_order::AccountKey;

/// What the log calls an operator's look at an account.
const INSPECTED: &str = "account.inspected";

/// A page of the accounts that `filter` finds; the first page says how many there are.
///
/// # Errors
/// `invalid_cursor`.
pub async fn list(
    app: &App,
    mut filter: AccountFilter,
    cursor: Option<&str>,
    limit: i64,
) -> Result<Page<AccountSummary>> {
    let list = List::new(app.vault.ring(), "accounts", &filter)?;
    let asked: Option<Cursor<AccountKey>> = list.read(cursor)?;
    let mut tx = app.store.operator().await?;
    let found = page(&mut tx, &mut filter, asked.as_ref(), limit).await;
    let (rows, total, names) = tx.finish(found).await?;
    let mut page = list.page(asked.as_ref(), rows, limit, |row| AccountKey::of(row, filter.sort))?;
    page.total = total;
    cursor::try_map(page, |row| AccountId::from(row.id), |row| names.summary(row))
}

type Found = (Vec<SeenAccount>, Option<Total>, Names);

async fn page(
    tx: &mut OperatorTx,
    filter: &mut AccountFilter,
    asked: Option<&Cursor<AccountKey>>,
    limit: i64,
) -> Result<Found> {
    if let (Some(connector), None) = (filter.connector, filter.tenant) {
        // The index on connectors begins with the tenant, like every other.
        filter.tenant = tx.connector_owner(connector).await?;
        if filter.tenant.is_none() {
            // Nobody's: without its tenant every account would be looked at in vain.
            return Ok((Vec::new(), Some(Total { count: 0, approximate: false }), Names::default()));
        }
    }
    let backwards = asked.is_some_and(Cursor::is_backwards);
    let rows = tx.accounts(filter, asked.map(|cursor| &cursor.key), backwards, limit + 1).await?;
    let total = match asked {
        Some(_) => None,
        None => Some(tx.count_accounts(filter).await?),
    };
    let names = Names::of(tx, &rows).await?;
    Ok((rows, total, names))
}

/// Accounts by their status.
///
/// # Errors
/// Those of any statement.
pub async fn overview(app: &App) -> Result<Overview> {
    let mut tx = app.store.operator().await?;
    let mut accounts = Vec::with_capacity(AccountStatus::ALL.len());
    for &status in AccountStatus::ALL {
        let filter = AccountFilter { status: Some(status), ..AccountFilter::default() };
        accounts.push(StatusCount { status, total: tx.count_accounts(&filter).await? });
    }
    tx.commit().await?;
    Ok(Overview { accounts })
}

/// One account with what may be known of its tokens. Looking is recorded in its tenant's log, once for each operator and hour.
///
/// # Errors
/// `not_found`.
pub async fn inspect(app: &App, actor: &Actor, id: AccountId) -> Result<AccountDetail> {
    let tenant = owner(app, id).await?.tenant_id.into();
    let mut tx = app.store.scoped(tenant).await?;
    let looked = event(actor, INSPECTED).on(id);
    if tx.is_first_of_hour(&looked).await? {
        tx.record(looked).await?;
    }
    tx.commit().await?;
    detail(app, id).await
}

/// How far an account is, for whoever waits for it to change: nothing of its tokens, and so nothing that is recorded.
///
/// # Errors
/// `not_found`.
pub async fn status(app: &App, id: AccountId) -> Result<AccountState> {
    let mut tx = app.store.operator().await?;
    let Some(row) = tx.seen_account(id.uuid()).await? else {
        return tx.finish(Err(no_account())).await;
    };
    let revocation = tx.revocation(row.tenant_id, row.id).await?.map(revocation_facts);
    tx.commit().await?;
    let status = row.status.known()?;
    Ok(AccountState { id, status, status_reason: row.status_reason, revocation })
}

/// What was done to an account, newest first: the part of its tenant's log that is about it.
///
/// # Errors
/// `not_found`, `invalid_cursor`.
pub async fn timeline(
    app: &App,
    id: AccountId,
    cursor: Option<&str>,
    limit: i64,
) -> Result<Page<AuditEvent>> {
    let tenant = owner(app, id).await?.tenant_id.into();
    audit_log::list(app, Some(tenant), Some(&id.to_string()), cursor, limit).await
}

/// Revokes an account: gone here at once, at the provider as soon as it can be reached.
///
/// # Errors
/// `not_found`, `invalid_field`.
pub async fn revoke(app: &App, actor: &Actor, id: AccountId, reason: &str) -> Result<AccountDetail> {
    let reason = text::line("reason", reason, 3, 500)?;
    let tenant = owner(app, id).await?.tenant_id.into();
    revocation::revoke(app, tenant, id, actor, &reason).await?;
    detail(app, id).await
}

/// An account as operators see it, whosever it is.
pub(super) async fn owner(app: &App, id: AccountId) -> Result<SeenAccount> {
    let mut tx = app.store.operator().await?;
    let row = tx.seen_account(id.uuid()).await;
    tx.finish(row).await?.ok_or_else(no_account)
}

/// Everything that operators may know of an account.
pub(super) async fn detail(app: &App, id: AccountId) -> Result<AccountDetail> {
    let mut tx = app.store.operator().await?;
    let Some(row) = tx.seen_account(id.uuid()).await? else {
        return tx.finish(Err(no_account())).await;
    };
    let names = Names::of(&mut tx, std::slice::from_ref(&row)).await?;
    let token = match row.refreshed_at {
        Some(refreshed_at) => Some(TokenFacts {
            generation: row.generation,
            access_expires_at: row.access_expires_at,
            refreshed_at,
            fingerprint: fingerprint(app, row.id, row.generation)?,
            holders: count(tx.holders(row.tenant_id, row.id, row.generation).await?),
            last_error: tx.refresh_error(row.tenant_id, row.id).await?,
        }),
        None => None,
    };
    let revocation = tx.revocation(row.tenant_id, row.id).await?.map(revocation_facts);
    let freeze = tx.freeze(row.tenant_id, &row.provider_account_id).await?.map(freeze::shown);
    tx.commit().await?;
    let connector = names.connectors.get(&row.connector_id).map(|(_, name)| name.clone()).unwrap_or_default();
    Ok(AccountDetail { summary: names.summary(row)?, connector, token, revocation, freeze })
}

/// Eight hex digits that differ between any two tokens of any accounts, as far as eight can.
///
/// Operators cannot read a sealed token, so this is made of what names it: the account and its generation, which goes
/// up with every new token. Keyed, so that nobody outside can make one up; another one after a rotation of the master key.
fn fingerprint(app: &App, account: Uuid, generation: i64) -> Result<String> {
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

fn revocation_facts(progress: RevocationProgress) -> RevocationFacts {
    RevocationFacts {
        attempts: count(progress.attempts.into()),
        next_attempt_at: progress.next_attempt_at,
        last_error: progress.last_error,
    }
}

fn count(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(if number < 0 { 0 } else { u32::MAX })
}

/// The names around some accounts.
#[derive(Default)]
struct Names {
    tenants: HashMap<Uuid, String>,
    connectors: HashMap<Uuid, (String, String)>,
}

impl Names {
    async fn of(tx: &mut OperatorTx, rows: &[SeenAccount]) -> Result<Self> {
        let distinct = |id: fn(&SeenAccount) -> Uuid| {
            let mut ids: Vec<Uuid> = rows.iter().map(id).collect();
            ids.sort_unstable();
            ids.dedup();
            ids
        };
        let tenants = tx.tenant_slugs(&distinct(|row| row.tenant_id)).await?;
        let connectors = tx.connector_names(&distinct(|row| row.connector_id)).await?;
        Ok(Self {
            tenants: tenants.into_iter().collect(),
            connectors: connectors.into_iter().map(|(id, provider, name)| (id, (provider, name))).collect(),
        })
    }

    fn summary(&self, row: SeenAccount) -> Result<AccountSummary> {
        Ok(AccountSummary {
            tenant_id: row.tenant_id.into(),
            tenant: self.tenants.get(&row.tenant_id).cloned().unwrap_or_default(),
            account: Account {
                id: row.id.into(),
                connector_id: row.connector_id.into(),
                provider: self
                    .connectors
                    .get(&row.connector_id)
                    .map(|(provider, _)| provider.clone())
                    .unwrap_or_default(),
                status: row.status.known()?,
                assurance: row.assurance.known()?,
                external_user_id: row.external_user_id,
                provider_account_id: row.provider_account_id,
                email: row.email,
                display_name: row.display_name,
                status_reason: row.status_reason,
                scopes: scope::set(row.scopes),
                missing_scopes: scope::set(row.missing_scopes),
                linked_at: row.linked_at,
                updated_at: row.updated_at,
                last_used_at: row.last_used_at,
            },
        })
    }
}

pub(super) fn no_account() -> Error {
    Code::NotFound.because("there is no such account").into()
}
