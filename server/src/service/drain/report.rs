//! Adds what this process has counted to the counts of all replicas, and stops a key that exceeds its limit.

use std::collections::HashSet;

use bowline_api::TenantId;
use uuid::Uuid;

use crate::app::App;
use crate::domain::{Actor, Event, Result};
use crate::metrics;
use crate::store::TenantTx;
use crate::store::drains::{DrainStopRow, Fetched};

/// Why a key is suspended.
const REASON: &str = "it fetched the tokens of far more accounts than it is used to";

/// Reports all counts. Counts that the database refuses are reported next time.
///
/// # Errors
/// The first error. The counts of the other keys are reported nevertheless.
pub async fn report(app: &App) -> Result<()> {
    let mut outcome = Ok(());
    for (tenant, key, accounts) in app.drains.take() {
        let add = async |tx: &mut TenantTx| add(tx, key, accounts).await;
        match app.store.scoped(tenant, add).await {
            Ok(Some(Reported { fetched, left, stopped })) => {
                app.drains.reported(tenant, key, (fetched.minute, fetched.ends_in), left);
                if stopped {
                    metrics::api_key_stopped();
                    let key = bowline_api::ApiKeyId::from(key);
                    let Fetched { accounts, habit, .. } = fetched;
                    tracing::error!(%tenant, %key, accounts, habit, alarm = "drain", "an API key was suspended: {REASON}");
                }
            }
            Ok(None) => {}
            Err(error) => {
                app.drains.put_back(tenant, key, accounts);
                outcome = outcome.and(Err(error));
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

struct Reported {
    fetched: Fetched,
    left: i32,
    stopped: bool,
}

async fn add(tx: &mut TenantTx, key: Uuid, accounts: i32) -> Result<Option<Reported>> {
    let Some(stop) = tx.drain_stop().await? else { return Ok(None) };
    let now = tx.now().await?;
    let announced = stop.announced_until.is_some_and(|until| until > now);
    let fetched = tx.add_fetched(key, accounts, announced).await?;
    if fetched.accounts == accounts {
        tx.forget_key_days(key).await?;
    }
    if announced {
        return Ok(Some(Reported { fetched, left: i32::MAX, stopped: false }));
    }
    let limit = limit(stop, fetched);
    let left = limit.saturating_sub(fetched.accounts);
    let exceeds = left < 0;
    let stopped = exceeds && tx.suspend_api_key(key, REASON).await?;
    if stopped {
        let event = Event::ApiKeySuspended {
            api_key: key.into(),
            reason: REASON,
            accounts: fetched.accounts,
            limit,
            habit: fetched.habit,
        };
        tx.record(&Actor::System, event).await?;
    }
    Ok(Some(Reported { fetched, left: left.max(0), stopped }))
}

/// The number of accounts a minute above which a key is stopped.
fn limit(stop: DrainStopRow, fetched: Fetched) -> i32 {
    stop.least.max(stop.times.saturating_mul(fetched.habit))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use chrono::DateTime;

    use super::*;

    #[test]
    fn the_limit_follows_the_habit_and_is_never_below_the_least() {
        let stop = DrainStopRow { times: 10, least: 500, announced_until: None };
        let minute = DateTime::UNIX_EPOCH;
        let limit =
            |habit| limit(stop, Fetched { minute, ends_in: Duration::ZERO, accounts: 0, habit });
        assert_eq!([0, 50, 51, i32::MAX].map(limit), [500, 500, 510, i32::MAX]);
    }
}
