//! Token fetches at half load beside a flood of forged notices.

use anyhow::ensure;
use bowline_postgres::SUPERUSER;

use super::Session;
use super::open::{fetches, half_rate};
use crate::generator::closed_loop::Callers;
use crate::generator::{ForgedNotices, Requests};
use crate::report::{Figure, Latency, median};

/// Clients that forge notices; each sends again as soon as it gets an answer.
const FLOOD_CLIENTS: u64 = 64;

/// The same rate with and without forged notices beside it, alternately. The limit for client addresses is off, so each of them is looked at.
pub(crate) async fn run(session: &mut Session<'_>) -> anyhow::Result<()> {
    let rate = half_rate(session).await?;
    let address = session.address()?;
    let (mut ratios, mut latencies, mut rates, mut forged_rates) = (vec![], vec![], vec![], vec![]);
    for run in 0..session.arguments.runs() as u64 {
        session.settle().await?;
        let calm = Latency::from(&fetches(session, rate, session.length(), run + 30).await?);
        let host = session.server.address();
        let makers = (0..FLOOD_CLIENTS)
            .map(|number| -> Box<dyn Requests> {
                Box::new(ForgedNotices::new(session.data, host, run * 1_000 + number))
            })
            .collect();
        let callers = Callers::start(address, makers);
        let seen = fetches(session, rate, session.length(), run + 40).await;
        let (forged_rate, statuses) = tokio::task::spawn_blocking(|| callers.stop()).await??;
        let seen = seen?;
        let expected = [401, 404, 429];
        ensure!(
            statuses.contains_key(&401) && statuses.keys().all(|status| expected.contains(status)),
            "forged notices were answered {statuses:?}"
        );
        let beside = Latency::from(&seen);
        ratios.push(beside.p99 / calm.p99);
        rates.push(seen.rate);
        forged_rates.push(forged_rate);
        latencies.push(beside);
    }
    let client = session.postgres.connect(SUPERUSER, &session.data.database).await?;
    let rows: i64 = client.query_one("SELECT count(*) FROM account_changes", &[]).await?.get(0);
    ensure!(rows == 0, "forged notices have marked {rows} accounts");
    session.report.at_most("notices: p99 beside forged ones / half-load p99", median(ratios), 2.0);
    let note = format!("beside {:.0} forged notices a second", median(forged_rates));
    session.report.figure(Figure::rates("notices", session.data.size, rates).latency(&latencies).note(note));
    Ok(())
}
