//! One refresh over all replicas: under a lease, without holding a connection while the provider is called, and written back
//! only if the account is still what it was.

use std::time::{Duration, Instant};

use bowline_api::{AccountId, ConnectorId, TenantId};
use bowline_provider::Failure;
use bowline_provider::oauth2::{AppCredentials, RefreshedToken};
use chrono::{DateTime, Utc};
use secrecy::SecretString;

use crate::app::App;
use crate::domain::{Code, Error, Result, entropy};
use crate::metrics::{self, Refreshed as Outcome};
use crate::service::account::{self, places};
use crate::service::{connector, vault};
use crate::store::TenantTx;
use crate::store::accounts::{AccountRow, Refreshed};
use crate::store::leases::Lease;

/// How long a holder is believed to be alive: longer than the longest outbound call.
const LEASE: Duration = Duration::from_secs(15);
/// How often somebody who waits for another replica looks, and how often at most.
const POLL: Duration = Duration::from_millis(100);
const POLLS: u32 = 160;
/// Seconds after a failure in which nobody asks the provider again, if it does not say itself.
const COOL_DOWN: Duration = Duration::from_secs(2);
/// A token this close to its end may be dead by the time that the tenant app uses it.
pub(super) const SKEW: Duration = Duration::from_secs(5);

/// How a refresh ended.
#[derive(Debug, Clone)]
pub(super) enum Ended {
    /// There is a fresh token, or the account's status says why not.
    Done,
    /// The connector does not work.
    ConnectorBroken,
    /// The provider's answer made no sense.
    Malformed,
    /// The provider could not be asked.
    Unavailable {
        /// When to try again.
        retry_after: Duration,
    },
}

impl Ended {
    /// For those who waited for one that ended without a result.
    pub(super) fn unknown() -> Self {
        Self::Unavailable { retry_after: Duration::from_secs(1) }
    }

    /// What a caller is told where no living token is left.
    pub(super) fn refusal(&self) -> Error {
        match self {
            Self::ConnectorBroken => connector::broken().into(),
            Self::Malformed => Code::ProviderMalformed
                .because("the provider answered the refresh with something that makes no sense; the account is unchanged")
                .retry_after(COOL_DOWN)
                .into(),
            Self::Done => unavailable(Duration::from_secs(1)),
            Self::Unavailable { retry_after } => unavailable(*retry_after),
        }
    }
}

fn unavailable(retry_after: Duration) -> Error {
    Code::ProviderUnavailable
        .because(
            "the provider cannot be reached and the last token has expired; the link itself is not in doubt",
        )
        .retry_after(retry_after)
        .into()
}

/// What a holder of the lease needs, read in one transaction.
struct Prepared {
    lease: Lease,
    row: AccountRow,
    credentials: AppCredentials,
    refresh_token: SecretString,
    connector_was_broken: bool,
}

/// What there is to do.
enum Turn {
    Mine(Box<Prepared>),
    Others,
    Over(Ended),
}

/// Refreshes the account if it still needs it, or waits for the replica that does.
pub(super) async fn run(app: &App, tenant: TenantId, account: AccountId, min_ttl: Duration) -> Result<Ended> {
    for _ in 0..POLLS {
        let mut tx = app.store.scoped(tenant).await?;
        let outcome = prepare(app, &mut tx, account, min_ttl).await;
        match tx.finish(outcome).await? {
            Turn::Over(ended) => return Ok(ended),
            Turn::Others => tokio::time::sleep(POLL).await,
            Turn::Mine(prepared) => return call(app, tenant, &prepared).await,
        }
    }
    Ok(Ended::unknown())
}

async fn prepare(app: &App, tx: &mut TenantTx, account: AccountId, min_ttl: Duration) -> Result<Turn> {
    let now = tx.now().await?;
    let Some(row) = due(tx, account, now + min_ttl).await? else { return Ok(Turn::Over(Ended::Done)) };
    let connector =
        tx.connector(row.connector_id).await?.ok_or_else(|| Error::bug("an account has no connector"))?;
    if connector::is_given_up(&connector, now) {
        return Ok(Turn::Over(Ended::ConnectorBroken));
    }
    let Some(lease) = tx.take_lease(row.id, entropy::owner(), LEASE).await? else {
        let lease = tx.lease(row.id).await?;
        let cooling = lease.and_then(|lease| lease.cool_down_until).filter(|until| *until > now);
        return Ok(match cooling {
            Some(until) => Turn::Over(Ended::Unavailable { retry_after: between(now, until) }),
            None => Turn::Others,
        });
    };
    // Taking the lease may have waited for the commit of whoever held it: look again, now that nobody else can refresh.
    let Some(row) = due(tx, account, now + min_ttl).await? else {
        tx.end_lease(lease, None, None).await?;
        return Ok(Turn::Over(Ended::Done));
    };
    let keys = app.vault.keys(tx).await?;
    let sealed =
        row.sealed_refresh_token.as_deref().ok_or_else(|| Error::bug("an active account has no token"))?;
    let refresh_token = vault::open(&keys, &places::refresh_token(&row), "accounts.refresh_token", sealed)?;
    let credentials = connector::credentials(&keys, &connector)?;
    let connector_was_broken = connector.status == "broken";
    Ok(Turn::Mine(Box::new(Prepared { lease, row, credentials, refresh_token, connector_was_broken })))
}

