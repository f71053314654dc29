//! The clocks of replicas are wrong; only the database's clock counts.

use anyhow::{Context as _, Result, ensure};
use bowline_api::v1::AccessToken;
use bowline_verify::packages::faketime_library;
use chrono::{DateTime, TimeDelta, Utc};

use crate::Bench;
use crate::clock;
use crate::plan::{Plan, Seen};
use dropbox_sim::Operation;

/// The replicas after the first one, and the offsets of their clocks in seconds.
const OFF: [(usize, &str, i64); 2] = [(1, "+1h", 3_600), (2, "-1h", -3_600)];

/// With one replica's clock an hour ahead and another's an hour behind, tokens expire neither early nor late.
pub async fn skewed(plan: Plan) -> Result<Seen> {
    let library =
        faketime_library().context("libfaketime is not installed: run `cargo verify`, which brings it")?;
    let mut bench = Bench::builder().replicas(3).accounts(1).start().await?;
    for (replica, offset, seconds) in OFF {
        let server = bench.stack.server_mut(replica);
        server.kill().await?;
        clock::set_off(server, &library, offset);
        server.start().await?;
        let off = log_clock(&bench.stack.server(replica).log())? - bench.stack.dropbox.now();
        ensure!(
            (off - TimeDelta::seconds(seconds)).abs() < TimeDelta::minutes(5),
            "its clock is off by {off}"
        );
    }
    for _ in 0..plan.times {
        not_early(&bench).await?;
        not_late(&bench).await?;
        whole_links(&bench).await?;
    }
    let findings = bench.check().await?;
    Ok(Seen::new(plan.times, format!("±1 h: no early refresh, no expired token, whole links; {findings}")))
}

/// The time of the last line of a log, by the clock of the server that wrote it.
fn log_clock(log: &str) -> Result<DateTime<Utc>> {
    let last = log.lines().rev().find_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let last = last.context("the log has no line")?;
    Ok(last["timestamp"].as_str().context("the line has no timestamp")?.parse()?)
}

/// A token with slightly less than an hour left is returned unchanged by all replicas, because a clock that is ahead
/// does not expire it.
async fn not_early(bench: &Bench) -> Result<()> {
    bench.set_life(bench.account(), 3_500).await?;
    let before = bench.stack.dropbox.count(Operation::TokenRefresh);
    let mut tokens = Vec::new();
    for tenant in bench.fleet.all() {
        tokens.push(tenant.token(bench.account()).await?.access_token);
    }
    tokens.dedup();
    ensure!(tokens.len() == 1, "replicas return different tokens");
    bench.ledger.token(bench.account(), &tokens[0]);
    ensure!(bench.stack.dropbox.count(Operation::TokenRefresh) == before, "a replica refreshed early");
    Ok(())
}

/// An expired token is refreshed by each replica, because a clock that is behind does not extend it. The database
/// determines the expiry of the new token.
async fn not_late(bench: &Bench) -> Result<()> {
    for tenant in bench.fleet.all() {
        bench.expire(bench.account()).await?;
        let before = bench.stack.dropbox.count(Operation::TokenRefresh);
        let token: AccessToken = tenant.token(bench.account()).await?;
        bench.ledger.token(bench.account(), &token.access_token);
        ensure!(
            bench.stack.dropbox.count(Operation::TokenRefresh) == before + 1,
            "an expired token went out"
        );
        let life = token.expires_at.context("the token does not expire")? - bench.stack.dropbox.now();
        ensure!(
            (life - TimeDelta::seconds(14_400)).abs() < TimeDelta::minutes(5),
            "the new token lives {life}"
        );
    }
    Ok(())
}

/// A link session that one replica creates can be completed, whatever the replica's clock says.
async fn whole_links(bench: &Bench) -> Result<()> {
    for (replica, ..) in OFF {
        let there = bench.at(replica);
        let link = there.begin_link(&format!("user-of-{replica}")).await?;
        let returned = bowline_tests::Person::new(&bench.stack, "new").approves(&bench.stack, &link).await?;
        let account = there.complete(&link, &returned).await?;
        bench.ledger.linked(account.id);
        there.token(account.id).await?;
    }
    Ok(())
}
