//! An admin API with ten million accounts that are made while they are sent, and a stream of events that are told on demand.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bowline_api::admin::AuditEvent;
use bowline_api::status::Role;

use crate::fixtures::{account_id, event, operator, summary};

/// The number of accounts before the first event.
pub(crate) const ACCOUNTS: u64 = 10_000_000;
/// The number of accounts that events are about, one after another: the first page of the list.
const CONCERNED: u64 = 100;
/// What stands for the id in the text of a row.
const PLACE: &str = "@id@";

/// A server that ends with the process.
pub(crate) struct Server {
    pub(crate) url: String,
    state: Arc<State>,
}

struct State {
    row: String,
    whoami: String,
    /// What is written for an event about each of the accounts.
    events: Vec<String>,
    /// The number of rows and of pages that were sent, and of events that were told.
    rows: AtomicU64,
    pages: AtomicU64,
    told: AtomicU64,
    followers: Mutex<Vec<TcpStream>>,
}

impl Server {
    pub(crate) fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://{}", listener.local_addr()?);
        let state = Arc::new(State {
            row: serde_json::to_string(&summary(0))?.replace(&account_id(0).to_string(), PLACE),
            whoami: serde_json::to_string(&operator(Role::Operator))?,
            events: (0..CONCERNED).map(written).collect::<anyhow::Result<_>>()?,
            rows: AtomicU64::new(0),
            pages: AtomicU64::new(0),
            told: AtomicU64::new(0),
            followers: Mutex::new(Vec::new()),
        });
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                // A client that is gone needs no answer.
                std::thread::spawn(move || drop(state.serve(&stream)));
            }
        });
        Ok(Self { url, state })
    }

    /// The number of rows that were sent.
    pub(crate) fn rows(&self) -> u64 {
        self.state.rows.load(Ordering::SeqCst)
    }

    /// The number of pages that were sent.
    pub(crate) fn pages(&self) -> u64 {
        self.state.pages.load(Ordering::SeqCst)
    }

    /// Whether somebody follows the events.
    pub(crate) fn is_followed(&self) -> bool {
        !self.state.followers().is_empty()
    }

    /// Tells this many events, each in a segment of its own. With each there is one account more, which the next page counts.
    pub(crate) fn tell(&self, events: u64) {
        let told = self.state.told.load(Ordering::SeqCst);
        let texts =
            self.state.events.iter().cycle().skip(usize::try_from(told % CONCERNED).unwrap_or_default());
        for (text, _) in texts.zip(0..events) {
            self.state.told.fetch_add(1, Ordering::SeqCst);
            self.state.followers().retain_mut(|follower| follower.write_all(text.as_bytes()).is_ok());
        }
    }

    /// Breaks the streams of events.
    pub(crate) fn part(&self) {
        self.state.followers().clear();
    }
}

/// An event about this account, as one chunk of an answer.
fn written(account: u64) -> anyhow::Result<String> {
    let about = AuditEvent {
        subject: Some(account_id(account).to_string()),
        ..event(account, "account.revoked", &serde_json::json!({ "reason": "asked by the user" }))
    };
    let text = format!("event:audit\nid:{}\ndata:{}\n\n", about.id, serde_json::to_string(&about)?);
    Ok(chunk(&text))
}

fn chunk(text: &str) -> String {
    format!("{:x}\r\n{text}\r\n", text.len())
}

impl State {
    fn followers(&self) -> MutexGuard<'_, Vec<TcpStream>> {
        self.followers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(&self, mut stream: &TcpStream) -> std::io::Result<()> {
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
                (200, self.whoami.clone())
            } else if first.contains("/accounts?") {
                let from = number(&first, "cursor=").unwrap_or(0);
                (200, self.page(from, number(&first, "limit=").unwrap_or(50)))
            } else if first.contains("/events") {
                return self.begin(stream);
            } else {
                (404, String::new())
            };
            write!(stream, "HTTP/1.1 {status} X\r\nContent-Length: {}\r\n\r\n{body}", body.len())?;
        }
    }

    fn begin(&self, mut stream: &TcpStream) -> std::io::Result<()> {
        let ready = chunk("retry:2000\nevent:ready\ndata:{}\n\n");
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
        write!(stream, "{head}{ready}")?;
        self.followers().push(stream.try_clone()?);
        Ok(())
    }

    fn page(&self, from: u64, limit: u64) -> String {
        let to = (from + limit).min(ACCOUNTS);
        let rows: Vec<_> = (from..to).map(|n| self.row.replace(PLACE, &account_id(n).to_string())).collect();
        self.rows.fetch_add(to - from, Ordering::SeqCst);
        self.pages.fetch_add(1, Ordering::SeqCst);
        let count = ACCOUNTS + self.told.load(Ordering::SeqCst);
        let mut body =
            format!(r#"{{"items":[{}],"total":{{"count":{count},"approximate":true}}"#, rows.join(","));
        if to < ACCOUNTS {
            let _ = write!(body, r#","next":"{to}""#);
        }
        if from > 0 {
            let _ = write!(body, r#","prev":"{}""#, from.saturating_sub(limit));
        }
        body + "}"
    }
}

fn number(line: &str, name: &str) -> Option<u64> {
    let digits = line.split(name).nth(1)?;
    digits.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}
