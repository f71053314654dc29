//! A tenant's endpoint for webhooks: a small HTTP server that keeps what it gets and answers as it is told.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Context as _;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::until;

/// How a receiver answers a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// With this status and no body.
    Status(u16),
    /// With this status, this header (a whole line, or nothing) and this body.
    With(u16, String, String),
    /// Never.
    Hang,
    /// With this status, once it is [released](Receiver::release).
    Held(u16),
}

/// A message that a receiver has got.
#[derive(Debug, Clone)]
pub struct Received {
    /// Its path.
    pub path: String,
    /// `webhook-id`.
    pub id: String,
    /// `webhook-timestamp`.
    pub timestamp: String,
    /// `webhook-signature`.
    pub signature: String,
    /// The body, byte for byte.
    pub text: String,
    /// The body as JSON.
    pub body: Value,
}

impl Received {
    /// The type of the event.
    pub fn kind(&self) -> &str {
        self.body["type"].as_str().unwrap_or_default()
    }

    /// The number of the event among those of its account; 0 if it has none.
    pub fn number(&self) -> i64 {
        self.body["data"]["number"].as_i64().unwrap_or_default()
    }

    /// The headers and the body as the official packages take them, with `secret`.
    pub fn to_verify(&self, secret: &str) -> Value {
        serde_json::json!({
            "secret": secret,
            "headers": {
                "webhook-id": self.id,
                "webhook-timestamp": self.timestamp,
                "webhook-signature": self.signature,
            },
            "body": self.text,
        })
    }
}

type Replying = dyn Fn(&Received) -> Reply + Send;

/// A running receiver; dropping it ends it.
pub struct Receiver {
    port: u16,
    shared: Arc<Shared>,
    _serving: JoinSet<()>,
}

struct Shared {
    received: Mutex<Vec<Received>>,
    reply: Mutex<Box<Replying>>,
    released: Semaphore,
}

impl Receiver {
    /// Starts one that accepts everything.
    pub async fn start() -> anyhow::Result<Self> {
        Self::start_at(0).await
    }

    /// The same at this port, such as that of one that has ended.
    pub async fn start_at(port: u16) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let port = listener.local_addr()?.port();
        let shared = Arc::new(Shared {
            received: Mutex::default(),
            reply: Mutex::new(Box::new(|_| Reply::Status(204))),
            released: Semaphore::new(0),
        });
        let (mut serving, serves) = (JoinSet::new(), Arc::clone(&shared));
        serving.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let shared = Arc::clone(&serves);
                connections.spawn(async move { serve(stream, &shared).await.ok() });
            }
        });
        Ok(Self { port, shared, _serving: serving })
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its address, for a tenant's endpoint.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hooks", self.port)
    }

    /// Answers messages like this from now on.
    pub fn replies(&self, reply: impl Fn(&Received) -> Reply + Send + 'static) {
        *lock(&self.shared.reply) = Box::new(reply);
    }

    /// Answers one message that is held.
    pub fn release(&self) {
        self.shared.released.add_permits(1);
    }

    /// All messages that it has got, in order.
    pub fn received(&self) -> Vec<Received> {
        lock(&self.shared.received).clone()
    }

    /// The types of all messages that it has got, in order.
    pub fn kinds(&self) -> Vec<String> {
        self.received().iter().map(|one| one.kind().to_owned()).collect()
    }

    /// Waits until it has got at least `count` messages that `fit`, and returns these.
    ///
    /// # Errors
    /// If they do not arrive.
    pub async fn gets(&self, count: usize, fit: impl Fn(&Received) -> bool) -> anyhow::Result<Vec<Received>> {
        let fitting = || self.received().into_iter().filter(&fit).collect::<Vec<_>>();
        let what = format!("{count} messages");
        let found = until(&what, async || Some(fitting()).filter(|found| found.len() >= count)).await;
        found.with_context(|| format!("it has got {:?}", self.kinds()))
    }

    /// Waits for the first message of this type.
    ///
    /// # Errors
    /// If it does not arrive.
    pub async fn gets_a(&self, kind: &str) -> anyhow::Result<Received> {
        self.gets(1, |one| one.kind() == kind).await?.into_iter().next().context("no message")
    }
}

impl std::fmt::Debug for Receiver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Receiver").field("port", &self.port).finish_non_exhaustive()
    }
}

/// Serves the requests of one connection, one after the other.
async fn serve(stream: TcpStream, shared: &Shared) -> anyhow::Result<()> {
    let mut stream = BufReader::new(stream);
    while let Some(message) = read(&mut stream).await? {
        let reply = lock(&shared.reply)(&message);
        lock(&shared.received).push(message);
        let (status, header, body) = match reply {
            Reply::Status(status) => (status, String::new(), String::new()),
            Reply::With(status, header, body) => (status, header, body),
            Reply::Hang => std::future::pending().await,
            Reply::Held(status) => {
                shared.released.acquire().await?.forget();
                (status, String::new(), String::new())
            }
        };
        let header = if header.is_empty() { header } else { format!("{header}\r\n") };
        let length =
            if status == 204 { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
        let answer = format!("HTTP/1.1 {status} -\r\n{header}{length}\r\n{body}");
        stream.get_mut().write_all(answer.as_bytes()).await?;
    }
    Ok(())
}

/// The next request; none if the connection has ended.
async fn read(stream: &mut BufReader<TcpStream>) -> anyhow::Result<Option<Received>> {
    let mut first = String::new();
    if stream.read_line(&mut first).await? == 0 {
        return Ok(None);
    }
    let path = first.split(' ').nth(1).context("no request line")?.to_owned();
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let header = |wanted: &str| {
        let found = headers.iter().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let mut body = vec![0; header("content-length").parse::<usize>().context("no length")?];
    stream.read_exact(&mut body).await?;
    let text = String::from_utf8(body)?;
    Ok(Some(Received {
        path,
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp"),
        signature: header("webhook-signature"),
        body: serde_json::from_str(&text)?,
        text,
    }))
}

fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
