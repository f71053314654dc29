//! An admin API with ten million accounts that are made while they are sent.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bowline_api::status::Role;

use crate::fixtures::{account_id, operator, summary};

/// The number of accounts.
pub(crate) const ACCOUNTS: u64 = 10_000_000;

/// What stands for the id in the text of a row.
const PLACE: &str = "@id@";

/// A server that ends with the process.
pub(crate) struct Server {
    pub(crate) url: String,
    /// The number of rows that it has sent.
    pub(crate) sent: Arc<AtomicU64>,
}

impl Server {
    pub(crate) fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://{}", listener.local_addr()?);
        let sent = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&sent);
        let row = serde_json::to_string(&summary(0))?.replace(&account_id(0).to_string(), PLACE);
        let whoami = serde_json::to_string(&operator(Role::Operator))?;
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (row, whoami, count) = (row.clone(), whoami.clone(), Arc::clone(&count));
                // A client that is gone needs no answer.
                std::thread::spawn(move || drop(serve(&stream, &row, &whoami, &count)));
            }
        });
        Ok(Self { url, sent })
    }
}

fn serve(mut stream: &TcpStream, row: &str, whoami: &str, sent: &AtomicU64) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    loop {
        let mut first = String::new();
        if reader.read_line(&mut first)? == 0 {
            return Ok(());
        }
        let mut line = first.clone();
        while line.trim() != "" {
            line.clear();
            reader.read_line(&mut line)?;
        }
        let (status, body) = if first.contains("/whoami") {
            (200, whoami.to_owned())
        } else if first.contains("/accounts?") {
            (
                200,
                page(
                    number(&first, "cursor=").unwrap_or(0),
                    number(&first, "limit=").unwrap_or(50),
                    row,
                    sent,
                ),
            )
        } else {
            (404, String::new())
        };
        write!(stream, "HTTP/1.1 {status} X\r\nContent-Length: {}\r\n\r\n{body}", body.len())?;
    }
}

fn number(line: &str, name: &str) -> Option<u64> {
    let digits = line.split(name).nth(1)?;
    digits.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

fn page(from: u64, limit: u64, row: &str, sent: &AtomicU64) -> String {
    let to = (from + limit).min(ACCOUNTS);
    let rows: Vec<_> = (from..to).map(|n| row.replace(PLACE, &account_id(n).to_string())).collect();
    sent.fetch_add(to - from, Ordering::Relaxed);
    let mut body =
        format!(r#"{{"items":[{}],"total":{{"count":{ACCOUNTS},"approximate":true}}"#, rows.join(","));
    if to < ACCOUNTS {
        let _ = write!(body, r#","next":"{to}""#);
    }
    if from > 0 {
        let _ = write!(body, r#","prev":"{}""#, from.saturating_sub(limit));
    }
    body + "}"
}
