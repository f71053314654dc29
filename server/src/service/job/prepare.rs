//! Prepares a job: finds its accounts and freezes them. Nothing is done to them before the job is confirmed.

use std::time::Duration;

use bowline_api::admin::{AccountSort, CreateJob, JobDetail, JobFilter};
use bowline_api::status::{AccountStatus, JobState};
use bowline_api::{AccountId, JobId, TenantId};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::app::App;
use crate::domain::{AccountFilter, Code, Error, Event, Result, Whose, entropy, text};
use crate::service::operator::session::Identified;
use crate::service::tenant;
use crate::store::accounts::order::AccountKey;
use crate::store::accounts::seen::SeenAccount;
use crate::store::jobs::{JobRow, RequestKey};
use crate::store::{OperatorTx, TenantTx};

/// The maximum number of accounts of a job.
const MOST_JOB_ACCOUNTS: usize = 100_000;
/// How many accounts are looked through for those that match.
const ACCOUNTS_LOOKED_THROUGH: usize = 400_000;
/// The number of accounts per query.
const JOB_QUERY_PART: i64 = 2_000;
/// How long a job can be confirmed and approved.
pub(super) const JOB_OPEN_FOR: Duration = Duration::from_hours(1);

/// Prepares a job. Repeated with the same `key`, it returns the job of the first call.
///
/// # Errors
/// `not_found` if there is no such tenant, `invalid_field`, `search_too_broad`, `idempotency_key_reused`.
pub async fn prepare(
    app: &App,
    who: &Identified,
    wanted_job: CreateJob,
    key: Option<&str>,
) -> Result<JobDetail> {
    let request = key.map(|key| request_key(key, &wanted_job)).transpose()?;
    let reason = text::line("reason", &wanted_job.reason, 3, 500)?;
    let tenant = tenant::named(app, &wanted_job.tenant).await;
    // A tenant out of reach and one that does not exist are answered alike.
    let tenant = tenant.map_err(|error| who.reach.hide(error))?;
    who.reach.check(tenant)?;
    if let Some(first) = first_call(app, tenant, who, request.as_ref()).await? {
        return super::show(app, first).await;
    }
    let items = match (&wanted_job.accounts, &wanted_job.filter) {
        (Some(accounts), None) => {
            if accounts.len() > MOST_JOB_ACCOUNTS {
                return Err(too_many());
            }
            let mut ids: Vec<Uuid> = accounts.iter().map(AccountId::uuid).collect();
            ids.sort_unstable();
            ids.dedup();
            listed_accounts(app, tenant, &ids).await?
        }
        (None, Some(filter)) => matching_accounts(app, tenant, filter).await?,
        _ => {
            let detail = "give either accounts or filter";
            return Err(Code::InvalidField.because(detail).field("filter").into());
        }
    };
    if items.is_empty() {
        let detail = "no account of the tenant that is not revoked matches";
        let field = if wanted_job.accounts.is_some() { "accounts" } else { "filter" };
        return Err(Code::InvalidField.because(detail).field(field).into());
    }
    let job: JobId = entropy::id();
    let store = async |tx: &mut TenantTx| {
        tenant::must_exist(tx).await?;
        let now = tx.now().await?;
        let account_row = JobRow {
            tenant_id: tenant.uuid(),
            id: job.uuid(),
            kind: wanted_job.kind.into(),
            state: JobState::Prepared.into(),
            reason: reason.clone(),
            filter: wanted_job
                .filter
                .as_ref()
                .map(serde_json::to_value)
                .transpose()
                .map_err(unrepresentable)?,
            total: i64::try_from(items.len()).unwrap_or(i64::MAX),
            done: 0,
            failed: 0,
            created_at: now,
            created_by: who.id.uuid(),
            created_by_name: who.name.clone(),
            expires_at: now + JOB_OPEN_FOR,
            confirmed_at: None,
            approved_by: None,
            approved_by_name: None,
            finished_at: None,
            owner: None,
            held_until: now,
        };
        if tx.insert_job(&account_row, request.as_ref(), &items).await? {
            let prepared =
                Event::JobPrepared { job, kind: wanted_job.kind, accounts: items.len(), reason: &reason };
            tx.record(&who.actor(), prepared).await?;
            return Ok(Some(job));
        }
        Ok(None)
    };
    let stored = app.store.scoped(tenant, store).await?;
    let id = match stored {
        Some(id) => Some(id),
        // The same call, at the same time.
        None => first_call(app, tenant, who, request.as_ref()).await?,
    };
    super::show(app, id.ok_or_else(|| Error::bug("a job was not stored"))?).await
}

