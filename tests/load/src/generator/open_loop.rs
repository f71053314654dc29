//! An open loop: load at a fixed rate that does not wait for answers, as independent callers produce it. Calls that a
//! slow answer delays count as late.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::os::fd::AsFd as _;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use hdrhistogram::Histogram;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, ppoll};
use serde::Serialize;

use super::{Connection, Requests};

/// A run that falls behind its schedule by this much is abandoned, because the offered load exceeds the capacity.
const HOPELESS: Duration = Duration::from_secs(5);
/// The maximum sleep before the generator checks whether to abandon the run.
const LOOK: Duration = Duration::from_secs(1);
/// The slowest calls that are kept: one in so many.
const SLOWEST: usize = 100;

/// The result of a run.
#[derive(Debug)]
pub(crate) struct Seen {
    /// The time from when a call was due until its answer was complete, in microseconds.
    pub(crate) latency: Histogram<u64>,
    /// The number of answers with an unexpected status.
    pub(crate) refused: u64,
    /// The number of answers per second.
    pub(crate) rate: f64,
    /// The calls that took longest.
    pub(crate) slowest: Vec<Slow>,
}

/// One of the slowest calls of a run: stalls show as calls that were due close to each other.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Slow {
    /// When it was due, in milliseconds from the start of the run.
    pub(crate) due: f64,
    /// How long it took from then on, in milliseconds.
    pub(crate) took: f64,
}

