//! One attempt to revoke a grant at the provider, and what is stored of it.

use std::time::Duration;

use bowline_api::status::{AccountStatus, RevocationCause, RevocationStatus};
use bowline_api::{AccountId, JobId, TenantId};
use bowline_provider::{AppCredentials, Failure, Revoked};
use bowline_vault::Context;
use chrono::TimeDelta;
use secrecy::SecretString;

use super::{UNREADABLE_GRANT, access_place, refresh_place};
use crate::app::App;
use crate::domain::state::account::AccountTrigger;
use crate::domain::{About, Actor, Error, Event, Result, entropy};
use crate::service::oauth1::held;
use crate::service::{connector, vault};
use crate::store::connectors::ConnectorRow;
use crate::store::revocations::{RevocationClaim, RevocationRow};
use crate::store::{Stored, TenantTx};

/// How long a revocation is retried before it is reported as given up.
const REVOCATION_PATIENCE: TimeDelta = TimeDelta::days(1);
/// The first and the longest pause between two attempts to revoke a grant.
const FIRST_REVOCATION_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_REVOCATION_PAUSE: Duration = Duration::from_mins(10);

/// Why a revocation ends here alone.
const NOT_AT_PROVIDER: &str = "provider_cannot_revoke";

/// Why a revocation ends here alone if the service has given the same token of OAuth 1 to another account or link, which still uses it.
const HELD_ELSEWHERE: &str = "token_held_elsewhere";

/// Everything that one attempt to revoke needs, read in one transaction.
struct PreparedRevocation {
    row: RevocationRow,
    connector: ConnectorRow,
    credentials: AppCredentials,
    access_token: Option<SecretString>,
    refresh_token: Option<SecretString>,
    /// Whether the access token may be ended: no other account or link holds it.
    may_end: bool,
}

/// How one attempt to revoke a grant ended.
enum Attempt {
    Revoked,
    /// The grant lives on at the provider, for this reason.
    LeftAlive(&'static str),
    Retry {
        reason: &'static str,
        pause: Option<Duration>,
        connector_refused: bool,
    },
}

/// Processes one claimed revocation: calls the provider without holding a connection, then stores the outcome.
///
/// # Errors
/// Those of the database. The claim then expires, and another worker takes over.
pub async fn work_off(app: &App, claim: RevocationClaim) -> Result<()> {
    let tenant = TenantId::from(claim.tenant);
    let Some(prepared) = app.store.scoped(tenant, async |tx| begin_revocation(app, tx, claim).await).await?
    else {
        return Ok(());
    };
    let attempt = revoke_at_provider(app, &prepared).await;
    app.store.scoped(tenant, async |tx| write_down(tx, claim, &prepared, attempt).await).await
}

/// None if the claim has expired, or if a sealed value does not open, in which case the revocation is postponed, too.
async fn begin_revocation(
    app: &App,
    tx: &mut TenantTx,
    claim: RevocationClaim,
) -> Result<Option<PreparedRevocation>> {
    let Some(revocation_row) = tx.claimed_revocation(claim).await? else { return Ok(None) };
    match prepare_revocation(app, tx, revocation_row.clone()).await {
        Err(Error::Integrity { what, about }) => {
            put_off(tx, claim, &revocation_row, UNREADABLE_GRANT, None).await?;
            tx.record(&Actor::System, Event::integrity_error(what, about)).await.map(|()| None)
        }
        prepared => prepared.map(Some),
    }
}

async fn prepare_revocation(
    app: &App,
    tx: &mut TenantTx,
    revocation_row: RevocationRow,
) -> Result<PreparedRevocation> {
    let now = tx.now().await?;
    let keys = app.vault.keys(tx).await?;
    let connector = tx
        .connector(revocation_row.connector_id)
        .await?
        .ok_or_else(|| Error::bug("a revocation has no connector"))?;
    let open = |sealed: Option<&[u8]>, place: &Context<'_>, what| {
        let about = About::Revocation(revocation_row.id.into());
        sealed.map(|sealed| vault::open(&keys, place, what, about, sealed)).transpose()
    };
    // Revoking an expired access token does not end the grant, so it is treated as absent.
    let alive = revocation_row.access_expires_at.is_none_or(|at| at > now + TimeDelta::seconds(5));
    let access = revocation_row.sealed_access_token.as_deref().filter(|_| alive);
    let refresh = revocation_row.sealed_refresh_token.as_deref();
    let access_token = open(access, &access_place(&revocation_row.id), "revocations.access_token")?;
    let may_end = match &access_token {
        Some(token) => {
            held::check_revocation(token, revocation_row.id, revocation_row.connector_id)?;
            held::may_end(tx, &keys, revocation_row.id, token).await?
        }
        None => true,
    };
    Ok(PreparedRevocation {
        credentials: connector::credentials(&keys, &connector)?,
        access_token,
        may_end,
        refresh_token: open(refresh, &refresh_place(&revocation_row.id), "revocations.refresh_token")?,
        connector,
        row: revocation_row,
    })
}

async fn revoke_at_provider(app: &App, prepared: &PreparedRevocation) -> Attempt {
    let PreparedRevocation { credentials, access_token, refresh_token, connector, may_end, .. } = prepared;
    if !may_end {
        return Attempt::LeftAlive(HELD_ELSEWHERE);
    }
    let callback_url = connector::callback_url(&app.settings.public_url, connector.id.into());
    let revoked =
        app.provider.revoke(credentials, &callback_url, access_token.as_ref(), refresh_token.as_ref());
    match revoked.await {
        Ok(Revoked::Done | Revoked::AlreadyDead) => Attempt::Revoked,
        Ok(Revoked::NotAtProvider) => Attempt::LeftAlive(NOT_AT_PROVIDER),
        Err(failure) => retry_later(&failure),
    }
}

