//! The effect of a flooding tenant on another tenant, on a server with its default limits.

use std::net::SocketAddr;

use anyhow::ensure;
use serde_json::json;

use super::Session;
use super::batch::CHALLENGE;
use crate::data::tenants::RETURN_URL;
use crate::generator::closed_loop::Callers;
use crate::generator::{Requests, fetch, open_loop};
use crate::report::{Figure, Latency, median};

/// The limits of `Rocket.toml`, which the other scenarios disable.
pub(crate) const DELIVERED: [(&str, &str); 2] =
    [("BOWLINE_LIMITS__TOKENS_PER_SECOND", "2000"), ("BOWLINE_LIMITS__CALLS_PER_SECOND", "100")];
/// Clients of the flooding tenant; each sends again as soon as it gets an answer.
const FLOOD_CLIENTS: usize = 64;
/// Connections of the quiet tenant.
const QUIET_CLIENTS: usize = 4;
/// Different requests per client.
const VARIANTS: usize = 50;
/// Seconds of flood before the measurement, in which burst allowances are used up.
const BURST_SECONDS: u64 = 2;

/// The kind of calls that both tenants make.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Tokens,
    Links,
    Lists,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Tokens, Self::Links, Self::Lists];

    fn name(self) -> &'static str {
        match self {
            Self::Tokens => "tokens",
            Self::Links => "link sessions",
            Self::Lists => "list pages",
        }
    }

    /// Calls per second of the quiet tenant, well below the limits.
    fn rate(self) -> f64 {
        match self {
            Self::Tokens => 500.0,
            Self::Links | Self::Lists => 50.0,
        }
    }

    fn wanted(self) -> u16 {
        match self {
            Self::Links => 201,
            Self::Tokens | Self::Lists => 200,
        }
    }
}

/// A fixed list of requests, sent in turn.
struct Turns {
    requests: Vec<Vec<u8>>,
    turn: usize,
}

impl Requests for Turns {
    fn next(&mut self, buffer: &mut Vec<u8>) {
        self.turn = (self.turn + 1) % self.requests.len();
        buffer.extend_from_slice(&self.requests[self.turn]);
    }
}

/// Creates the clients of one tenant.
fn clients(session: &Session<'_>, kind: Kind, tenant: usize, count: usize) -> Vec<Box<dyn Requests>> {
    (0..count)
        .map(|client| -> Box<dyn Requests> {
            let numbers = client * VARIANTS..(client + 1) * VARIANTS;
            let requests = numbers.map(|number| request(session, kind, tenant, number)).collect();
            Box::new(Turns { requests, turn: 0 })
        })
        .collect()
}

fn request(session: &Session<'_>, kind: Kind, tenant: usize, number: usize) -> Vec<u8> {
    let (host, record) = (session.server.address(), &session.data.record);
    let key = &record.tenants[tenant].key;
    let mut buffer = Vec::new();
    match kind {
        Kind::Tokens => {
            let tenants = record.tenants.len();
            let own = usize::try_from(record.accounts).unwrap_or(usize::MAX) / tenants;
            fetch(host, ((number % own.max(1)) * tenants + tenant) as u64, key, &mut buffer);
        }
        Kind::Lists => buffer.extend_from_slice(
            format!("GET /v1/accounts HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\n\r\n")
                .as_bytes(),
        ),
        Kind::Links => {
            let user = format!("neighbour-{tenant}-{number}");
            let body = json!({ "external_user_id": user, "return_url": RETURN_URL, "completion_challenge": CHALLENGE });
            let body = body.to_string();
            buffer.extend_from_slice(
                format!(
                    "POST /v1/link-sessions HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\n\
                     Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
                    body.len()
                )
                .as_bytes(),
            );
        }
    }
    buffer
}

/// One run of the quiet tenant.
async fn quiet(session: &Session<'_>, kind: Kind) -> anyhow::Result<Latency> {
    let (address, length) = (session.address()?, session.length());
    let makers = clients(session, kind, 1, QUIET_CLIENTS);
    let run = move || open_loop::run(address, makers, kind.rate(), length, kind.wanted());
    let seen = tokio::task::spawn_blocking(run).await??;
    ensure!(seen.refused == 0, "{} of the quiet tenant's {} were refused", seen.refused, kind.name());
    Ok(Latency::from(&seen))
}

/// Measures each kind of call alone and beside the flood, alternately.
pub(crate) async fn run(session: &mut Session<'_>) -> anyhow::Result<()> {
    ensure!(session.data.record.tenants.len() > 1, "the scenario needs at least --tenants 2");
    let address: SocketAddr = session.address()?;
    for kind in Kind::ALL {
        let (mut ratios, mut calm, mut beside) = (Vec::new(), Vec::new(), Vec::new());
        let mut notes = Vec::new();
        // The first run warms up caches.
        quiet(session, kind).await?;
        for _ in 0..session.arguments.runs() {
            session.settle().await?;
            let alone = quiet(session, kind).await?;
            let callers = Callers::start(address, clients(session, kind, 0, FLOOD_CLIENTS));
            tokio::time::sleep(std::time::Duration::from_secs(BURST_SECONDS)).await;
            let flooded = quiet(session, kind).await;
            let (rate, statuses) = tokio::task::spawn_blocking(|| callers.stop()).await??;
            let flooded = flooded?;
            ensure!(statuses.contains_key(&429), "the flood was not refused: {statuses:?}");
            ratios.push(flooded.p99 / alone.p99);
            calm.push(alone.p99);
            beside.push(flooded);
            notes.push(format!("{rate:.0} calls a second: {statuses:?}"));
        }
        let what = format!("neighbour: {}, p99 beside a flood / alone", kind.name());
        session.report.at_most(&what, median(ratios), 2.0);
        let p99 = beside.iter().map(|latency| latency.p99).collect();
        let figure = Figure::of(&format!("neighbour: {}", kind.name()), session.data.size, "ms p99", p99);
        let alone = format!("alone {:.2} ms", median(calm));
        session
            .report
            .figure(figure.latency(&beside).note(alone).note(format!("flood of {}", notes.join("; "))));
    }
    Ok(())
}
