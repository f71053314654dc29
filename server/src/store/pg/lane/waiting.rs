//! The queue of calls that no lane has taken yet, oldest first.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, oneshot};
use tokio::time::Instant;

use super::together::{Together, unavailable};
use crate::domain::Result;

/// The maximum number of calls per statement.
const CALLS_AT_ONCE: usize = 256;
/// The maximum number of waiting calls. Further calls are refused immediately, because the database cannot keep up.
const MOST_WAITING_CALLS: usize = 20_000;
/// The time limit of a call, including its wait, connecting if necessary, and the statement. Calls are therefore
/// answered within five seconds if the database does not respond. If it responds but is busy, a call waits for its
/// turn.
pub(super) const CALL_PATIENCE: Duration = Duration::from_secs(4);
/// The minimum time for each round trip, however long its calls have waited.
pub(super) const LEAST_TRIP_TIME: Duration = Duration::from_millis(1_500);
/// After a failed round trip, a call with less time left than this is not retried.
const TOO_LATE_FOR_TRIP: Duration = Duration::from_millis(500);

/// The waiting calls and the notifications about them.
pub(super) struct WaitingCalls<T: Together> {
    calls: Mutex<Vec<Waiter<T>>>,
    /// Notifies the lanes that take calls immediately.
    more: Notify,
    /// Notifies the lanes that take only calls that have waited.
    late: Notify,
    one_tenant_a_trip: bool,
}

/// A call and the receiver of its answer.
pub(super) struct Waiter<T: Together> {
    pub(super) since: Instant,
    pub(super) call: T::Call,
    pub(super) answer: oneshot::Sender<Result<T::Answer>>,
}

/// The state of the queue as a lane finds it.
enum NextCalls<T: Together> {
    Trip(Vec<Waiter<T>>),
    /// Calls that are left to the other lanes until this time.
    Due(Instant),
    Nobody,
}

impl<T: Together> NextCalls<T> {
    #[cfg(test)]
    fn trip(self) -> Option<Vec<Waiter<T>>> {
        if let Self::Trip(calls) = self { Some(calls) } else { None }
    }
}

impl<T: Together> WaitingCalls<T> {
    pub(super) fn new(one_tenant_a_trip: bool) -> Self {
        Self { calls: Mutex::default(), more: Notify::new(), late: Notify::new(), one_tenant_a_trip }
    }

    /// Queues a call; the answer arrives through the receiver.
    ///
    /// # Errors
    /// `database_unavailable` if too many calls are waiting.
    pub(super) fn put(&self, call: T::Call) -> Result<oneshot::Receiver<Result<T::Answer>>> {
        let (answer, receiver) = oneshot::channel();
        let mut calls = self.calls();
        if calls.len() >= MOST_WAITING_CALLS {
            return Err(unavailable("too many calls wait for it"));
        }
        calls.push(Waiter { since: Instant::now(), call, answer });
        drop(calls);
        self.more.notify_one();
        self.late.notify_one();
        Ok(receiver)
    }

    pub(super) fn len(&self) -> usize {
        self.calls().len()
    }

    fn calls(&self) -> MutexGuard<'_, Vec<Waiter<T>>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The calls of the next round trip, once one of them has waited for `after`. If there are too many, the rest stays
    /// in the queue.
    pub(super) async fn next(&self, after: Duration) -> Vec<Waiter<T>> {
        loop {
            match self.take(CALLS_AT_ONCE, after) {
                NextCalls::Trip(calls) => return calls,
                NextCalls::Due(at) => tokio::time::sleep_until(at).await,
                NextCalls::Nobody if after.is_zero() => {
                    self.more.notified().await;
                    // This also picks up requests that have arrived but were not read yet.
                    tokio::task::yield_now().await;
                }
                NextCalls::Nobody => self.late.notified().await,
            }
        }
    }