fn retry_later(failure: &Failure) -> Attempt {
    Attempt::Retry {
        reason: failure.code(),
        pause: failure.retry_after(),
        connector_refused: matches!(failure, Failure::ClientRejected { .. }),
    }
}

async fn write_down(
    tx: &mut TenantTx,
    claim: RevocationClaim,
    prepared: &PreparedRevocation,
    attempt: Attempt,
) -> Result<()> {
    let revocation_row = &prepared.row;
    match attempt {
        Attempt::Revoked => {
            if tx.end_revocation(claim, RevocationStatus::Done, None).await? {
                let (account, attempts) =
                    (revocation_row.account_id.map(AccountId::from), revocation_row.attempts);
                let ended = match revocation_row.cause {
                    Stored::Known(RevocationCause::Relinked) => Event::OldGrantRevoked { account, attempts },
                    Stored::Known(RevocationCause::Orphaned) => Event::OrphanGrantRevoked { attempts },
                    _ => Event::AccountRevokedAtProvider { account, attempts },
                };
                finish_account(tx, revocation_row, ended).await?;
            }
        }
        Attempt::LeftAlive(reason) => {
            if prepared.access_token.as_ref().is_some_and(held::is_pair) {
                tx.release_oauth1_token(revocation_row.id).await?;
            }
            give_up(tx, claim, revocation_row, reason).await?;
        }
        Attempt::Retry { reason, pause, connector_refused } => {
            put_off(tx, claim, revocation_row, reason, pause).await?;
            // Last, because connectors and the log are always locked after accounts.
            if connector_refused {
                connector::mark_broken(tx, &prepared.connector, reason).await?;
            }
        }
    }
    Ok(())
}

/// Postpones the next attempt, or gives up after the maximum time.
async fn put_off(
    tx: &mut TenantTx,
    claim: RevocationClaim,
    revocation_row: &RevocationRow,
    reason: &str,
    pause: Option<Duration>,
) -> Result<()> {
    if tx.now().await? - revocation_row.created_at <= REVOCATION_PATIENCE {
        let pause = pause_before_next(revocation_row.attempts, pause, entropy::jitter());
        return tx.postpone_revocation(claim, pause, reason).await.map(drop);
    }
    tracing::error!(job = %JobId::from(revocation_row.id), reason, alarm = "revocation", "a revocation was given up; the grant may still be alive at the provider");
    give_up(tx, claim, revocation_row, reason).await
}

/// Ends the account here, although its grant may be alive at the provider, and records why.
async fn give_up(
    tx: &mut TenantTx,
    claim: RevocationClaim,
    revocation_row: &RevocationRow,
    reason: &str,
) -> Result<()> {
    if tx.end_revocation(claim, RevocationStatus::GivenUp, Some(reason)).await? {
        let account = revocation_row.account_id.map(AccountId::from);
        let given_up = Event::RevocationGivenUp { account, attempts: revocation_row.attempts, reason };
        finish_account(tx, revocation_row, given_up).await?;
    }
    Ok(())
}

/// Marks the account revoked unless it was linked again meanwhile, and records how its grant `ended`.
async fn finish_account(tx: &mut TenantTx, revocation_row: &RevocationRow, ended: Event<'_>) -> Result<()> {
    if let Some(account) = revocation_row.account_id {
        // If it was linked again meanwhile, its generation has changed.
        let was = tx.account(account).await?.and_then(|account| account.status_reason);
        tx.change_status(
            account,
            revocation_row.generation,
            AccountStatus::Revoking,
            AccountTrigger::RevocationEnded,
            was.as_deref(),
        )
        .await?;
    }
    tx.record(&Actor::System, ended).await
}

/// Doubles with each attempt, from two seconds to ten minutes. Half of it is random, so that revocations that failed
/// together are not retried together. The provider's value (RFC 9110 section 10.2.3) can only make it longer, because
/// with a value of zero the workers would call without a pause.
fn pause_before_next(attempts: i32, asked: Option<Duration>, jitter: f64) -> Duration {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(0).min(16);
    let longest =
        FIRST_REVOCATION_PAUSE.saturating_mul(2_u32.saturating_pow(doublings)).min(LONGEST_REVOCATION_PAUSE);
    asked.unwrap_or_default().max(longest.mul_f64(f64::midpoint(1.0, jitter)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_ten_minutes() {
        let pauses: Vec<u64> = [0, 1, 2, 3, 9, 10, 11, i32::MAX]
            .map(|tries| pause_before_next(tries, None, 1.0).as_secs())
            .into();
        assert_eq!(pauses, [2, 2, 4, 8, 512, 600, 600, 600]);
        assert_eq!(pause_before_next(3, None, 0.0), Duration::from_secs(4), "half of it is certain");
    }

    #[test]
    fn the_provider_makes_a_pause_longer_and_never_shorter() {
        let asked = |seconds| pause_before_next(1, Some(Duration::from_secs(seconds)), 0.0);
        assert_eq!((asked(0), asked(60)), (Duration::from_secs(1), Duration::from_mins(1)));
    }
}
