//! Webhooks: events at a fixed rate to endpoints of which some are dead or hang, and how fast a backlog is delivered.

mod receiver;
mod tenant;

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::ensure;
use bowline_postgres::SUPERUSER;
use chrono::SecondsFormat;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use hdrhistogram::Histogram;
use tokio::task::JoinSet;

use super::Session;
use crate::report::{Figure, Latency};
use crate::server::Programs;
use receiver::{Manner, Receiver};
use tenant::Told;

/// The settings of the server: its endpoints are on this machine.
pub(crate) const SETTINGS: [(&str, &str); 1] = [("BOWLINE_WEBHOOKS__ALLOW_LOOPBACK", "true")];

/// The tenants, and the endpoints of each; the first one of each tenant does not accept what it gets.
const TENANTS: usize = 5;
const ENDPOINTS: usize = 10;
const AILING: [Manner; TENANTS] = [Manner::Hangs, Manner::Dead, Manner::Hangs, Manner::Dead, Manner::Hangs];
/// Each event goes to all endpoints of its tenant.
const EVENTS_PER_SECOND: f64 = 50.0;
const EVENTS: usize = 1_000;
const QUICK_EVENTS: usize = 100;
/// Calls that are made at the same time while nothing is measured.
const AT_ONCE: usize = 8;
/// How long deliveries may take.
const PATIENCE: Duration = Duration::from_mins(5);
/// The pause between two looks at what has arrived.
const LOOK: Duration = Duration::from_millis(5);
/// The longest p99 of healthy endpoints in ms.
const LONGEST_P99: f64 = 2_000.0;

/// The deliveries whose outcome is not written down yet, without those to endpoints that fail.
const UNWRITTEN: &str = "
    SELECT count(*) FROM webhook_deliveries d JOIN webhook_endpoints e ON e.tenant_id = d.tenant_id AND e.id = d.endpoint_id
    WHERE d.state = 'waiting' AND e.state = 'enabled' AND e.failing_since IS NULL";

/// What one run has measured.
#[derive(Default)]
struct Measured {
    offered: Vec<f64>,
    delays: Vec<Latency>,
    again: usize,
    backlog: Vec<f64>,
}

/// Delivers at a fixed rate, and then a backlog to healthy endpoints alone.
pub(crate) async fn run(
    session: &mut Session<'_>,
    programs: &Programs,
    environment: &[(String, String)],
) -> anyhow::Result<()> {
    ensure!(session.data.record.tenants.len() >= TENANTS, "the scenario needs at least --tenants {TENANTS}");
    let mut tenants = Vec::with_capacity(TENANTS);
    for (number, ailing) in AILING.into_iter().enumerate() {
        let mut manners = vec![Manner::Healthy; ENDPOINTS];
        manners[0] = ailing;
        let base = &session.server.public;
        tenants.push(Arc::new(Told::prepare(programs, environment, base, number, &manners).await?));
    }
    let events = if session.arguments.quick { QUICK_EVENTS } else { EVENTS };
    let mut measured = Measured::default();
    let mut outcome = Ok(());
    for _ in 0..session.arguments.runs() {
        outcome = async {
            session.settle().await?;
            let since = receiver::now().to_rfc3339_opts(SecondsFormat::Micros, true);
            at_a_rate(&tenants, events, &mut measured).await?;
            all_written(session).await?;
            alone(&tenants, events, &since, &mut measured).await
        }
        .await;
        if outcome.is_err() {
            break;
        }
    }
    for tenant in &tenants {
        tenant.leave().await?;
    }
    outcome?;
    conclude(session, events, measured);
    Ok(())
}

/// Makes events at [`EVENTS_PER_SECOND`], whatever the server does, and waits until all healthy endpoints have got them.
async fn at_a_rate(tenants: &[Arc<Told>], events: usize, measured: &mut Measured) -> anyhow::Result<()> {
    let places = (0..events).map(|number| Arc::clone(&tenants[number % TENANTS]));
    let sessions: Vec<(Arc<Told>, String)> = stream::iter(places)
        .map(|tenant| async move {
            let session = tenant.begin_link().await?;
            anyhow::Ok((tenant, session))
        })
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    forget(tenants);
    let begun = Instant::now();
    let mut ticks = tokio::time::interval(Duration::from_secs_f64(1.0 / EVENTS_PER_SECOND));
    let mut calls = JoinSet::new();
    for (tenant, session) in sessions {
        ticks.tick().await;
        calls.spawn(async move { tenant.cancel(&session).await });
    }
    while let Some(call) = calls.join_next().await {
        call??;
    }
    measured.offered.push(rate(events * ENDPOINTS, begun.elapsed()));
    all_arrived(tenants, events / TENANTS).await?;
    let mut times = Histogram::<u64>::new_with_bounds(1, 600_000_000, 3)?;
    for receiver in healthy(tenants) {
        let arrivals = receiver.take();
        measured.again += arrivals.again;
        for delay in arrivals.delays.into_values() {
            times.saturating_record(u64::try_from(delay.as_micros()).unwrap_or(u64::MAX).max(1));
        }
    }
    measured.delays.push(Latency::of(&times));
    Ok(())
}

