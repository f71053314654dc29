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
use crate::store::figures::MOST_FIGURES_COUNTED;

/// The minutes of activity that the overview shows.
const ACTIVITY_MINUTES: usize = 60;
/// The time in which tenants are compared, and how many refreshes they must have had in it.
const TENANTS_COMPARED_OVER: TimeDelta = TimeDelta::minutes(15);
const COMPARABLE_REFRESHES: i64 = 3;
/// The maximum number of slow tenants, of failing connectors, of failing endpoints for webhooks, and of jobs.
const MOST_SLOW_TENANTS: i64 = 5;
const MOST_FAILING_CONNECTORS: usize = 50;
const MOST_FAILING_WEBHOOKS: usize = 50;
const MOST_UNFINISHED_JOBS: i64 = 20;
/// For how long an endpoint must have accepted nothing, because the next attempt mends most failures; and for how long it is named, because
/// events are kept no longer.
const FAILING_WEBHOOK_AFTER: TimeDelta = TimeDelta::minutes(5);
const FAILING_KEPT: TimeDelta = TimeDelta::days(30);
/// After how many seconds a worker's work has waited for too long. The journal of repeated issues waits for five minutes
/// on purpose.
const LATE_WORKER_SECONDS: f64 = 60.0;
const LATE_REPEATS_SECONDS: f64 = 900.0;

/// The overview of all tenants.
///
/// # Errors
/// `database_unavailable`.
pub async fn overview(app: &App) -> Result<Overview> {
    app.store.operator(read_overview).await
}

async fn read_overview(tx: &mut OperatorTx) -> Result<Overview> {
    let now = tx.now().await?;
    let mut accounts = Vec::with_capacity(AccountStatus::ALL.len());
    for &status in AccountStatus::ALL {
        let filter = AccountFilter { status: Some(status.into()), ..AccountFilter::default() };
        accounts.push(StatusCount { status: status.into(), total: tx.count_accounts(&filter).await? });
    }
    Ok(Overview {
        accounts,
        activity: Some(activity_by_minute(tx, now).await?),
        failing: Some(failing_parts(tx, now).await?),
        jobs: unfinished_jobs(tx).await?,
        slowest: slowest_tenants(tx, now).await?,
    })
}

async fn activity_by_minute(tx: &mut OperatorTx, now: DateTime<Utc>) -> Result<Activity> {
    let minute = now.duration_trunc(TimeDelta::minutes(1));
    let minute = minute.map_err(|source| Error::internal("a time has no minute", source))?;
    let since = minute - TimeDelta::minutes(59);
    let zeros = || vec![0; ACTIVITY_MINUTES];
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
        usize::try_from((minute - since).num_minutes()).ok().filter(|at| *at < ACTIVITY_MINUTES)
    };
    for minute_row in tx.activity(since).await? {
        let Some(at) = place(minute_row.minute) else { continue };
        seen.issues[at] = minute_row.issues.unsigned_abs();
        seen.refreshes[at] = minute_row.refreshes.unsigned_abs();
        seen.failed_refreshes[at] = minute_row.failed_refreshes.unsigned_abs();
    }
    for minute_row in tx.logged_links(since).await? {
        let Some(at) = place(minute_row.minute) else { continue };
        seen.links[at] = minute_row.links.unsigned_abs();
        seen.failed_links[at] = minute_row.failed_links.unsigned_abs();
    }
    Ok(seen)
}

