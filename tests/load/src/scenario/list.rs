//! Operators' account lists: every filter and sort order, page by page, one call at a time.

use std::net::SocketAddr;
use std::time::Instant;

use anyhow::{Context as _, ensure};
use hdrhistogram::Histogram;
use serde_json::{Value, json};

use super::Session;
use crate::data::Data;
use crate::data::rows::RARE_SCOPE;
use crate::generator::Connection;
use crate::report::{Figure, Latency};
use crate::server::Programs;

/// The number of pages per list. It is large enough that one bad moment of the machine does not determine the 99th
/// percentile.
const PAGES: usize = 500;
/// The number of pages per search. A search may take most of a second and has no target.
const SEARCH_PAGES: usize = 100;
const QUICK_PAGES: usize = 20;
/// The number of pages per list that are read before the measurement, because the data may be larger than the memory.
const WARM_UP: usize = 10;

/// Whether the query is a text search, for which there is no target.
fn is_search(query: &str) -> bool {
    query.contains("q=")
}

/// The lists by name and query.
fn lists(data: &Data) -> Vec<(&'static str, String)> {
    let tenant = format!("tenant={}", data.record.tenants[0].id);
    let connector = format!("connector={}", data.record.tenants[0].connector);
    let seldom = format!("q=user-{:012}", data.record.accounts / 2);
    [
        ("newest", String::new()),
        ("oldest", "sort=oldest".to_owned()),
        ("by e-mail", "sort=email".to_owned()),
        ("by use", "sort=used".to_owned()),
        ("status", "status=needs_reauth".to_owned()),
        ("status, oldest", "status=active&sort=oldest".to_owned()),
        ("status by e-mail", "status=suspended&sort=email".to_owned()),
        ("status by use", "status=needs_reauth&sort=used".to_owned()),
        ("active", "status=active".to_owned()),
        ("tenant", tenant.clone()),
        ("tenant by e-mail", format!("{tenant}&sort=email")),
        ("tenant by use", format!("{tenant}&sort=used")),
        ("tenant, status", format!("{tenant}&status=needs_reauth")),
        ("tenant, status by e-mail", format!("{tenant}&status=suspended&sort=email")),
        ("connector", connector.clone()),
        ("connector by e-mail", format!("{connector}&sort=email")),
        ("scope", format!("scope={RARE_SCOPE}")),
        ("scope by e-mail", format!("scope={RARE_SCOPE}&sort=email")),
        ("tenant, scope", format!("{tenant}&scope={RARE_SCOPE}")),
        ("text, common", "q=costa".to_owned()),
        ("text, common, by e-mail", "q=costa&sort=email".to_owned()),
        ("text, one account", seldom),
        ("text, none", "q=nobody-has-this-name".to_owned()),
        ("tenant, text", format!("{tenant}&q=ada")),
    ]
    .map(|(name, query)| (name, query))
    .into()
}

/// Reads the pages of each list.
pub(crate) async fn run(session: &mut Session<'_>, programs: &Programs) -> anyhow::Result<()> {
    let environment = programs.environment(session.postgres, &session.data.database, None);
    let token = log_in(programs, &environment, &session.server.internal).await?;
    let address: SocketAddr = session.server.internal.trim_start_matches("http://").parse()?;
    let mut worst = 0.0_f64;
    for (name, query) in lists(session.data) {
        let (token, is_search) = (token.clone(), is_search(&query));
        let pages = match (session.arguments.quick, is_search) {
            (true, _) => QUICK_PAGES,
            (false, true) => SEARCH_PAGES,
            (false, false) => PAGES,
        };
        let walked = tokio::task::spawn_blocking(move || walk(address, &token, &query, pages)).await?;
        let latency = match walked {
            Ok(latency) => latency,
            // The other lists are still measured.
            Err(error) => {
                session.report.noted(&format!("list {name}"), Err(error));
                continue;
            }
        };
        if !is_search {
            worst = worst.max(latency.p99);
        }
        let figure = Figure::of(&format!("list: {name}"), session.data.size, "ms p99", vec![latency.p99]);
        session.report.figure(figure.latency(&[latency]));
    }
    session.report.at_most("list page p99, worst filter and order, ms", worst, 20.0);
    Ok(())
}

/// Creates an operator and returns a session token.
pub(super) async fn log_in(
    programs: &Programs,
    environment: &[(String, String)],
    internal: &str,
) -> anyhow::Result<String> {
    // Data is reused, and an operator of an earlier run has another password.
    let name = format!("load-{}", hex::encode(rand::random::<[u8; 8]>()));
    let password = hex::encode(rand::random::<[u8; 16]>());
    let add = ["operator", "add", "--name", &name, "--role", "viewer", "--password-stdin", "--json"];
    programs.command(environment, &add, &password).await?;
    let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build()?;
    let url = format!("{internal}/admin/v1/sessions");
    let answer = http.post(url).json(&json!({ "name": name, "password": password })).send().await?;
    ensure!(answer.status().is_success(), "the operator cannot log in: {}", answer.status());
    let answer: Value = answer.json().await?;
    Ok(answer["token"].as_str().context("the answer has no session token")?.to_owned())
}

/// Reads page after page, and starts again after the last one.
fn walk(address: SocketAddr, token: &str, query: &str, pages: usize) -> anyhow::Result<Latency> {
    let mut connection = Connection::open(address)?;
    let mut times: Histogram<u64> = Histogram::new_with_bounds(1, 60_000_000, 3)?;
    let mut cursor = String::new();
    for page in 0..WARM_UP + pages {
        let request = format!(
            "GET /admin/v1/accounts?{query}{cursor} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\r\n"
        );
        let started = Instant::now();
        let status = connection.exchange(request.as_bytes())?;
        let took = started.elapsed();
        ensure!(status == 200, "the list answered {status}: {}", String::from_utf8_lossy(connection.body()));
        if page >= WARM_UP {
            times.saturating_record(u64::try_from(took.as_micros()).unwrap_or(u64::MAX).max(1));
        }
        let answer: Value = serde_json::from_slice(connection.body())?;
        cursor = answer["next"].as_str().map(|next| format!("&cursor={next}")).unwrap_or_default();
    }
    Ok(Latency::of(&times))
}
