//! Calls that wait at the same moment share one round trip.
//!
//! A lane is a connection of its own. It takes every call that is waiting, asks the database about all of them in one
//! statement, gives each its answer, and takes what has come in meanwhile. Nobody is made to wait for company: a lone call goes
//! out at once, and the busier the server, the more calls each trip carries. A call's statement always begins after the call.
//! Where the database is sharded by tenant, a trip carries the calls of one tenant only, and so goes to one shard.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use diesel::QueryResult;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection as _};
use futures_util::FutureExt as _;
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::pool::{self, PoolOptions};
use crate::domain::{Error, Result};

/// Calls that one statement carries at most.
const CALLS_AT_ONCE: usize = 256;
/// Calls that may wait; more are refused at once, for the database is not keeping up.
const WAITING: usize = 20_000;
/// How long connecting and one statement may take together. Calls of security.md §F are answered within five seconds.
const PATIENCE: Duration = Duration::from_secs(4);

/// A statement that answers many calls.
pub(super) trait Together: Send + Sync + 'static {
    /// What is asked.
    type Call: Send + Sync;
    /// What is said of it.
    type Answer: Send;

    /// Whose call it is.
    fn tenant(call: &Self::Call) -> Uuid;

    /// One answer for each call, in their order. Of one tenant, which is that of all calls, or of any.
    fn ask(
        connection: &mut AsyncPgConnection,
        calls: &[Self::Call],
        of: Option<Uuid>,
    ) -> impl Future<Output = QueryResult<Vec<Self::Answer>>> + Send;
}

/// The lanes of one statement, and the calls that wait for them.
pub(super) struct Lanes<T: Together> {
    waiting: Arc<Waiting<T>>,
    _lanes: JoinSet<()>,
}

struct Waiting<T: Together> {
    calls: Mutex<Vec<Waiter<T>>>,
    more: Notify,
    one_tenant_a_trip: bool,
}

struct Waiter<T: Together> {
    call: T::Call,
    answer: oneshot::Sender<Result<T::Answer>>,
}

impl<T: Together> Lanes<T> {
    /// Opens `count` lanes; each connects when its first call comes. Dropping them ends them.
    pub(super) fn open(options: &PoolOptions, count: usize) -> Self {
        let waiting = Arc::new(Waiting::new(options.sharded));
        let mut lanes = JoinSet::new();
        for _ in 0..count {
            lanes.spawn(keep_serving(Arc::clone(&waiting), options.clone()));
        }
        Self { waiting, _lanes: lanes }
    }

    /// The answer to one call.
    ///
    /// # Errors
    /// `database_unavailable` where the database did not answer in time, or too many calls wait already.
    pub(super) async fn ask(&self, call: T::Call) -> Result<T::Answer> {
        self.put(call)?.await.unwrap_or_else(|_| Err(unavailable("the lane ended")))
    }

    /// Calls that no trip has taken yet.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.calls.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    fn put(&self, call: T::Call) -> Result<oneshot::Receiver<Result<T::Answer>>> {
        let (answer, receiver) = oneshot::channel();
        let mut calls = self.waiting.calls.lock().unwrap_or_else(PoisonError::into_inner);
        if calls.len() >= WAITING {
            return Err(unavailable("too many calls wait for it"));
        }
        calls.push(Waiter { call, answer });
        drop(calls);
        self.waiting.more.notify_one();
        Ok(receiver)
    }
}

impl<T: Together> Waiting<T> {
    fn new(one_tenant_a_trip: bool) -> Self {
        Self { calls: Mutex::default(), more: Notify::new(), one_tenant_a_trip }
    }

    /// The calls of the next trip; some come back to be waited for if they are too many.
    async fn next(&self) -> Vec<Waiter<T>> {
        loop {
            let batch = self.take(CALLS_AT_ONCE);
            if !batch.is_empty() {
                return batch;
            }
            self.more.notified().await;
        }
    }

    fn take(&self, most: usize) -> Vec<Waiter<T>> {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        if self.one_tenant_a_trip {
            let batch = take_oldest_tenants(&mut calls, most);
            if !calls.is_empty() {
                self.more.notify_one();
            }
            return batch;
        }
        if calls.len() <= most {
            return std::mem::take(&mut *calls);
        }
        // The oldest first; another lane takes the rest.
        self.more.notify_one();
        let rest = calls.split_off(most);
        std::mem::replace(&mut *calls, rest)
    }
}

/// The calls of the tenant whose call has waited longest; all others stay in their order, for the next trip or another lane.
fn take_oldest_tenants<T: Together>(calls: &mut Vec<Waiter<T>>, most: usize) -> Vec<Waiter<T>> {
    let Some(tenant) = calls.first().map(|oldest| T::tenant(&oldest.call)) else { return Vec::new() };
    let mut room = most;
    let fits = |waiter: &mut Waiter<T>| {
        let fits = room > 0 && T::tenant(&waiter.call) == tenant;
        room -= usize::from(fits);
        fits
    };
    calls.extract_if(.., fits).collect()
}

