//! Many simultaneous callers of one expired token on several replicas: one refresh must answer all of them.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use dropbox_sim::{FaultKind, FaultSpec, Operation, Simulator};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::{Barrier, Semaphore};

use crate::arguments::Arguments;
use crate::data::Data;
use crate::generator::{Head, fetch};
use crate::report::{Figure, Latency, Report};
use crate::server::Server;

/// The number of replicas.
pub(crate) const SERVERS: usize = 3;
const CALLERS: usize = 10_000;
const QUICK_CALLERS: usize = 1_000;
/// Connections that are opened at the same time, fewer than the backlog of a listener.
const OPENING: usize = 200;
/// How long Dropbox takes to answer, so that all callers have asked before it does.
const DROPBOX_MS: u64 = 1_500;
/// How long a caller waits for an answer.
const PATIENCE: Duration = Duration::from_mins(1);

/// Raises the limit of open files to the maximum, for this process and the servers that it starts from now on.
pub(crate) fn raise_open_files() -> anyhow::Result<()> {
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE)?;
    setrlimit(Resource::RLIMIT_NOFILE, most, most).context("cannot raise the limit of open files")
}

/// Fetches the expired token of `account` with all callers at once.
pub(crate) async fn run(
    arguments: &Arguments,
    data: &Data,
    account: u64,
    servers: &[Server],
    dropbox: &Simulator,
    report: &mut Report,
) -> anyhow::Result<()> {
    let callers = if arguments.quick { QUICK_CALLERS } else { CALLERS };
    let before = dropbox.count(Operation::TokenRefresh);
    let fault =
        dropbox.set_fault(FaultSpec::new(FaultKind::Delay { ms: DROPBOX_MS }).on(Operation::TokenRefresh));
    let (opening, barrier) = (Arc::new(Semaphore::new(OPENING)), Arc::new(Barrier::new(callers)));
    let mut tasks = Vec::with_capacity(callers);
    for number in 0..callers {
        let server = &servers[number % servers.len()];
        let address: SocketAddr = server.address().parse()?;
        let mut request = Vec::new();
        fetch(server.address(), account, &data.record.tenant_of(account).key, &mut request);
        tasks.push(tokio::spawn(call(address, request, Arc::clone(&opening), Arc::clone(&barrier))));
    }
    let mut tokens = BTreeSet::new();
    let mut times = hdrhistogram::Histogram::<u64>::new_with_bounds(1, 120_000_000, 3)?;
    let mut unanswered = Vec::new();
    for task in tasks {
        match task.await? {
            Ok((token, took)) => {
                tokens.insert(token);
                times.saturating_record(u64::try_from(took.as_micros()).unwrap_or(u64::MAX).max(1));
            }
            Err(error) => unanswered.push(format!("{error:#}")),
        }
    }
    dropbox.clear_fault(fault);
    let refreshes = dropbox.count(Operation::TokenRefresh) - before;
    ensure!(
        unanswered.is_empty(),
        "{} of {callers} callers had no token: {}",
        unanswered.len(),
        unanswered.first().map_or("", String::as_str)
    );
    ensure!(refreshes > 0 && tokens.len() == 1, "{refreshes} refreshes gave {} tokens", tokens.len());
    #[expect(clippy::cast_precision_loss, reason = "a few")]
    let refreshes = refreshes as f64;
    report.at_most(&format!("refreshes for {callers} callers of one expired token"), refreshes, 1.0);
    let note =
        format!("refresh; {callers} callers on {} replicas, Dropbox took {DROPBOX_MS} ms", servers.len());
    let figure = Figure::of("thundering", data.size, "refresh", vec![refreshes]).note(note);
    report.figure(figure.latency(&[Latency::of(&times)]));
    Ok(())
}

/// Connects, waits for all other callers and sends the request; returns the token and the duration.
async fn call(
    address: SocketAddr,
    request: Vec<u8>,
    opening: Arc<Semaphore>,
    barrier: Arc<Barrier>,
) -> anyhow::Result<(String, Duration)> {
    let connected = {
        let _place = opening.acquire().await?;
        TcpStream::connect(address).await
    };
    // All callers reach this barrier, including those that could not connect, because the others wait for them.
    barrier.wait().await;
    let started = Instant::now();
    let body = tokio::time::timeout(PATIENCE, exchange(connected?, &request))
        .await
        .context("the server did not answer in time")??;
    let answer: Value = serde_json::from_slice(&body)?;
    let token = answer["access_token"].as_str().context("the answer has no token")?;
    Ok((token.to_owned(), started.elapsed()))
}

async fn exchange(mut stream: TcpStream, request: &[u8]) -> anyhow::Result<Vec<u8>> {
    stream.write_all(request).await?;
    let mut answer = Vec::with_capacity(2048);
    loop {
        if let Some(head) = Head::parse(&answer)?
            && answer.len() >= head.whole
        {
            let text = String::from_utf8_lossy(&answer);
            ensure!(head.status == 200, "answered {text}");
            let start =
                answer.windows(4).position(|four| four == b"\r\n\r\n").context("the answer has no head")? + 4;
            return Ok(answer.split_off(start));
        }
        if stream.read_buf(&mut answer).await? == 0 {
            bail!("the server closed the connection in the middle of an answer");
        }
    }
}
