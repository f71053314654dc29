//! Concurrent calls share a database round trip: those of the token path, and the verification of API keys.
//!
//! A lane is a dedicated connection. It takes all waiting calls, queries the database for all of them in one statement,
//! distributes the answers, and takes the calls that have arrived meanwhile. No call is delayed to wait for others: a
//! single call is sent immediately, and the busier the server, the more calls each round trip carries. A call's
//! statement always begins after the call. A lane may leave calls to the other lanes until they have waited for some
//! time, so that it helps when those are slow. If the database is sharded by tenant, a round trip carries calls of only
//! one tenant and thus goes to one shard.

mod together;
mod waiting;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use diesel::QueryResult;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection as _};
use futures_util::FutureExt as _;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::pool;
use crate::domain::Result;
use crate::settings::PoolOptions;
use together::unavailable;
use waiting::{CALL_PATIENCE, LEAST_TRIP_TIME, WaitingCalls};

pub(in crate::store) use together::{Together, place};

/// The lanes of one statement, and the calls that wait for them.
pub(in crate::store) struct Lanes<T: Together> {
    waiting: Arc<WaitingCalls<T>>,
    /// The number of open connections of all lanes.
    open: Arc<AtomicUsize>,
    _serving: JoinSet<()>,
}

/// A lane's connection, which is counted while it exists.
struct LaneConnection<'a> {
    connection: AsyncPgConnection,
    open: &'a AtomicUsize,
}

impl<'a> LaneConnection<'a> {
    fn new(connection: AsyncPgConnection, open: &'a AtomicUsize) -> Self {
        open.fetch_add(1, Ordering::Relaxed);
        Self { connection, open }
    }
}

impl Drop for LaneConnection<'_> {
    fn drop(&mut self) {
        self.open.fetch_sub(1, Ordering::Relaxed);
    }
}

impl<T: Together> Lanes<T> {
    /// Starts a lane for each element of `after`, which is how long a call must wait until that lane takes it. A lane
    /// connects when its first call arrives. Dropping the lanes ends them.
    pub(in crate::store) fn open(options: &PoolOptions, after: &[Duration]) -> Self {
        let waiting = Arc::new(WaitingCalls::new(options.sharded));
        let connections = Arc::new(AtomicUsize::new(0));
        let mut lanes = JoinSet::new();
        for after in after.iter().copied() {
            lanes.spawn(keep_serving(Arc::clone(&waiting), Arc::clone(&connections), options.clone(), after));
        }
        Self { waiting, open: connections, _serving: lanes }
    }

    /// Answers one call.
    ///
    /// # Errors
    /// `database_unavailable` if the database did not respond in time, or too many calls are waiting.
    pub(in crate::store) async fn ask(&self, call: T::Call) -> Result<T::Answer> {
        self.waiting.put(call)?.await.unwrap_or_else(|_| Err(unavailable("the lane ended")))
    }

    /// The number of calls that no round trip has taken yet.
    pub(in crate::store) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// The number of open connections of all lanes.
    pub(in crate::store) fn connections(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }
}

/// A lane that panics because of a bug fails its calls and restarts.
async fn keep_serving<T: Together>(
    waiting: Arc<WaitingCalls<T>>,
    open: Arc<AtomicUsize>,
    options: PoolOptions,
    after: Duration,
) {
    loop {
        let lane = serve_lane(&waiting, &open, &options, after);
        if AssertUnwindSafe(lane).catch_unwind().await.is_err() {
            tracing::error!("a lane panicked and is restarted");
        }
    }
}

async fn serve_lane<T: Together>(
    waiting: &WaitingCalls<T>,
    open: &AtomicUsize,
    options: &PoolOptions,
    after: Duration,
) {
    let mut connection: Option<LaneConnection<'_>> = None;
    loop {
        let batch = waiting.next(after).await;
        let Some(oldest) = batch.first().map(|waiter| waiter.since) else { continue };
        let (calls, answers): (Vec<_>, Vec<_>) =
            batch.into_iter().map(|waiter| (waiter.call, waiter.answer)).unzip();
        let trip = run_trip::<T>(&mut connection, open, options, &calls);
        let until = (oldest + CALL_PATIENCE).max(Instant::now() + LEAST_TRIP_TIME);
        match tokio::time::timeout_at(until, trip).await {
            Ok(Ok(all)) if all.len() == answers.len() => {
                for (answer, said) in answers.into_iter().zip(all) {
                    answer.send(Ok(said)).ok();
                }
            }
            failed => {
                connection = None;
                let (why, is_late) = match failed {
                    Ok(Ok(_)) => ("a call got no answer".to_owned(), false),
                    Ok(Err(error)) => (error.to_string(), false),
                    Err(_) => ("no answer in time".to_owned(), true),
                };
                tracing::warn!(why, calls = answers.len(), "a shared round trip failed");
                for answer in answers {
                    answer.send(Err(if is_late { T::late() } else { unavailable(&why) })).ok();
                }
                for waiter in waiting.take_late() {
                    waiter.answer.send(Err(unavailable(&why))).ok();
                }
            }
        }
    }
}

/// Runs the statement on the lane's connection, or on a new one if it has none; retries once if the old connection was
/// dead.
async fn run_trip<'a, T: Together>(
    connection: &mut Option<LaneConnection<'a>>,
    open: &'a AtomicUsize,
    options: &PoolOptions,
    calls: &[T::Call],
) -> Result<Vec<T::Answer>> {
    if let Some(old) = connection {
        match ask_server::<T>(&mut old.connection, options, calls).await {
            Ok(answers) => return Ok(answers),
            Err(error) => tracing::debug!(%error, "a lane closes its connection"),
        }
    }
    // The old connection is closed first, because a lane has only one.
    *connection = None;
    let new = pool::connect(options).await.map_err(|error| unavailable(&error.to_string()))?;
    let new = connection.insert(LaneConnection::new(new, open));
    Ok(ask_server::<T>(&mut new.connection, options, calls).await?)
}

/// An unnamed statement consists of two messages, which a pooler in transaction mode may send to two different
/// connections unless a transaction holds them together.
async fn ask_server<T: Together>(
    connection: &mut AsyncPgConnection,
    options: &PoolOptions,
    calls: &[T::Call],
) -> QueryResult<Vec<T::Answer>> {
    let of = calls.first().filter(|_| options.sharded).map(T::tenant);
    if options.prepared_statements {
        return T::ask(connection, calls, of).await;
    }
    connection.batch_execute("BEGIN").await?;
    let answers = T::ask(connection, calls, of).await?;
    connection.batch_execute("COMMIT").await?;
    Ok(answers)
}
