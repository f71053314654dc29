//! Adds what this process has counted to the counts of all replicas, and stops a key that exceeds its limit.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use bowline_api::{ApiKeyId, TenantId};
use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use uuid::Uuid;

use super::watch::{ReportedKey, TakenCount};
use crate::app::App;
use crate::domain::{Actor, Error, Event, Result};
use crate::metrics;
use crate::store::drains::{DrainStopRow, FetchedRow, Sum};
use crate::store::{TenantTx, WorkerTx};

/// Why a key is suspended.
const DRAIN_STOP_REASON: &str = "it fetched the tokens of far more accounts than it is used to";
/// The number of keys whose counts one statement adds.
const KEYS_REPORTED_AT_ONCE: usize = 1_000;

/// Reports all counts, and suspends the keys that exceed their limits. Counts that the database refuses are reported next time.
///
/// # Errors
/// The first error. The counts of the other keys are reported nevertheless.
pub async fn report(app: &App) -> Result<()> {
    let taken = app.drains.take();
    let at_once = if app.store.is_sharded() { 1 } else { KEYS_REPORTED_AT_ONCE };
    let mut outcome = Ok(());
    for part in taken.chunks(at_once) {
        let counts = match app.store.worker(async |tx| count_fetches(tx, part).await).await {
            Ok(counts) => counts,
            Err(error) => {
                // What was perhaps written is not written again.
                if !matches!(error, Error::Unconfirmed(_)) {
                    app.drains.put_back(part);
                }
                outcome = outcome.and(Err(error));
                continue;
            }
        };
        for taken in part {
            let (tenant, key) = (taken.tenant, taken.key);
            let Some((stop, sum)) = counts.keys.get(&(tenant.uuid(), key)) else {
                app.drains.reported(*taken, ReportedKey::Free);
                continue;
            };
            let left = stop.limit(sum.habit).saturating_sub(sum.accounts);
            app.drains.reported(*taken, ReportedKey::Left(left.max(0), counts.minute, counts.ends_in));
            if left < 0 {
                outcome = outcome.and(suspend_drained_key(app, tenant, key, *sum).await);
            }
        }
    }
    outcome
}

/// Looks which tenants have an automatic stop.
///
/// # Errors
/// `database_unavailable`.
pub async fn refresh(app: &App) -> Result<()> {
    let tenants = app.store.worker(async |tx| tx.tenants_with_drain_stop().await).await?;
    app.drains.watch(tenants.into_iter().map(TenantId::from).collect::<HashSet<_>>());
    Ok(())
}

/// What the database knows of a minute's fetches.
struct DrainCounts {
    minute: DateTime<Utc>,
    ends_in: Duration,
    /// By tenant and key: the tenant's automatic stop, and what the key has fetched. Keys that are not counted are not there.
    keys: HashMap<(Uuid, Uuid), (DrainStopRow, Sum)>,
}

async fn count_fetches(tx: &mut WorkerTx, part: &[TakenCount]) -> Result<DrainCounts> {
    let now = tx.now().await?;
    let whole = TimeDelta::minutes(1);
    let minute =
        now.duration_trunc(whole).map_err(|source| Error::internal("a time has no minute", source))?;
    let ends_in = (minute + whole - now).to_std().unwrap_or_default();
    let tenants: Vec<Uuid> = part.iter().map(|taken| taken.tenant.uuid()).collect();
    let stops: HashMap<Uuid, DrainStopRow> = tx.drain_stops_of(&tenants).await?.into_iter().collect();
    let stop_of =
        |tenant: Uuid, key: Uuid| stops.get(&tenant).copied().filter(|stop| !stop.is_announced(key, now));
    let fetched = part.iter().filter(|taken| stop_of(taken.tenant.uuid(), taken.key).is_some());
    let fetched = fetched.map(|TakenCount { tenant, key, accounts, .. }| FetchedRow {
        tenant_id: tenant.uuid(),
        key: *key,
        minute,
        day: minute.date_naive(),
        accounts: *accounts,
        largest: *accounts,
    });
    let fetched: Vec<FetchedRow> = fetched.collect();
    let sums = tx.add_fetched(fetched).await?;
    let keys =
        sums.into_iter().filter_map(|(tenant, key, sum)| Some(((tenant, key), (stop_of(tenant, key)?, sum))));
    Ok(DrainCounts { minute, ends_in, keys: keys.collect() })
}

/// Suspends a key that has fetched so much, unless it was suspended, the stop was turned off, or a mass fetch was announced meanwhile.
async fn suspend_drained_key(app: &App, tenant: TenantId, key: Uuid, sum: Sum) -> Result<()> {
    let Sum { accounts, habit } = sum;
    let suspend = async |tx: &mut TenantTx| {
        let now = tx.now().await?;
        let Some(stop) = tx.drain_stop().await?.filter(|stop| !stop.is_announced(key, now)) else {
            return Ok(false);
        };
        let limit = stop.limit(habit);
        if accounts <= limit || !tx.suspend_api_key(key, DRAIN_STOP_REASON).await? {
            return Ok(false);
        }
        let event =
            Event::ApiKeySuspended { api_key: key.into(), reason: DRAIN_STOP_REASON, accounts, limit, habit };
        tx.record(&Actor::System, event).await?;
        Ok(true)
    };
    if app.store.scoped(tenant, suspend).await? {
        metrics::api_key_stopped();
        let key = ApiKeyId::from(key);
        tracing::error!(%tenant, %key, accounts, habit, alarm = "drain", "an API key was suspended: {DRAIN_STOP_REASON}");
    }
    Ok(())
}
