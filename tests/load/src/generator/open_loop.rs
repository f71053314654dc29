//! Load at a fixed rate that does not wait for answers, as independent callers would: what a slow answer holds up counts as late.

use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use hdrhistogram::Histogram;

use super::{Connection, Requests};

/// Behind the schedule by so much, a run is given up: more than this is offered than can be served.
const HOPELESS: Duration = Duration::from_secs(5);

/// What was seen.
#[derive(Debug)]
pub(crate) struct Seen {
    /// From when each call was due until its answer was whole, in microseconds.
    pub(crate) latency: Histogram<u64>,
    /// Answers other than the wanted status.
    pub(crate) refused: u64,
    /// Answers a second that were got.
    pub(crate) rate: f64,
}

/// Sends `rate` requests a second over as many connections as there are makers of requests. It blocks.
///
/// Each connection has a thread and its share of the schedule; latency counts from when a call was due, not from when the
/// connection was free for it, which is what corrects for coordinated omission.
pub(crate) fn run(
    address: SocketAddr,
    makers: Vec<Box<dyn Requests>>,
    rate: f64,
    length: Duration,
    wanted: u16,
) -> anyhow::Result<Seen> {
    ensure!(rate > 0.0 && !makers.is_empty(), "no load is asked for");
    let connections = u32::try_from(makers.len())?;
    let gap = Duration::from_secs_f64(1.0 / rate);
    let opened: Vec<Connection> =
        makers.iter().map(|_| Connection::open(address)).collect::<anyhow::Result<_>>()?;
    let start = Instant::now() + Duration::from_millis(20);
    let results: Vec<anyhow::Result<Part>> = thread::scope(|scope| {
        let threads: Vec<_> = makers
            .into_iter()
            .zip(opened)
            .zip(0..connections)
            .map(|((maker, connection), number)| {
                let plan = Plan { first: start + gap * number, gap: gap * connections, end: start + length };
                scope.spawn(move || plan.follow(maker, connection, wanted))
            })
            .collect();
        let died = || anyhow::anyhow!("a thread of the generator died");
        threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| Err(died()))).collect()
    });
    let took = start.elapsed();
    let mut seen = Seen { latency: histogram()?, refused: 0, rate: 0.0 };
    for part in results {
        let part = part?;
        seen.latency.add(part.latency)?;
        seen.refused += part.refused;
    }
    #[expect(clippy::cast_precision_loss, reason = "counts of one run are far below 2^52")]
    let answers = seen.latency.len() as f64;
    seen.rate = answers / took.as_secs_f64();
    Ok(seen)
}

/// Microseconds up to a minute, to three digits.
fn histogram() -> anyhow::Result<Histogram<u64>> {
    Histogram::new_with_bounds(1, 60_000_000, 3).context("the histogram's bounds")
}

struct Part {
    latency: Histogram<u64>,
    refused: u64,
}

/// When one connection sends.
struct Plan {
    first: Instant,
    gap: Duration,
    end: Instant,
}

impl Plan {
    fn follow(
        &self,
        mut maker: Box<dyn Requests>,
        mut connection: Connection,
        wanted: u16,
    ) -> anyhow::Result<Part> {
        // Linux rounds waits up to 50 µs otherwise. Without it the figures are a little worse, not wrong.
        nix::sys::prctl::set_timerslack(1_000).ok();
        let mut part = Part { latency: histogram()?, refused: 0 };
        let mut request = Vec::with_capacity(512);
        let mut due = self.first;
        while due < self.end {
            request.clear();
            maker.next(&mut request);
            if let Some(wait) = due.checked_duration_since(Instant::now()) {
                thread::sleep(wait);
            }
            let status = connection.exchange(&request)?;
            part.refused += u64::from(status != wanted);
            let late = due.elapsed();
            part.latency.saturating_record(u64::try_from(late.as_micros()).unwrap_or(u64::MAX).max(1));
            if late > HOPELESS {
                break;
            }
            due += self.gap;
        }
        Ok(part)
    }
}
