//! Other calls of tenant apps: a hundred tokens per call, and new link sessions.

use anyhow::ensure;
use serde_json::{Value, json};

use super::Session;
use crate::data::identity::{account_id, id_prefix};
use crate::data::tenants::RETURN_URL;
use crate::generator::Connection;
use crate::report::Figure;
use crate::wrk::{self, Script};

/// The number of tokens per call, the same as in `lua/batch.lua`.
const TOKENS: u64 = 100;
/// base64url of 32 bytes; its verifier is never needed.
pub(super) const CHALLENGE: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// `POST /v1/tokens`.
pub(crate) async fn tokens(session: &mut Session<'_>) -> anyhow::Result<()> {
    probe(session).await?;
    let script = script(session, include_str!("../lua/batch.lua"));
    measure(session, "batch", script, "calls of 100 tokens each").await
}

/// `POST /v1/link-sessions`.
pub(crate) async fn links(session: &mut Session<'_>) -> anyhow::Result<()> {
    let script = script(session, include_str!("../lua/link.lua"))
        .text("return_url", RETURN_URL)
        .text("challenge", CHALLENGE);
    measure(session, "link", script, "link sessions").await
}

fn script(session: &Session<'_>, text: &'static str) -> Script {
    let record = &session.data.record;
    let keys = record.tenants.iter().map(|tenant| tenant.key.as_str());
    Script::new(text, keys).text("prefix", &id_prefix()).number("accounts", record.accounts)
}

async fn measure(
    session: &mut Session<'_>,
    name: &str,
    script: Script,
    note: &'static str,
) -> anyhow::Result<()> {
    let (mut rates, mut latencies) = (Vec::new(), Vec::new());
    for run in 0..session.arguments.runs() as u64 {
        session.settle().await?;
        let (connections, seconds) = (session.arguments.connections, session.arguments.seconds());
        let outcome =
            wrk::run(session.server.address(), &script, connections, seconds, run).await?.all_good()?;
        rates.push(outcome.rate());
        latencies.push(outcome.into());
    }
    session.report.figure(Figure::rates(name, session.data.size, rates).latency(&latencies).note(note));
    Ok(())
}

/// Checks that the items of a batch are tokens, because a batch of problems is also answered with 200.
async fn probe(session: &Session<'_>) -> anyhow::Result<()> {
    let tenants = session.data.record.tenants.len() as u64;
    let most = session.data.record.accounts.div_ceil(tenants).min(TOKENS);
    let ids: Vec<String> = (0..most - 1).map(|one| account_id(one * tenants).to_string()).collect();
    let body = json!({ "account_ids": ids }).to_string();
    let (host, key) = (session.server.address(), &session.data.record.tenants[0].key);
    let request = format!(
        "POST /v1/tokens HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let address = session.address()?;
    tokio::task::spawn_blocking(move || {
        let mut connection = Connection::open(address)?;
        let status = connection.exchange(request.as_bytes())?;
        let answer: Value = serde_json::from_slice(connection.body())?;
        let items = answer["items"].as_array().map_or(&[][..], Vec::as_slice);
        let tokens = items.iter().filter(|item| item["token"]["access_token"].is_string()).count();
        ensure!(status == 200 && tokens == ids.len(), "{tokens} of {} tokens, status {status}", ids.len());
        Ok(())
    })
    .await?
}
