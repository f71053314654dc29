//! Operators' searches of accounts, by whole calls of the admin API, each for another account.

mod kind;
mod trigrams;

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

use kind::{ACCOUNT_ID, Class, KINDS, Kind};

/// The number of searches of each kind, and of those before the measurement.
const SEARCHES: usize = 300;
const QUICK_SEARCHES: usize = 20;
const WARM_UP: usize = 20;
/// The texts of a kind whose trigrams are counted.
const COUNTED: usize = 5;
/// Fewer accounts than this share have a rare trigram.
const RARE: f64 = 0.01;

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
    let mut worst = Class::ALL.map(|class| (class, 0.0_f64));
    for kind in KINDS {
        let texts = texts(&client, kind, size, count + WARM_UP).await?;
        let mut share = 0.0_f64;
        for text in texts.iter().take(COUNTED) {
            share = share.max(trigrams::rarest(&client, size, text).await?);
        }
        let token = token.clone();
        let searched = tokio::task::spawn_blocking(move || search(address, &token, kind, &texts)).await?;
        let outcome = searched.and_then(|searched| {
            let is_rare = kind.class != Class::Rare || share < RARE;
            ensure!(is_rare, "{:.1} % of the accounts have its rarest trigram", share * 100.0);
            Ok(searched)
        });
        let searched = match outcome {
            Ok(searched) => searched,
            // The other kinds are still measured.
            Err(error) => {
                report.noted(&format!("search for {}", kind.name), Err(error));
                continue;
            }
        };
        let latency = Latency::of(&searched.times);
        for (_, most) in worst.iter_mut().filter(|(class, _)| *class == kind.class) {
            *most = most.max(latency.p99);
        }
        let name = format!("search: {}", kind.name);
        let mut figure = Figure::of(&name, size, "ms p99", vec![latency.p99]).latency(&[latency]);
        if matches!(kind.class, Class::Rare | Class::Common) {
            figure = figure.note(format!("rarest trigram {:.2} %", share * 100.0));
        }
        if searched.incomplete + searched.refused > 0 {
            let (incomplete, refused) = (searched.incomplete, searched.refused);
            figure = figure.note(format!("of {count}: {incomplete} incomplete, {refused} too broad"));
        }
        report.figure(figure);
    }
    for (class, most) in worst {
        report.at_most(&format!("search for {}, p99, worst, ms", class.name()), most, class.limit());
    }
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

/// Searches for one text after another. Only a common text may be refused or found in part.
fn search(address: SocketAddr, token: &str, kind: Kind, texts: &[String]) -> anyhow::Result<Searched> {
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
        if let (true, Some(next)) = (kind.follow, answer.2["next"].as_str()) {
            answer = ask(&format!("{path}&cursor={next}"))?;
        }
        let (status, took, page) = answer;
        let (is_refused, is_incomplete) = (status == 422, page["incomplete"] == true);
        if kind.class != Class::Common {
            let found = page["items"].as_array().is_some_and(|items| !items.is_empty());
            ensure!(found, "{text:?} is not found: {page}");
        }
        if number >= WARM_UP {
            searched.times.saturating_record(took);
            searched.refused += usize::from(is_refused);
            searched.incomplete += usize::from(is_incomplete);
        }
    }
    Ok(searched)
}
