//! First issues, each of which is written to disk before the token is returned.

use std::time::Duration;

use bowline_postgres::SUPERUSER;
use uuid::Uuid;

use super::Session;
use crate::data::identity::id_prefix;
use crate::report::Figure;
use crate::wrk::{self, Script};

/// Fetches tokens with keys that have held none. The figure counts the holdings that were created.
pub(crate) async fn run(session: &mut Session<'_>) -> anyhow::Result<()> {
    let record = &session.data.record;
    let keys: Vec<Uuid> = record.tenants.iter().map(|tenant| tenant.other_key_id.uuid()).collect();
    let client = session.postgres.connect(SUPERUSER, &session.data.database).await?;
    let (mut rates, mut latencies, mut calls) = (Vec::new(), Vec::new(), Vec::new());
    for run in 0..session.arguments.runs() as u64 {
        session.settle().await?;
        client.execute("DELETE FROM token_holdings WHERE api_key_id = ANY ($1)", &[&keys]).await?;
        let forget = "UPDATE accounts SET held_by = NULL, held_generation = NULL WHERE held_by = ANY ($1)";
        client.execute(forget, &[&keys]).await?;
        client.batch_execute("VACUUM token_holdings").await?;
        let texts = record.tenants.iter().map(|tenant| tenant.other_key.as_str());
        let script = Script::new(include_str!("../lua/first.lua"), texts)
            .text("prefix", &id_prefix())
            .number("accounts", record.accounts);
        let (connections, seconds) = (session.arguments.connections, session.arguments.seconds());
        let outcome =
            wrk::run(session.server.address(), &script, connections, seconds, run).await?.all_good()?;
        let count = "SELECT count(*) FROM token_holdings WHERE api_key_id = ANY ($1)";
        let first: i64 = client.query_one(count, &[&keys]).await?.get(0);
        #[expect(clippy::cast_precision_loss, reason = "counts of one run are far below 2^52")]
        let first = first as f64;
        rates.push(first / Duration::from_micros(outcome.micros).as_secs_f64());
        calls.push(outcome.rate());
        latencies.push(outcome.into());
    }
    let note = format!("first issues, of {:.0} calls a second", crate::report::median(calls));
    let figure = Figure::rates("first", session.data.size, rates).latency(&latencies).note(note);
    session.report.figure(figure);
    Ok(())
}