/// A lane that panics, which would be a fault of ours, fails its calls and opens again.
async fn keep_serving<T: Together>(waiting: Arc<Waiting<T>>, options: PoolOptions) {
    loop {
        let lane = serve(Arc::clone(&waiting), options.clone());
        if AssertUnwindSafe(lane).catch_unwind().await.is_err() {
            tracing::error!("a lane panicked and is opened again");
        }
    }
}

async fn serve<T: Together>(waiting: Arc<Waiting<T>>, options: PoolOptions) {
    let mut connection: Option<AsyncPgConnection> = None;
    loop {
        let (calls, answers): (Vec<_>, Vec<_>) =
            waiting.next().await.into_iter().map(|waiter| (waiter.call, waiter.answer)).unzip();
        match tokio::time::timeout(PATIENCE, trip::<T>(&mut connection, &options, &calls)).await {
            Ok(Ok(all)) if all.len() == answers.len() => {
                for (answer, said) in answers.into_iter().zip(all) {
                    answer.send(Ok(said)).ok();
                }
            }
            failed => {
                connection = None;
                let why = match failed {
                    Ok(Ok(_)) => "a call got no answer".to_owned(),
                    Ok(Err(error)) => error.to_string(),
                    Err(_) => "no answer in time".to_owned(),
                };
                tracing::warn!(why, calls = answers.len(), "a shared round trip failed");
                // Those who came while it failed would wait as long again, and for the same.
                let late = waiting.take(usize::MAX).into_iter().map(|waiter| waiter.answer);
                for answer in answers.into_iter().chain(late) {
                    answer.send(Err(unavailable(&why))).ok();
                }
            }
        }
    }
}

/// Asks on the lane's connection, or on a new one if it has none; once more if the old one turned out to be dead.
async fn trip<T: Together>(
    connection: &mut Option<AsyncPgConnection>,
    options: &PoolOptions,
    calls: &[T::Call],
) -> Result<Vec<T::Answer>> {
    if let Some(old) = connection {
        match ask::<T>(old, options, calls).await {
            Ok(answers) => return Ok(answers),
            Err(error) => tracing::debug!(%error, "a lane's connection is given up"),
        }
    }
    let new =
        connection.insert(pool::connect(options).await.map_err(|error| unavailable(&error.to_string()))?);
    Ok(ask::<T>(new, options, calls).await?)
}

/// A statement without a name is two messages, which a pooler in transaction mode may give to two connections of its own, unless
/// a transaction holds them together.
async fn ask<T: Together>(
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

fn unavailable(why: &str) -> Error {
    Error::Unavailable(why.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Echo;

    impl Together for Echo {
        type Call = (u128, u8);
        type Answer = u8;

        fn tenant(call: &Self::Call) -> Uuid {
            Uuid::from_u128(call.0)
        }

        async fn ask(
            _: &mut AsyncPgConnection,
            calls: &[Self::Call],
            _: Option<Uuid>,
        ) -> QueryResult<Vec<u8>> {
            Ok(calls.iter().map(|call| call.1).collect())
        }
    }

    fn trips(one_tenant_a_trip: bool, most: usize) -> Vec<Vec<(u128, u8)>> {
        let waiting = Waiting::<Echo>::new(one_tenant_a_trip);
        for (number, tenant) in [1, 2, 1, 3, 2, 1].into_iter().enumerate() {
            let call = (tenant, u8::try_from(number).unwrap());
            waiting.calls.lock().unwrap().push(Waiter { call, answer: oneshot::channel().0 });
        }
        std::iter::from_fn(|| Some(waiting.take(most)).filter(|batch| !batch.is_empty()))
            .map(|batch| batch.into_iter().map(|waiter| waiter.call).collect())
            .collect()
    }

    #[test]
    fn a_trip_takes_whoever_waits_and_with_shards_the_oldest_calls_tenant_alone() {
        assert_eq!(trips(false, 9), [[(1, 0), (2, 1), (1, 2), (3, 3), (2, 4), (1, 5)]]);
        assert_eq!(trips(true, 9), [vec![(1, 0), (1, 2), (1, 5)], vec![(2, 1), (2, 4)], vec![(3, 3)]]);
    }

    #[test]
    fn what_is_too_much_for_one_trip_waits_in_its_place() {
        assert_eq!(trips(true, 2), [vec![(1, 0), (1, 2)], vec![(2, 1), (2, 4)], vec![(3, 3)], vec![(1, 5)]]);
    }
}
