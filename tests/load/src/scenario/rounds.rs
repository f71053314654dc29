//! The token route and its two reference measurements, one after another in each round, so that other load on the
//! machine affects all three.

use super::{Scenario, Session};
use crate::pgbench;
use crate::report::{Figure, Latency, median};
use crate::wrk::{self, Outcome, Script};

/// The static route: a fixed text through the same server, listener settings, fairings and log as the token route.
const STATIC: &str = "/livez";

/// Runs the rounds.
pub(crate) async fn run(session: &mut Session<'_>) -> anyhow::Result<()> {
    let arguments = session.arguments;
    let [mut fixed, mut floor, mut token] = [const { Vec::<f64>::new() }; 3];
    let [mut fixed_latency, mut token_latency] = [const { Vec::<Latency>::new() }; 2];
    let mut folded = Vec::new();
    for round in 0..arguments.runs() as u64 {
        if arguments.wants(Scenario::Static) {
            let outcome = fixed_route(session, round).await?;
            fixed.push(outcome.rate());
            fixed_latency.push(outcome.into());
        }
        if arguments.wants(Scenario::Pgbench) {
            floor.push(
                pgbench::run(session.postgres, session.data, arguments.seconds(), round + 1).await?.rate,
            );
        }
        if arguments.wants(Scenario::Token) {
            let outcome = tokens(session, arguments.seconds(), round).await?;
            token.push(outcome.rate());
            token_latency.push(outcome.into());
            folded.push(session.settle().await?.as_secs_f64());
        }
    }
    let size = session.data.size;
    let report = &mut *session.report;
    report.ratio("token / static", &token, &fixed, 0.35);
    report.ratio("token / pgbench", &token, &floor, 0.5);
    report.figure(Figure::rates("static", size, fixed).latency(&fixed_latency));
    report.figure(Figure::rates("pgbench", size, floor));
    let note = format!("then {:.0} s until its journal was folded", median(folded));
    report.figure(Figure::rates("token", size, token).latency(&token_latency).note(note));
    Ok(())
}

async fn fixed_route(session: &Session<'_>, seed: u64) -> anyhow::Result<Outcome> {
    let script = Script::new(include_str!("../lua/static.lua"), std::iter::empty()).text("path", STATIC);
    let address = session.server.internal.trim_start_matches("http://");
    let (connections, seconds) = (session.arguments.connections, session.arguments.seconds());
    wrk::run(address, &script, connections, seconds, seed).await?.all_good()
}

/// Fetches valid tokens of random accounts with the keys that hold them.
pub(crate) async fn tokens(session: &Session<'_>, seconds: u64, seed: u64) -> anyhow::Result<Outcome> {
    let record = &session.data.record;
    let keys = record.tenants.iter().map(|tenant| tenant.key.as_str());
    let script = Script::new(include_str!("../lua/token.lua"), keys)
        .text("prefix", &crate::data::identity::id_prefix())
        .number("accounts", record.accounts);
    let outcome =
        wrk::run(session.server.address(), &script, session.arguments.connections, seconds, seed).await?;
    outcome.all_good()
}