/// The job of an earlier call with the same key.
async fn first_call(
    app: &App,
    tenant: TenantId,
    who: &Identified,
    request: Option<&RequestKey>,
) -> Result<Option<JobId>> {
    let Some(request) = request else { return Ok(None) };
    let find = async |tx: &mut TenantTx| tx.job_of_request(who.id.uuid(), &request.key).await;
    match app.store.scoped(tenant, find).await? {
        Some((id, hash)) if hash == request.request => Ok(Some(id.into())),
        Some(_) => {
            let detail = "this Idempotency-Key belongs to another request; use a new one";
            Err(Code::IdempotencyKeyReused.because(detail).into())
        }
        None => Ok(None),
    }
}

fn request_key(key: &str, wanted_job: &CreateJob) -> Result<RequestKey> {
    let body = serde_json::to_vec(wanted_job).map_err(unrepresentable)?;
    Ok(RequestKey { key: Sha256::digest(key).to_vec(), request: Sha256::digest(body).to_vec() })
}

/// The listed accounts that belong to the tenant and are not revoked.
async fn listed_accounts(app: &App, tenant: TenantId, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    let mut living = Vec::with_capacity(ids.len());
    for part in ids.chunks(usize::try_from(JOB_QUERY_PART).unwrap_or(1)) {
        living.extend(app.store.operator(async |tx| tx.living_of(tenant.uuid(), part).await).await?);
    }
    Ok(living)
}

/// The accounts that match the filter now and are not revoked.
async fn matching_accounts(app: &App, tenant: TenantId, filter: &JobFilter) -> Result<Vec<Uuid>> {
    let text = filter.q.as_deref().map(str::trim).filter(|text| !text.is_empty());
    if text.is_some_and(|text| text.chars().count() > 200 || text.contains('\0')) {
        return Err(Code::InvalidField
            .because("q may have 200 characters, none of them NUL")
            .field("filter")
            .into());
    }
    let is_over = |status: &AccountStatus| matches!(status, AccountStatus::Revoked | AccountStatus::Revoking);
    if filter.status.as_ref().is_some_and(|any| any.values().iter().any(is_over)) {
        return Err(Code::InvalidField
            .because("accounts with this status are revoked already")
            .field("filter")
            .into());
    }
    // Those that were never used come last, and before them those that were used longest ago.
    let backwards = filter.unused_since.is_some();
    let wanted_accounts = AccountFilter {
        tenants: Whose::one(tenant),
        status: filter.status.clone(),
        connector: filter.connector.map(|id| id.uuid()),
        scope: filter.scope.clone(),
        text: text.map(ToOwned::to_owned),
        id: text.and_then(|text| text.parse::<AccountId>().ok()).map(|id| id.uuid()),
        ages: filter.ages(),
        sort: if backwards { AccountSort::Used } else { AccountSort::Newest },
    };
    let mut found = Vec::new();
    let mut from: Option<AccountKey> = None;
    let mut looked_through = 0;
    loop {
        let read = async |tx: &mut OperatorTx| {
            tx.accounts(&wanted_accounts, from.as_ref(), backwards, JOB_QUERY_PART).await
        };
        let rows = app.store.operator(read).await?;
        looked_through += rows.len();
        let is_last = i64::try_from(rows.len()) != Ok(JOB_QUERY_PART);
        from = rows.last().map(|account_row| AccountKey::of(account_row, wanted_accounts.sort));
        let recent = |account_row: &SeenAccount| {
            filter.unused_since.is_some_and(|since| account_row.last_used_at.is_some_and(|at| at >= since))
        };
        let past_the_end = rows.last().is_some_and(recent);
        let linked_since = |account_row: &SeenAccount| {
            filter.unused_since.is_some_and(|since| account_row.linked_at >= since)
        };
        let ended = |account_row: &SeenAccount| {
            account_row.status == AccountStatus::Revoked || account_row.status == AccountStatus::Revoking
        };
        let fits = rows
            .iter()
            .filter(|account_row| !recent(account_row) && !linked_since(account_row) && !ended(account_row));
        found.extend(fits.map(|account_row| account_row.id));
        if found.len() > MOST_JOB_ACCOUNTS {
            return Err(too_many());
        }
        if is_last || past_the_end {
            found.sort_unstable();
            found.dedup();
            return Ok(found);
        }
        if looked_through >= ACCOUNTS_LOOKED_THROUGH {
            let detail = "too many accounts would have to be looked through; name a status or a connector";
            return Err(Code::SearchTooBroad.because(detail).into());
        }
    }
}

fn too_many() -> Error {
    let detail = format!("a job has at most {MOST_JOB_ACCOUNTS} accounts; make several of it");
    Code::InvalidField.because(detail).field("filter").into()
}

fn unrepresentable(source: serde_json::Error) -> Error {
    Error::internal("a job is not representable", source)
}
