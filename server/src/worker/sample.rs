//! Samples figures from the database that no single process knows, so that `/metrics` needs no query.

use std::sync::Arc;
use std::time::Duration;

use bowline_api::status::{AccountStatus, ConnectorStatus};
use tokio::sync::watch;

use super::schedule::{ticks, wait};
use crate::app::App;
use crate::domain::{Result, chain};
use crate::metrics::{breakers, unix_time};
use crate::service::token;
use crate::store::OperatorTx;
use crate::store::connectors::breakers::BreakerCounts;
use crate::store::figures::{Connectors, DueRevocations, Unfolded};

/// The result of one sample.
struct Figures {
    accounts: Vec<(AccountStatus, u64)>,
    connectors: Vec<Connectors>,
    due: DueRevocations,
    unfolded: Unfolded,
    breakers: BreakerCounts,
    webhooks: WebhookSample,
}

/// The endpoints that accept nothing at the moment, and how long deliveries have waited for a sender, in seconds.
struct WebhookSample {
    failing: i64,
    unclaimed: f64,
}

/// Samples until `stop` turns true.
pub(super) async fn run(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let mut poll = ticks(Duration::from_secs(app.settings.metrics.sample_seconds));
    while wait(&mut stop, async {
        let _ = poll.tick().await;
    })
    .await
    {
        match look_at_figures(&app).await {
            Ok(figures) => {
                show_figures(&figures);
                metrics::gauge!("bowline_database_up").set(1);
                metrics::gauge!("bowline_sample_timestamp_seconds").set(unix_time());
            }
            Err(error) => {
                tracing::warn!(error = %chain(&error), "the figures for /metrics could not be sampled; the old ones remain");
                // The gauge comes last, so that whoever reads 0 also reads the failure.
                metrics::counter!("bowline_sample_failures_total").increment(1);
                metrics::gauge!("bowline_database_up").set(0);
            }
        }
    }
}

async fn look_at_figures(app: &App) -> Result<Figures> {
    let (accounts, connectors, due, unfolded) = app.store.operator(async |tx| read_figures(tx).await).await?;
    let breakers = token::breaker_counts(&app.store).await?;
    let failing = app.store.operator(async |tx| tx.failing_webhook_endpoints().await).await?;
    let unclaimed = app.store.worker(async |tx| tx.unclaimed_webhooks().await).await?;
    Ok(Figures {
        accounts,
        connectors,
        due,
        unfolded,
        breakers,
        webhooks: WebhookSample { failing, unclaimed },
    })
}

async fn read_figures(
    tx: &mut OperatorTx,
) -> Result<(Vec<(AccountStatus, u64)>, Vec<Connectors>, DueRevocations, Unfolded)> {
    let mut accounts = Vec::with_capacity(AccountStatus::ALL.len());
    for status in AccountStatus::ALL {
        accounts.push((*status, tx.accounts_in(*status).await?));
    }
    let connectors = tx.connectors_by_status().await?;
    Ok((accounts, connectors, tx.due_revocations().await?, tx.unfolded_repeats().await?))
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is a double")]
fn show_figures(figures: &Figures) {
    for (status, count) in &figures.accounts {
        metrics::gauge!("bowline_accounts", "status" => status.as_str()).set(*count as f64);
    }
    for status in ConnectorStatus::ALL {
        let found = figures.connectors.iter().find(|row| row.status == *status);
        let count = found.map_or(0, |row| row.count);
        metrics::gauge!("bowline_connectors", "status" => status.as_str()).set(count as f64);
    }
    let count = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    let BreakerCounts { open, half_open, healing } = figures.breakers;
    breakers(count(open), count(half_open), count(healing));
    metrics::gauge!("bowline_revocations_due").set(figures.due.count as f64);
    metrics::gauge!("bowline_revocations_oldest_age_seconds").set(figures.due.oldest_age);
    metrics::gauge!("bowline_revocations_overdue_seconds").set(figures.due.overdue);
    metrics::gauge!("bowline_token_repeats_unfolded").set(figures.unfolded.rows as f64);
    metrics::gauge!("bowline_token_repeats_oldest_age_seconds").set(figures.unfolded.oldest_age);
    metrics::gauge!("bowline_webhook_endpoints_failing").set(figures.webhooks.failing as f64);
    metrics::gauge!("bowline_webhooks_unclaimed_seconds").set(figures.webhooks.unclaimed);
}