/// Sends all events of the run again, to healthy endpoints only and all at once.
async fn alone(
    tenants: &[Arc<Told>],
    events: usize,
    since: &str,
    measured: &mut Measured,
) -> anyhow::Result<()> {
    for tenant in tenants {
        for endpoint in tenant.ailing() {
            tenant.switch(endpoint, "disable").await?;
        }
    }
    forget(tenants);
    let begun = Instant::now();
    let mut resent = Vec::new();
    for tenant in tenants {
        resent.extend(tenant.healthy().map(|endpoint| tenant.resend(endpoint, since)));
    }
    stream::iter(resent).buffer_unordered(AT_ONCE).try_collect::<Vec<()>>().await?;
    all_arrived(tenants, events / TENANTS).await?;
    let count = healthy(tenants).count() * (events / TENANTS);
    measured.backlog.push(rate(count, begun.elapsed()));
    for tenant in tenants {
        for endpoint in tenant.ailing() {
            tenant.switch(endpoint, "enable").await?;
        }
    }
    Ok(())
}

fn conclude(session: &mut Session<'_>, events: usize, measured: Measured) {
    let (size, runs) = (session.data.size, session.arguments.runs());
    let Measured { offered, delays, again, backlog } = measured;
    let p99 = crate::report::median(delays.iter().map(|one| one.p99).collect());
    let all = TENANTS * ENDPOINTS;
    let what = format!(
        "webhooks: p99 of {} healthy endpoints beside {TENANTS} that are dead or hang, ms",
        all - TENANTS
    );
    session.report.at_most(&what, p99, LONGEST_P99);
    let note = format!(
        "{} deliveries to {all} endpoints in each of {runs} runs; times of the healthy ones; {again} arrived again",
        events * ENDPOINTS
    );
    let unit = "deliveries/s";
    session.report.figure(Figure::of("webhooks", size, unit, offered).latency(&delays).note(note));
    session
        .report
        .figure(Figure::of("webhooks: a backlog", size, unit, backlog).note("healthy endpoints alone"));
}

/// Waits until each healthy endpoint has got `count` different events.
async fn all_arrived(tenants: &[Arc<Told>], count: usize) -> anyhow::Result<()> {
    let begun = Instant::now();
    while healthy(tenants).any(|receiver| receiver.count() < count) {
        let least = healthy(tenants).map(Receiver::count).min().unwrap_or_default();
        ensure!(begun.elapsed() < PATIENCE, "an endpoint has got {least} of {count} events");
        tokio::time::sleep(LOOK).await;
    }
    Ok(())
}

/// Waits until the server has written down what it has delivered: an event whose delivery ends after it was asked for again is not sent twice.
async fn all_written(session: &Session<'_>) -> anyhow::Result<()> {
    let client = session.postgres.connect(SUPERUSER, &session.data.database).await?;
    let begun = Instant::now();
    loop {
        let left: i64 = client.query_one(UNWRITTEN, &[]).await?.get(0);
        if left == 0 {
            return Ok(());
        }
        ensure!(begun.elapsed() < PATIENCE, "the outcomes of {left} deliveries are not written down");
        tokio::time::sleep(LOOK).await;
    }
}

fn healthy(tenants: &[Arc<Told>]) -> impl Iterator<Item = &Receiver> {
    tenants.iter().flat_map(|tenant| tenant.healthy()).map(|endpoint| &endpoint.receiver)
}

fn forget(tenants: &[Arc<Told>]) {
    healthy(tenants).for_each(|receiver| drop(receiver.take()));
}

#[expect(clippy::cast_precision_loss, reason = "thousands")]
fn rate(count: usize, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}
