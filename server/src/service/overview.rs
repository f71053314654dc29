//! What operators see first: how many accounts there are, what happened in the last hour, and what does not work now.
//! Nothing here costs more with the number of accounts.

use bowline_api::admin::{
    Activity, Failing, FailingConnector, FailingWebhook, Job, LateWorker, Overview, PendingRevocations,
    StatusCount, TenantPace,
};
use bowline_api::status::AccountStatus;
use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use uuid::Uuid;

use super::job;
use crate::app::App;
use crate::domain::{AccountFilter, Error, Result};
use crate::store::OperatorTx;
use crate::store::failing::{FailingConnectorRow, FailingEndpointRow};
use crate::store::figures::MOST;

/// The minutes of the activity.
const MINUTES: usize = 60;
/// The time in which tenants are compared, and how many refreshes they must have had in it.
const COMPARED: TimeDelta = TimeDelta::minutes(15);
const COMPARABLE: i64 = 3;
/// The maximum number of slow tenants, of failing connectors, of failing endpoints for webhooks, and of jobs.
const TENANTS: i64 = 5;
const CONNECTORS: usize = 50;
const WEBHOOKS: usize = 50;
const JOBS: i64 = 20;
/// For how long an endpoint must have accepted nothing, because the next attempt mends most failures; and for how long it is named, because
/// events are kept no longer.
const PATIENT: TimeDelta = TimeDelta::minutes(5);
const KEPT: TimeDelta = TimeDelta::days(30);
/// After how many seconds a worker's work has waited for too long. The journal of repeated issues waits for five minutes
/// on purpose.
const LATE: f64 = 60.0;
const LATE_REPEATS: f64 = 900.0;

/// The overview of all tenants.
///
/// # Errors
/// `database_unavailable`.
pub async fn overview(app: &App) -> Result<Overview> {
    app.store.operator(read).await
}

async fn read(tx: &mut OperatorTx) -> Result<Overview> {
    let now = tx.now().await?;
    let mut accounts = Vec::with_capacity(AccountStatus::ALL.len());
    for &status in AccountStatus::ALL {
        let filter = AccountFilter { status: Some(status.into()), ..AccountFilter::default() };
        accounts.push(StatusCount { status: status.into(), total: tx.count_accounts(&filter).await? });
    }
    Ok(Overview {
        accounts,
        activity: Some(activity(tx, now).await?),
        failing: Some(failing(tx, now).await?),
        jobs: jobs(tx).await?,
        slowest: slowest(tx, now).await?,
    })
}

async fn activity(tx: &mut OperatorTx, now: DateTime<Utc>) -> Result<Activity> {
    let minute = now.duration_trunc(TimeDelta::minutes(1));
    let minute = minute.map_err(|source| Error::internal("a time has no minute", source))?;
    let since = minute - TimeDelta::minutes(59);
    let zeros = || vec![0; MINUTES];
    let mut seen = Activity {
        since,
        links: zeros(),
        failed_links: zeros(),
        refreshes: zeros(),
        failed_refreshes: zeros(),
        issues: zeros(),
    };
    // A minute that began after this transaction has no place.
    let place = |minute: DateTime<Utc>| {
        usize::try_from((minute - since).num_minutes()).ok().filter(|at| *at < MINUTES)
    };
    for row in tx.activity(since).await? {
        let Some(at) = place(row.minute) else { continue };
        seen.issues[at] = row.issues.unsigned_abs();
        seen.refreshes[at] = row.refreshes.unsigned_abs();
        seen.failed_refreshes[at] = row.failed_refreshes.unsigned_abs();
    }
    for row in tx.logged_links(since).await? {
        let Some(at) = place(row.minute) else { continue };
        seen.links[at] = row.links.unsigned_abs();
        seen.failed_links[at] = row.failed_links.unsigned_abs();
    }
    Ok(seen)
}

