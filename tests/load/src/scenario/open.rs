//! Latency at fixed rates: at half load, at half load beside a flood of wrong keys, and over all loads.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, ensure};

use super::{Session, rounds};
use crate::generator::closed_loop::Callers;
use crate::generator::open_loop::{self, Seen};
use crate::generator::{Connection, Fetches, FixedRoute, Requests, WrongKeys};
use crate::machine::ProcessorTime;
use crate::report::{Figure, Latency, median};

/// The machine was quiet in a round if the p99 of its static route is below this, in milliseconds.
const QUIET_FLOOR_MS: f64 = 2.5;
/// Clients with wrong keys.
const FLOOD_CLIENTS: u64 = 16;
/// Loads of the curve in percent of the closed-loop rate.
const STEPS: [u32; 11] = [10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 100];

/// Half of this run's throughput, measured now if the scenario `token` was not requested.
pub(super) async fn half_rate(session: &mut Session<'_>) -> anyhow::Result<f64> {
    let full = match session.report.median_of("token", session.data.size) {
        Some(rate) => rate,
        None => rounds::tokens(session, session.arguments.seconds(), 99).await?.rate(),
    };
    Ok(full / 2.0)
}

/// Fetches tokens at a fixed rate for one run.
pub(super) async fn fetches(
    session: &Session<'_>,
    rate: f64,
    length: Duration,
    run: u64,
) -> anyhow::Result<Seen> {
    let (address, host) = (session.address()?, session.server.address());
    let makers = (0..session.arguments.connections as u64)
        .map(|number| -> Box<dyn Requests> {
            Box::new(Fetches::new(session.data, host, run * 1_000 + number))
        })
        .collect();
    let seen =
        tokio::task::spawn_blocking(move || open_loop::run(address, makers, rate, length, 200)).await??;
    ensure!(seen.refused == 0, "{} of {} fetches were refused", seen.refused, seen.latency.len());
    Ok(seen)
}

/// Token fetches at half load. Each round first measures the static route at the same rate. If that is already slow,
/// the machine is busy and the round says nothing about the server.
pub(crate) async fn half(session: &mut Session<'_>) -> anyhow::Result<()> {
    let rate = half_rate(session).await?;
    let (mut latencies, mut rates, mut slowest, mut quiet) = (vec![], vec![], vec![], vec![]);
    let mut rounds = Vec::new();
    for run in 0..session.arguments.runs() as u64 {
        session.settle().await?;
        let floor = Latency::from(&fixed_route(session, rate).await?).p99;
        let before = ProcessorTime::now();
        let seen = fetches(session, rate, session.length(), run).await?;
        let stolen = before.stolen_since();
        let latency = Latency::from(&seen);
        rounds.push(format!("{:.1} (floor {floor:.1}, steal {stolen:.1} %)", latency.p99));
        if floor < QUIET_FLOOR_MS {
            quiet.push(latency.p99);
        }
        rates.push(seen.rate);
        latencies.push(latency);
        slowest.push(seen.slowest);
    }
    let note = format!("p99 of each round: {} ms", rounds.join(", "));
    let figure = Figure::rates("token-half", session.data.size, rates);
    session.report.figure(figure.latency(&latencies).slowest(slowest).note(note));
    ensure!(!quiet.is_empty(), "no round had a floor below {QUIET_FLOOR_MS} ms: the machine was busy");
    session.report.at_most("token-half p99 of the worst quiet round, ms", worst(&quiet), 5.0);
    Ok(())
}

/// The static route at a fixed rate for one run.
async fn fixed_route(session: &Session<'_>, rate: f64) -> anyhow::Result<Seen> {
    let host = session.server.internal.trim_start_matches("http://").to_owned();
    let address = host.parse().context("the internal listener's address is invalid")?;
    let makers = (0..session.arguments.connections)
        .map(|_| -> Box<dyn Requests> { Box::new(FixedRoute::new(&host)) })
        .collect();
    let length = session.length();
    tokio::task::spawn_blocking(move || open_loop::run(address, makers, rate, length, 200)).await?
}

fn worst(numbers: &[f64]) -> f64 {
    numbers.iter().copied().fold(0.0, f64::max)
}

/// The same rate with and without wrong keys beside it, alternately.
pub(crate) async fn flood(session: &mut Session<'_>) -> anyhow::Result<()> {
    let rate = half_rate(session).await?;
    let address = session.address()?;
    let host = session.server.address().to_owned();
    let mut ratios = Vec::new();
    let (mut latencies, mut rates, mut wrong_rates) = (Vec::new(), Vec::new(), Vec::new());
    for run in 0..session.arguments.runs() as u64 {
        session.settle().await?;
        let calm = Latency::from(&fetches(session, rate, session.length(), run + 10).await?);
        let makers = wrong_keys(session, &host, run)?;
        well_formed(address, wrong_keys(session, &host, run + 100)?).await?;
        let callers = Callers::start(address, makers);
        let seen = fetches(session, rate, session.length(), run + 20).await;
        let (wrong_rate, statuses) = tokio::task::spawn_blocking(|| callers.stop()).await??;
        let seen = seen?;
        ensure!(
            statuses.keys().all(|status| matches!(status, 401 | 429)),
            "wrong keys were answered {statuses:?}"
        );
        let beside = Latency::from(&seen);
        ratios.push(beside.p99 / calm.p99);
        rates.push(seen.rate);
        wrong_rates.push(wrong_rate);
        latencies.push(beside);
    }
    session.report.at_most("flood p99 / half-load p99", median(ratios), 2.0);
    let note = format!("beside {:.0} calls a second with wrong keys", median(wrong_rates));
    session.report.figure(Figure::rates("flood", session.data.size, rates).latency(&latencies).note(note));
    Ok(())
}

fn wrong_keys(session: &Session<'_>, host: &str, run: u64) -> anyhow::Result<Vec<Box<dyn Requests>>> {
    (0..FLOOD_CLIENTS)
        .map(|number| -> anyhow::Result<Box<dyn Requests>> {
            let maker = WrongKeys::new(session.data, host, 0xbad_0000 + run * 100 + number);
            Ok(Box::new(maker.context("API keys have another form than this generator knows")?))
        })
        .collect()
}

/// Checks that the wrong keys are looked up. Rejecting them by their form alone would cost the server nothing.
async fn well_formed(address: SocketAddr, mut makers: Vec<Box<dyn Requests>>) -> anyhow::Result<()> {
    tokio::task::spawn_blocking(move || {
        let mut connection = Connection::open(address)?;
        let mut request = Vec::new();
        makers.first_mut().context("there are no clients")?.next(&mut request);
        let status = connection.exchange(&request)?;
        let said = String::from_utf8_lossy(connection.body()).into_owned();
        ensure!(status == 401 && said.contains("unknown"), "a wrong key is answered {status} {said}");
        Ok(())
    })
    .await?
}

/// Latency over load: one point per step.
pub(crate) async fn curve(session: &mut Session<'_>) -> anyhow::Result<()> {
    let full = half_rate(session).await? * 2.0;
    let length = Duration::from_secs(session.arguments.seconds().div_ceil(2));
    session.settle().await?;
    for step in STEPS {
        let rate = full * f64::from(step) / 100.0;
        let seen = fetches(session, rate, length, u64::from(step)).await?;
        session.report.point(rate, &seen);
    }
    Ok(())
}