    fn take(&self, most: usize, after: Duration) -> NextCalls<T> {
        let mut calls = self.calls();
        let Some(oldest) = calls.first() else { return NextCalls::Nobody };
        let due = oldest.since + after;
        if due > Instant::now() {
            return NextCalls::Due(due);
        }
        let trip = if self.one_tenant_a_trip {
            take_oldest_tenants(&mut calls, most)
        } else {
            // The oldest calls first.
            let trip = most.min(calls.len());
            let rest = calls.split_off(trip);
            std::mem::replace(&mut *calls, rest)
        };
        if !calls.is_empty() {
            // Another lane takes the rest.
            self.more.notify_one();
        }
        NextCalls::Trip(trip)
    }

    /// Removes the calls that have waited so long that another round trip would not help. The others stay, because the
    /// next lane's connection may work.
    pub(super) fn take_late(&self) -> Vec<Waiter<T>> {
        let mut calls = self.calls();
        let first_in_time =
            calls.partition_point(|waiter| waiter.since.elapsed() + TOO_LATE_FOR_TRIP >= CALL_PATIENCE);
        let rest = calls.split_off(first_in_time);
        std::mem::replace(&mut *calls, rest)
    }
}

/// Takes the calls of the tenant whose call has waited longest. All other calls keep their order for the next round
/// trip or another lane.
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

#[cfg(test)]
mod tests {
    use diesel::QueryResult;
    use diesel_async::AsyncPgConnection;
    use uuid::Uuid;

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

    fn taken_trips(one_tenant_a_trip: bool, most: usize) -> Vec<Vec<(u128, u8)>> {
        let waiting = WaitingCalls::<Echo>::new(one_tenant_a_trip);
        for (number, tenant) in [1, 2, 1, 3, 2, 1].into_iter().enumerate() {
            let call = (tenant, u8::try_from(number).unwrap());
            drop(waiting.put(call).unwrap());
        }
        std::iter::from_fn(|| waiting.take(most, Duration::ZERO).trip())
            .map(|batch| batch.into_iter().map(|waiter| waiter.call).collect())
            .collect()
    }

    #[test]
    fn a_trip_takes_all_waiting_calls_and_with_shards_only_those_of_one_tenant() {
        assert_eq!(taken_trips(false, 9), [[(1, 0), (2, 1), (1, 2), (3, 3), (2, 4), (1, 5)]]);
        assert_eq!(taken_trips(true, 9), [vec![(1, 0), (1, 2), (1, 5)], vec![(2, 1), (2, 4)], vec![(3, 3)]]);
    }

    #[test]
    fn calls_beyond_one_round_trip_keep_their_place_in_the_queue() {
        assert_eq!(
            taken_trips(true, 2),
            [vec![(1, 0), (1, 2)], vec![(2, 1), (2, 4)], vec![(3, 3)], vec![(1, 5)]]
        );
    }

    #[tokio::test]
    async fn a_lane_that_steps_in_leaves_calls_to_the_others_until_they_have_waited() {
        let waiting = WaitingCalls::<Echo>::new(false);
        let after = Duration::from_millis(5);
        let _taken = waiting.put((1, 0)).unwrap();
        assert_eq!(waiting.next(Duration::ZERO).await.len(), 1);
        let _left = waiting.put((1, 1)).unwrap();
        let put_at = Instant::now();
        assert_eq!(waiting.next(after).await.len(), 1);
        assert!(put_at.elapsed() >= after);
    }

    #[test]
    fn waiters_that_waited_too_long_are_removed_and_the_others_stay() {
        let waiting = WaitingCalls::<Echo>::new(false);
        let _old = waiting.put((1, 0)).unwrap();
        waiting.calls()[0].since -= CALL_PATIENCE;
        let _young = waiting.put((1, 1)).unwrap();
        let late: Vec<u8> = waiting.take_late().into_iter().map(|waiter| waiter.call.1).collect();
        assert_eq!(late, [0]);
        assert_eq!(waiting.take(9, Duration::ZERO).trip().map(|trip| trip.len()), Some(1));
    }
}
