//! The endpoints that webhooks are delivered to: servers that accept at once, that never answer, or that are not there.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// What an endpoint does with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// Accepts it at once.
    Healthy,
    /// Never answers.
    Hangs,
    /// Refuses the connection.
    Dead,
}

/// The messages that an endpoint has got since they were last taken.
#[derive(Debug, Default)]
pub(super) struct Arrivals {
    /// For each event, how long after it its first message arrived.
    pub(super) delays: HashMap<String, Duration>,
    /// Messages of events that had arrived before.
    pub(super) again: usize,
}

/// A running endpoint; dropping it ends it.
pub(super) struct Receiver {
    pub(super) manner: Manner,
    address: SocketAddr,
    arrivals: Arc<Mutex<Arrivals>>,
    _serving: JoinSet<()>,
}

impl Receiver {
    pub(super) async fn start(manner: Manner) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let (address, arrivals) = (listener.local_addr()?, Arc::<Mutex<Arrivals>>::default());
        let mut serving = JoinSet::new();
        if manner != Manner::Dead {
            serving.spawn(serve(listener, manner, Arc::clone(&arrivals)));
        }
        Ok(Self { manner, address, arrivals, _serving: serving })
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}/hooks", self.address)
    }

    /// The number of different events that it has got.
    pub(super) fn count(&self) -> usize {
        lock(&self.arrivals).delays.len()
    }

    /// Takes what has arrived.
    pub(super) fn take(&self) -> Arrivals {
        std::mem::take(&mut *lock(&self.arrivals))
    }
}

async fn serve(listener: TcpListener, manner: Manner, arrivals: Arc<Mutex<Arrivals>>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let arrivals = Arc::clone(&arrivals);
        connections.spawn(async move {
            // The sender may close a connection at any time.
            exchange(stream, manner, &arrivals).await.ok();
        });
        while connections.try_join_next().is_some() {}
    }
}

/// Serves the messages of one connection, one after the other.
async fn exchange(stream: TcpStream, manner: Manner, arrivals: &Mutex<Arrivals>) -> anyhow::Result<()> {
    let mut stream = BufReader::new(stream);
    while let Some(body) = body(&mut stream).await? {
        if manner == Manner::Hangs {
            std::future::pending::<()>().await;
        }
        let arrived = now();
        let event: Value = serde_json::from_slice(&body)?;
        let id = event["id"].as_str().context("a message without an id")?.to_owned();
        let at: DateTime<Utc> = event["timestamp"].as_str().context("a message without a time")?.parse()?;
        note(arrivals, id, (arrived - at).to_std().unwrap_or_default());
        stream.get_mut().write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await?;
    }
    Ok(())
}

fn note(arrivals: &Mutex<Arrivals>, id: String, delay: Duration) {
    let arrivals = &mut *lock(arrivals);
    match arrivals.delays.entry(id) {
        Entry::Occupied(_) => arrivals.again += 1,
        Entry::Vacant(place) => {
            place.insert(delay);
        }
    }
}

/// The time of this machine, from which Postgres takes that of the events.
#[expect(clippy::disallowed_methods, reason = "the times of events are compared with it")]
pub(super) fn now() -> DateTime<Utc> {
    Utc::now()
}

/// The body of the next request; none if the connection has ended.
async fn body(stream: &mut BufReader<TcpStream>) -> anyhow::Result<Option<Vec<u8>>> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(None);
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse()?;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    Ok(Some(body))
}

fn lock(arrivals: &Mutex<Arrivals>) -> MutexGuard<'_, Arrivals> {
    arrivals.lock().unwrap_or_else(PoisonError::into_inner)
}