/// The account, if it is active and its token does not live until `until`.
async fn due(tx: &mut TenantTx, account: AccountId, until: DateTime<Utc>) -> Result<Option<AccountRow>> {
    let row = tx.account(account.uuid()).await?;
    Ok(row.filter(|row| {
        row.status == "active" && row.access_expires_at.is_none_or(|expires_at| expires_at < until)
    }))
}

fn between(now: DateTime<Utc>, until: DateTime<Utc>) -> Duration {
    (until - now).to_std().unwrap_or_default()
}

/// Asks the provider, with no connection in hand, and writes down what came of it.
async fn call(app: &App, tenant: TenantId, prepared: &Prepared) -> Result<Ended> {
    let begun = Instant::now();
    let answer = app.dropbox.refresh(&prepared.credentials, &prepared.refresh_token).await;
    let outcome = answer.as_ref().map_or_else(|failure| Outcome::No(failure.code()), |_| Outcome::Yes);
    let written = write(app, tenant, prepared, answer).await;
    metrics::refresh(outcome, begun.elapsed());
    written
}

async fn write(
    app: &App,
    tenant: TenantId,
    prepared: &Prepared,
    answer: Result<RefreshedToken, Failure>,
) -> Result<Ended> {
    let mut tx = app.store.scoped(tenant).await?;
    let written = match answer {
        Ok(fresh) => write_back(app, &mut tx, prepared, fresh).await,
        Err(failure) => write_failure(&mut tx, prepared, &failure).await,
    };
    tx.finish(written).await
}

async fn write_back(
    app: &App,
    tx: &mut TenantTx,
    prepared: &Prepared,
    fresh: RefreshedToken,
) -> Result<Ended> {
    let row = &prepared.row;
    if !tx.end_lease(prepared.lease, None, None).await? {
        // Somebody took over meanwhile: his result stands, and this token dies by itself or with its grant.
        return Ok(Ended::Done);
    }
    let keys = app.vault.keys(tx).await?;
    let next = row.generation + 1;
    let refresh_token = fresh.refresh_token.as_ref().unwrap_or(&prepared.refresh_token);
    let refreshed = Refreshed {
        sealed_access_token: vault::seal(
            &keys,
            &places::access_token(row).generation(next),
            &fresh.access_token,
        )?,
        access_expires_at: tx.now().await? + fresh.expires_in,
        sealed_refresh_token: vault::seal(
            &keys,
            &places::refresh_token(row).generation(next),
            refresh_token,
        )?,
    };
    // A re-link, a revoke or a suspension meanwhile wins: then nothing is written.
    tx.write_refresh(row.id, row.generation, &refreshed).await?;
    if prepared.connector_was_broken {
        connector::mark_working(tx, ConnectorId::from(row.connector_id)).await?;
    }
    Ok(Ended::Done)
}

async fn write_failure(tx: &mut TenantTx, prepared: &Prepared, failure: &Failure) -> Result<Ended> {
    let row = &prepared.row;
    tracing::warn!(account = %AccountId::from(row.id), reason = failure.code(), "a refresh failed");
    let retry_after = failure.retry_after().unwrap_or(COOL_DOWN);
    let (ended, cool_down) = match failure {
        Failure::GrantDead { .. } => (Ended::Done, None),
        Failure::ClientRejected { .. } => (Ended::ConnectorBroken, None),
        Failure::Malformed { .. } => (Ended::Malformed, Some(COOL_DOWN)),
        _ => (Ended::Unavailable { retry_after }, Some(retry_after)),
    };
    if !tx.end_lease(prepared.lease, Some(failure.code()), cool_down).await? {
        return Ok(Ended::Done);
    }
    match ended {
        Ended::Done => account::needs_reauth(tx, row, failure.code()).await?,
        Ended::ConnectorBroken => {
            connector::mark_broken(tx, ConnectorId::from(row.connector_id), failure.code()).await?;
        }
        _ => {}
    }
    Ok(ended)
}