async fn failing_parts(tx: &mut OperatorTx, now: DateTime<Utc>) -> Result<Failing> {
    let limit = |most: usize| i64::try_from(most + 1).unwrap_or(i64::MAX);
    let mut rows = tx.failing_connectors(limit(MOST_FAILING_CONNECTORS)).await?;
    let more_connectors = rows.len() > MOST_FAILING_CONNECTORS;
    rows.truncate(MOST_FAILING_CONNECTORS);
    let mut endpoints = tx
        .failing_endpoints(now - FAILING_KEPT, now - FAILING_WEBHOOK_AFTER, limit(MOST_FAILING_WEBHOOKS))
        .await?;
    let more_webhooks = endpoints.len() > MOST_FAILING_WEBHOOKS;
    endpoints.truncate(MOST_FAILING_WEBHOOKS);
    let due = tx.due_revocations().await?;
    let retried = tx.retried_revocations(i64::from(MOST_FIGURES_COUNTED)).await?;
    let given_up = tx.revocations_given_up(now - TimeDelta::days(1)).await?;
    let unfolded = tx.unfolded_repeats().await?;
    let waiting = tx.waiting_work().await?;
    let workers = [
        ("revocations", due.overdue, LATE_WORKER_SECONDS),
        ("jobs", waiting.jobs, LATE_WORKER_SECONDS),
        ("link_sessions", waiting.link_sessions, LATE_WORKER_SECONDS),
        ("token_repeats", unfolded.oldest_age, LATE_REPEATS_SECONDS),
    ];
    let late = workers.into_iter().filter(|(_, waited, limit)| waited > limit);
    Ok(Failing {
        // A status that only a newer version knows is left out.
        connectors: rows
            .into_iter()
            .filter_map(|connector_row| failing_connector(connector_row).ok())
            .collect(),
        more_connectors,
        webhooks: endpoints
            .into_iter()
            .filter_map(|endpoint_row| failing_endpoint(endpoint_row).ok())
            .collect(),
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

fn failing_connector(connector_row: FailingConnectorRow) -> Result<FailingConnector> {
    Ok(FailingConnector {
        id: connector_row.id.into(),
        tenant_id: connector_row.tenant_id.into(),
        tenant: connector_row.slug,
        name: connector_row.name,
        status: connector_row.status.known()?.into(),
        status_reason: connector_row.status_reason,
        paused_since: connector_row.opened_at,
        paused_until: connector_row.retry_at,
    })
}

fn failing_endpoint(endpoint_row: FailingEndpointRow) -> Result<FailingWebhook> {
    Ok(FailingWebhook {
        id: endpoint_row.id.into(),
        tenant_id: endpoint_row.tenant_id.into(),
        tenant: endpoint_row.slug,
        url: endpoint_row.url,
        state: endpoint_row.state.known()?.into(),
        state_reason: endpoint_row.state_reason,
        failing_since: endpoint_row.failing_since,
    })
}

async fn unfinished_jobs(tx: &mut OperatorTx) -> Result<Vec<Job>> {
    let rows = tx.unfinished_jobs(MOST_UNFINISHED_JOBS).await?;
    let slugs = tenant_slugs(tx, rows.iter().map(|job_row| job_row.tenant_id)).await?;
    Ok(rows
        .into_iter()
        .filter_map(|job_row| {
            let slug = tenant_slug(&slugs, job_row.tenant_id);
            job::to_wire(job_row, slug).ok()
        })
        .collect())
}

async fn slowest_tenants(tx: &mut OperatorTx, now: DateTime<Utc>) -> Result<Vec<TenantPace>> {
    let rows =
        tx.slowest_tenants(now - TENANTS_COMPARED_OVER, COMPARABLE_REFRESHES, MOST_SLOW_TENANTS).await?;
    let slugs = tenant_slugs(tx, rows.iter().map(|pace_row| pace_row.tenant_id)).await?;
    let pace = rows.into_iter().map(|pace_row| TenantPace {
        tenant_id: pace_row.tenant_id.into(),
        tenant: tenant_slug(&slugs, pace_row.tenant_id),
        refreshes: pace_row.refreshes.unsigned_abs(),
        failed: pace_row.failed.unsigned_abs(),
        mean_millis: pace_row.mean_millis.unsigned_abs(),
    });
    Ok(pace.collect())
}

async fn tenant_slugs(
    tx: &mut OperatorTx,
    tenants: impl Iterator<Item = Uuid>,
) -> Result<Vec<(Uuid, String)>> {
    let mut tenants: Vec<Uuid> = tenants.collect();
    tenants.sort_unstable();
    tenants.dedup();
    tx.tenant_slugs(&tenants).await
}

fn tenant_slug(slugs: &[(Uuid, String)], tenant: Uuid) -> String {
    slugs.iter().find(|(id, _)| *id == tenant).map(|(_, slug)| slug.clone()).unwrap_or_default()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float cast saturates")]
fn seconds(seconds: f64) -> u64 {
    seconds.round() as u64
}
