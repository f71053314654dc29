//! Stores what the provider answered, if the account is unchanged and the lease is still ours.

use std::time::Duration;

use bowline_api::TenantId;
use bowline_api::status::ConnectorStatus;
use bowline_provider::{Failure, RefreshedToken};

use super::need::Need;
use super::outcome::RefreshOutcome;
use super::prepare::PreparedRefresh;
use crate::app::App;
use crate::domain::Result;
use crate::service::account::{self, places};
use crate::service::token::narrow::sealed;
use crate::service::{connector, freeze, vault};
use crate::store::TenantTx;
use crate::store::accounts::{AccountRow, Refreshed};

/// How long nobody asks the provider again after a failure, unless it asks for longer. Doubles with each consecutive
/// failure.
const REFRESH_COOL_DOWN: Duration = Duration::from_secs(2);
const LONGEST_REFRESH_COOL_DOWN: Duration = Duration::from_secs(16);
/// The cool-down if the provider rejects the request itself, which only a change of the configuration can fix.
const REFUSED_REFRESH_COOL_DOWN: Duration = Duration::from_mins(5);

/// Stores the provider's response. It may run twice if a COMMIT was not acknowledged, so each statement is idempotent:
/// none adds to existing values.
pub(super) async fn write(
    app: &App,
    tenant: TenantId,
    need: &Need,
    prepared: &PreparedRefresh,
    answer: &Result<RefreshedToken, Failure>,
) -> Result<RefreshOutcome> {
    app.store
        .scoped(tenant, async |tx| match answer {
            Ok(fresh) => write_back(app, tx, need, prepared, fresh).await,
            Err(failure) => write_failure(tx, need, prepared, failure).await,
        })
        .await
}

async fn write_back(
    app: &App,
    tx: &mut TenantTx,
    need: &Need,
    prepared: &PreparedRefresh,
    fresh: &RefreshedToken,
) -> Result<RefreshOutcome> {
    let row = &prepared.row;
    if !tx.end_lease(prepared.lease, None, None).await? {
        // Someone took over meanwhile. Their result stands, and this token expires by itself or ends with its grant.
        return Ok(RefreshOutcome::Done);
    }
    if let Need::Narrowed { hash, .. } = need {
        sealed::write(app, tx, row, *hash, fresh, prepared.taken_at).await?;
    } else {
        write_refresh(app, tx, need, prepared, fresh).await?;
    }
    if prepared.connector.status == ConnectorStatus::Broken {
        connector::mark_working(tx, &prepared.connector).await?;
    }
    Ok(RefreshOutcome::Done)
}

async fn write_refresh(
    app: &App,
    tx: &mut TenantTx,
    need: &Need,
    prepared: &PreparedRefresh,
    fresh: &RefreshedToken,
) -> Result<()> {
    let row = &prepared.row;
    let keys = app.vault.keys(tx).await?;
    // Counted from before the call, because a process that was suspended in between must not trust an expired token.
    let access_expires_at = prepared.taken_at + fresh.expires_in;
    // The row as it will be, because the tokens are bound to its columns.
    let next = AccountRow {
        generation: row.generation + 1,
        access_expires_at: Some(access_expires_at),
        ..row.clone()
    };
    let refresh_token = fresh.refresh_token.as_ref().unwrap_or(&prepared.refresh_token);
    // The account may have been frozen while it was unusable.
    let freeze = match need {
        Need::Revive { .. } => freeze::in_force(tx, row.connector_id, &row.provider_account_id).await?,
        _ => None,
    };
    let refreshed = Refreshed {
        frozen: freeze,
        sealed_access_token: vault::seal(&keys, &places::access_token(&next), &fresh.access_token)?,
        access_expires_at,
        sealed_refresh_token: vault::seal(&keys, &places::refresh_token(&next), refresh_token)?,
    };
    // A concurrent re-link, revocation or suspension wins: nothing is written then.
    let written = tx.write_refresh(row.id, row.generation, need.status(), &refreshed).await?;
    if written && let Need::Revive { .. } = need {
        account::recovered(tx, row).await?;
    }
    Ok(())
}

async fn write_failure(
    tx: &mut TenantTx,
    need: &Need,
    prepared: &PreparedRefresh,
    failure: &Failure,
) -> Result<RefreshOutcome> {
    let row = &prepared.row;
    if let (Need::Narrowed { hash, .. }, Failure::RequestRejected { .. }) = (need, failure) {
        // The refusal concerns these scopes, and is no reason to leave the account alone.
        if tx.end_lease(prepared.lease, None, None).await? {
            sealed::write_refusal(tx, row, *hash).await?;
        }
        return Ok(RefreshOutcome::Done);
    }
    let pause = cool_down(failure, prepared.lease.failures);
    let ended = RefreshOutcome::of(failure, pause);
    let cools = !matches!(ended, RefreshOutcome::Done | RefreshOutcome::ConnectorBroken);
    if !tx.end_lease(prepared.lease, Some(failure.code()), cools.then_some(pause)).await? {
        return Ok(RefreshOutcome::Done);
    }
    if matches!(need, Need::Another { .. }) {
        // It achieved nothing, so it does not count against the limit.
        tx.mark_forced(prepared.lease, false).await?;
    }
    match ended {
        RefreshOutcome::Done => {
            account::needs_reauth(tx, row, failure.code(), failure.provider_request()).await?;
        }
        RefreshOutcome::ConnectorBroken => {
            connector::mark_broken(tx, &prepared.connector, failure.code()).await?;
        }
        _ => {}
    }
    Ok(ended)
}

/// How long the account is left alone after a failure that follows `failures` others.
fn cool_down(failure: &Failure, failures: i32) -> Duration {
    if matches!(failure, Failure::RequestRejected { .. }) {
        return REFUSED_REFRESH_COOL_DOWN;
    }
    let doublings = failures.clamp(0, 8).unsigned_abs();
    let pause =
        REFRESH_COOL_DOWN.saturating_mul(2_u32.saturating_pow(doublings)).min(LONGEST_REFRESH_COOL_DOWN);
    pause.max(failure.retry_after().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use bowline_provider::TransientKind;

    use super::*;

    #[test]
    fn one_account_alone_cannot_open_the_breaker_of_all() {
        let down = |retry_after| Failure::Transient { kind: TransientKind::Timeout, retry_after, sent: true };
        let mut at = Duration::ZERO;
        let tries: Vec<Duration> = (0..20)
            .map(|failures| {
                let now = at;
                at += cool_down(&down(Some(Duration::from_secs(1))), failures);
                now
            })
            .collect();
        // Its failures in any ten seconds are fewer than the five that open it.
        assert!(tries.windows(5).all(|five| five[4].saturating_sub(five[0]) > Duration::from_secs(10)));
        assert_eq!(cool_down(&down(Some(Duration::from_mins(1))), 0), Duration::from_mins(1));
        assert_eq!(cool_down(&down(Some(Duration::ZERO)), 0), REFRESH_COOL_DOWN, "never at once");
    }
}