/// Sends `rate` requests per second in turn over as many connections as there are sources of requests. It blocks.
///
/// One thread serves all connections, because it shares the cores with the system under test; a thread per connection
/// would wake up for every call. Latency counts from when a call was due and not from when its connection was free,
/// which corrects for coordinated omission.
pub(crate) fn run(
    address: SocketAddr,
    makers: Vec<Box<dyn Requests>>,
    rate: f64,
    length: Duration,
    wanted: u16,
) -> anyhow::Result<Seen> {
    ensure!(rate > 0.0 && !makers.is_empty(), "the load is empty");
    // Otherwise Linux rounds waits up by 50 µs. If this fails, the figures are slightly worse but not wrong.
    nix::sys::prctl::set_timerslack(1_000).ok();
    let mut callers: Vec<Caller> =
        makers.into_iter().map(|maker| Caller::connect(address, maker)).collect::<anyhow::Result<_>>()?;
    let latency =
        Histogram::new_with_bounds(1, 60_000_000, 3).context("the histogram's bounds are invalid")?;
    let start = Instant::now() + Duration::from_millis(20);
    let mut seen = Seen { latency, refused: 0, rate: 0.0, slowest: Vec::new() };
    let offsets = (0_u32..).map(|call| Duration::from_secs_f64(f64::from(call) / rate));
    let mut schedule = offsets.take_while(|due| *due < length).map(|due| start + due).peekable();
    let mut turns = (0..callers.len()).cycle();
    loop {
        while let Some(due) = schedule.next_if(|due| *due <= Instant::now())
            && let Some(turn) = turns.next()
        {
            callers[turn].call(due)?;
        }
        let oldest = callers.iter().filter_map(|caller| caller.due.front()).min();
        if oldest.is_none() && schedule.peek().is_none() {
            break;
        }
        if oldest.is_some_and(|due| due.elapsed() > HOPELESS) {
            // Calls without an answer count with their delay so far.
            callers.iter().flat_map(|caller| &caller.due).for_each(|due| seen.answered(start, *due));
            break;
        }
        let wait = schedule.peek().map_or(LOOK, |due| due.saturating_duration_since(Instant::now()));
        for ready in wait_for_answers(&callers, wait.min(LOOK))? {
            if let Some((due, status)) = callers[ready].receive()? {
                seen.answered(start, due);
                seen.refused += u64::from(status != wanted);
            }
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "counts of one run are far below 2^52")]
    let answers = seen.latency.len() as f64;
    seen.rate = answers / start.elapsed().as_secs_f64();
    seen.keep_slowest();
    Ok(seen)
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

impl Seen {
    fn answered(&mut self, start: Instant, due: Instant) {
        let took = due.elapsed();
        self.latency.saturating_record(u64::try_from(took.as_micros()).unwrap_or(u64::MAX).max(1));
        self.slowest.push(Slow { due: milliseconds(due - start), took: milliseconds(took) });
    }

    /// Keeps only the slowest calls, in the order in which they were due.
    fn keep_slowest(&mut self) {
        self.slowest.sort_by(|one, other| other.took.total_cmp(&one.took));
        self.slowest.truncate(self.slowest.len().div_ceil(SLOWEST));
        self.slowest.sort_by(|one, other| one.due.total_cmp(&other.due));
    }
}

/// The callers that have received data; none after `wait`.
fn wait_for_answers(callers: &[Caller], wait: Duration) -> anyhow::Result<Vec<usize>> {
    let busy = callers.iter().enumerate().filter(|(_, caller)| !caller.due.is_empty());
    let (numbers, mut sockets): (Vec<usize>, Vec<PollFd<'_>>) = busy
        .map(|(number, caller)| (number, PollFd::new(caller.connection.as_fd(), PollFlags::POLLIN)))
        .unzip();
    match ppoll(&mut sockets, Some(wait.into()), None) {
        Ok(_) | Err(Errno::EINTR) => {}
        Err(error) => return Err(error).context("cannot wait for answers"),
    }
    let ready = numbers.into_iter().zip(sockets).filter(|(_, socket)| socket.any() == Some(true));
    Ok(ready.map(|(number, _)| number).collect())
}

/// A connection and its pending calls.
struct Caller {
    connection: Connection,
    maker: Box<dyn Requests>,
    request: Vec<u8>,
    /// When the unanswered calls were due; the first one has been sent.
    due: VecDeque<Instant>,
}

impl Caller {
    fn connect(address: SocketAddr, maker: Box<dyn Requests>) -> anyhow::Result<Self> {
        let connection = Connection::open(address)?;
        Ok(Self { connection, maker, request: Vec::with_capacity(512), due: VecDeque::new() })
    }

    /// Sends a call that is due, or queues it until the connection is free.
    fn call(&mut self, due: Instant) -> anyhow::Result<()> {
        self.due.push_back(due);
        if self.due.len() == 1 { self.send() } else { Ok(()) }
    }

    fn send(&mut self) -> anyhow::Result<()> {
        self.request.clear();
        self.maker.next(&mut self.request);
        self.connection.send(&self.request)
    }

    /// Reads from the connection. If the answer is complete, returns when its call was due and its status, and sends
    /// the next call.
    fn receive(&mut self) -> anyhow::Result<Option<(Instant, u16)>> {
        let Some(status) = self.connection.receive()? else { return Ok(None) };
        let due = self.due.pop_front().context("an answer came without a request")?;
        if !self.due.is_empty() {
            self.send()?;
        }
        Ok(Some((due, status)))
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    struct Hello;

    impl Requests for Hello {
        fn next(&mut self, buffer: &mut Vec<u8>) {
            buffer.extend_from_slice(b"GET / HTTP/1.1\r\n\r\n");
        }
    }

    /// A server that answers the first request of its only connection late.
    fn slow_at_first(late: Duration) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut wait = late;
            for line in BufReader::new(stream.try_clone().unwrap()).lines() {
                if line.unwrap().is_empty() {
                    thread::sleep(std::mem::take(&mut wait));
                    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi").unwrap();
                }
            }
        });
        address
    }

    #[test]
    fn calls_behind_a_slow_response_count_as_late() {
        let address = slow_at_first(Duration::from_millis(200));
        let seen = run(address, vec![Box::new(Hello)], 100.0, Duration::from_secs(1), 200).unwrap();
        assert_eq!((seen.latency.len(), seen.refused), (100, 0));
        // The calls that were due in the first 100 ms waited at least another 100 ms.
        assert!(seen.latency.count_between(100_000, 60_000_000) >= 10);
    }

    #[test]
    fn another_status_is_counted() {
        let address = slow_at_first(Duration::ZERO);
        let seen = run(address, vec![Box::new(Hello)], 50.0, Duration::from_millis(100), 204).unwrap();
        assert_eq!((seen.latency.len(), seen.refused), (5, 5));
    }
}
