//! Operators' searches of accounts: whole values, their beginnings, and parts of words, each for another account.

use std::net::SocketAddr;
use std::time::Instant;

use anyhow::ensure;
use bowline_api::AccountId;
use bowline_postgres::SUPERUSER;
use hdrhistogram::Histogram;
use rand::{RngExt as _, SeedableRng as _, rngs::SmallRng};
use reqwest::Url;
use serde_json::Value;
use tokio_postgres::Client;
use uuid::Uuid;

use super::list::log_in;
use crate::arguments::{Arguments, Size};
use crate::data::searched;
use crate::generator::Connection;
use crate::postgres::Postgres;
use crate::report::{Figure, Latency, Report};
use crate::server::Programs;

/// The number of searches of each kind, and of those before the measurement.
const SEARCHES: usize = 300;
const QUICK_SEARCHES: usize = 20;
const WARM_UP: usize = 20;
/// The limits for the 99th percentile in milliseconds.
const LOOKUP_MS: f64 = 20.0;
const RARE_PART_MS: f64 = 100.0;

/// What is searched for.
#[derive(Debug, Clone, Copy)]
struct Kind {
    name: &'static str,
    /// The text, from the columns of a random account.
    text: &'static str,
    /// Whether to follow to the part that comes after what matches best.
    follow: bool,
    limit: Option<f64>,
}

const fn kind(name: &'static str, text: &'static str, follow: bool, limit: Option<f64>) -> Kind {
    Kind { name, text, follow, limit }
}

const KINDS: [Kind; 14] = [
    kind("whole e-mail address", "email", false, Some(LOOKUP_MS)),
    kind("whole user id", "external_user_id", false, Some(LOOKUP_MS)),
    kind("whole Dropbox id", "provider_account_id", false, Some(LOOKUP_MS)),
    kind("whole label", "'Kaleidoscope ' || (n - n % 1000 + 7)", false, Some(LOOKUP_MS)),
    kind("account id", ACCOUNT_ID, false, Some(LOOKUP_MS)),
    kind("beginning of an e-mail address, rare", "split_part(email, '@', 1)", false, Some(LOOKUP_MS)),
    kind("beginning of an e-mail address, common", "split_part(email, '.', 1)", false, Some(LOOKUP_MS)),
    kind("beginning of a user id", "left(external_user_id, 4)", false, Some(LOOKUP_MS)),
    kind("beginning of a Dropbox id", "left(provider_account_id, 12)", false, Some(LOOKUP_MS)),
    kind("part of a Dropbox id", "substr(provider_account_id, 20, 8)", false, Some(RARE_PART_MS)),
    kind("part of a word, 1 in 1,000", "'aleidosco'", false, Some(RARE_PART_MS)),
    kind("what follows a whole user id", "external_user_id", true, None),
    kind(
        "two names",
        "split_part(display_name, ' ', 2) || ' ' || split_part(display_name, ' ', 1)",
        false,
        None,
    ),
    kind("an e-mail address that nobody has", "'x' || email", false, None),
];
/// The column whose values are written as the API writes them.
const ACCOUNT_ID: &str = "id::text";

/// What became of the searches of one kind.
struct Searched {
    times: Histogram<u64>,
    incomplete: usize,
    refused: usize,
}

/// Searches the largest data.
pub(crate) async fn run(
    arguments: &Arguments,
    programs: &Programs,
    postgres: &Postgres,
    report: &mut Report,
) -> anyhow::Result<()> {
    let size = arguments.largest();
    searched::prepare(programs, postgres, size, arguments.rebuild).await?;
    let database = searched::name(size);
    let client = postgres.connect(SUPERUSER, &database).await?;
    client.batch_execute("CREATE EXTENSION IF NOT EXISTS pg_prewarm").await?;
    client.batch_execute(searched::WARM).await?;
    let environment = programs.environment(postgres, &database, None);
    let server = programs.serve("search", &environment).await?;
    let token = log_in(programs, &environment, &server.internal).await?;
    let address: SocketAddr = server.internal.trim_start_matches("http://").parse()?;
    let count = if arguments.quick { QUICK_SEARCHES } else { SEARCHES };
    let mut worst = [(LOOKUP_MS, 0.0_f64), (RARE_PART_MS, 0.0_f64)];
    for kind in KINDS {
        let texts = texts(&client, kind, size, count + WARM_UP).await?;
        let token = token.clone();
        let searched =
            tokio::task::spawn_blocking(move || search(address, &token, kind.follow, &texts)).await??;
        let latency = Latency::of(&searched.times);
        for (limit, most) in &mut worst {
            if kind.limit == Some(*limit) {
                *most = most.max(latency.p99);
            }
        }
        let name = format!("search: {}", kind.name);
        let mut figure = Figure::of(&name, size, "ms p99", vec![latency.p99]).latency(&[latency]);
        if searched.incomplete + searched.refused > 0 {
            let (incomplete, refused) = (searched.incomplete, searched.refused);
            figure = figure.note(format!("of {count}: {incomplete} incomplete, {refused} too broad"));
        }
        report.figure(figure);
    }
    report.at_most("search for whole values and beginnings, p99, worst, ms", worst[0].1, LOOKUP_MS);
    report.at_most("search for a rare part of a word, p99, worst, ms", worst[1].1, RARE_PART_MS);
    server.stop().await
}

/// The texts of random accounts.
async fn texts(client: &Client, kind: Kind, size: Size, count: usize) -> anyhow::Result<Vec<String>> {
    let mut random = SmallRng::seed_from_u64(7);
    let most = i64::try_from(size.0)?;
    let numbers: Vec<i64> = (0..count).map(|_| random.random_range(1000..most)).collect();
    let statement =
        format!("SELECT {} FROM unnest($1::int8[]) AS n JOIN accounts ON id = {}", kind.text, searched::ID);
    let rows = client.query(&statement, &[&numbers]).await?;
    let text = |row: &tokio_postgres::Row| -> anyhow::Result<String> {
        let text: String = row.get(0);
        Ok(if kind.text == ACCOUNT_ID { AccountId::from(text.parse::<Uuid>()?).to_string() } else { text })
    };
    rows.iter().map(text).collect()
}

fn search(address: SocketAddr, token: &str, follow: bool, texts: &[String]) -> anyhow::Result<Searched> {
    let mut connection = Connection::open(address)?;
    let mut searched =
        Searched { times: Histogram::new_with_bounds(1, 60_000_000, 3)?, incomplete: 0, refused: 0 };
    let mut ask = |path: &str| -> anyhow::Result<(u16, u64, Value)> {
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\r\n");
        let started = Instant::now();
        let status = connection.exchange(request.as_bytes())?;
        let took = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX).max(1);
        ensure!([200, 422].contains(&status), "{status}: {}", String::from_utf8_lossy(connection.body()));
        Ok((status, took, serde_json::from_slice(connection.body())?))
    };
    for (number, text) in texts.iter().enumerate() {
        let url =
            Url::parse_with_params("http://localhost/admin/v1/accounts", [("limit", "50"), ("q", text)])?;
        let path = format!("{}?{}", url.path(), url.query().unwrap_or_default());
        let mut answer = ask(&path)?;
        if let (true, Some(next)) = (follow, answer.2["next"].as_str()) {
            answer = ask(&format!("{path}&cursor={next}"))?;
        }
        let (status, took, page) = answer;
        if number >= WARM_UP {
            searched.times.saturating_record(took);
            searched.refused += usize::from(status == 422);
            searched.incomplete += usize::from(page["incomplete"] == true);
        }
    }
    Ok(searched)
}