async fn failing(tx: &mut OperatorTx, now: DateTime<Utc>) -> Result<Failing> {
    let limit = |most: usize| i64::try_from(most + 1).unwrap_or(i64::MAX);
    let mut rows = tx.failing_connectors(limit(CONNECTORS)).await?;
    let more_connectors = rows.len() > CONNECTORS;
    rows.truncate(CONNECTORS);
    let mut endpoints = tx.failing_endpoints(now - KEPT, now - PATIENT, limit(WEBHOOKS)).await?;
    let more_webhooks = endpoints.len() > WEBHOOKS;
    endpoints.truncate(WEBHOOKS);
    let due = tx.due_revocations().await?;
    let retried = tx.retried_revocations(i64::from(MOST)).await?;
    let given_up = tx.revocations_given_up(now - TimeDelta::days(1)).await?;
    let unfolded = tx.unfolded_repeats().await?;
    let waiting = tx.waiting_work().await?;
    let workers = [
        ("revocations", due.overdue, LATE),
        ("jobs", waiting.jobs, LATE),
        ("link_sessions", waiting.link_sessions, LATE),
        ("token_repeats", unfolded.oldest_age, LATE_REPEATS),
    ];
    let late = workers.into_iter().filter(|(_, waited, limit)| waited > limit);
    Ok(Failing {
        // A status that only a newer version knows is left out.
        connectors: rows.into_iter().filter_map(|row| connector(row).ok()).collect(),
        more_connectors,
        webhooks: endpoints.into_iter().filter_map(|row| endpoint(row).ok()).collect(),
        more_webhooks,
        revocations: PendingRevocations {
            due: due.count.unsigned_abs(),
            retried: retried.unsigned_abs(),
            oldest_seconds: seconds(due.oldest_age),
            given_up: given_up.unsigned_abs(),
        },
        workers: late
            .map(|(worker, waited, _)| LateWorker { worker: worker.to_owned(), seconds: seconds(waited) })
            .collect(),
    })
}

fn connector(row: FailingConnectorRow) -> Result<FailingConnector> {
    Ok(FailingConnector {
        id: row.id.into(),
        tenant_id: row.tenant_id.into(),
        tenant: row.slug,
        name: row.name,
        status: row.status.known()?.into(),
        status_reason: row.status_reason,
        paused_since: row.opened_at,
        paused_until: row.retry_at,
    })
}

fn endpoint(row: FailingEndpointRow) -> Result<FailingWebhook> {
    Ok(FailingWebhook {
        id: row.id.into(),
        tenant_id: row.tenant_id.into(),
        tenant: row.slug,
        url: row.url,
        state: row.state.known()?.into(),
        state_reason: row.state_reason,
        failing_since: row.failing_since,
    })
}

async fn jobs(tx: &mut OperatorTx) -> Result<Vec<Job>> {
    let rows = tx.unfinished_jobs(JOBS).await?;
    let slugs = slugs(tx, rows.iter().map(|row| row.tenant_id)).await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let slug = slug(&slugs, row.tenant_id);
            job::to_wire(row, slug).ok()
        })
        .collect())
}

async fn slowest(tx: &mut OperatorTx, now: DateTime<Utc>) -> Result<Vec<TenantPace>> {
    let rows = tx.slowest_tenants(now - COMPARED, COMPARABLE, TENANTS).await?;
    let slugs = slugs(tx, rows.iter().map(|row| row.tenant_id)).await?;
    let pace = rows.into_iter().map(|row| TenantPace {
        tenant_id: row.tenant_id.into(),
        tenant: slug(&slugs, row.tenant_id),
        refreshes: row.refreshes.unsigned_abs(),
        failed: row.failed.unsigned_abs(),
        mean_millis: row.mean_millis.unsigned_abs(),
    });
    Ok(pace.collect())
}

async fn slugs(tx: &mut OperatorTx, tenants: impl Iterator<Item = Uuid>) -> Result<Vec<(Uuid, String)>> {
    let mut tenants: Vec<Uuid> = tenants.collect();
    tenants.sort_unstable();
    tenants.dedup();
    tx.tenant_slugs(&tenants).await
}

fn slug(slugs: &[(Uuid, String)], tenant: Uuid) -> String {
    slugs.iter().find(|(id, _)| *id == tenant).map(|(_, slug)| slug.clone()).unwrap_or_default()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float cast saturates")]
fn seconds(seconds: f64) -> u64 {
    seconds.round() as u64
}
