//! Permits that limit the concurrent work of each tenant, so that the calls of one tenant cannot occupy the whole
//! database: who waits, for how long, and who is refused.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use quick_cache::sync::Cache;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};
use uuid::Uuid;

use crate::domain::{Error, Result};

/// The maximum number of tenants whose permits are remembered. A forgotten tenant has all its permits again.
const MOST_TENANTS_WITH_PERMITS: usize = 16_384;

/// The permits of one tenant.
#[derive(Debug)]
pub struct Permits {
    free: Arc<Semaphore>,
    /// The number of operations that the database has completed for the tenant.
    served: AtomicU64,
}

/// A permit, which is returned when it is dropped.
#[derive(Debug)]
pub struct Permit {
    _permit: OwnedSemaphorePermit,
    of: Arc<Permits>,
}

impl Permit {
    /// Records that the database has answered.
    pub fn served(&self) {
        self.of.served.fetch_add(1, Ordering::Relaxed);
    }
}

impl Permits {
    /// Creates this many permits.
    pub fn new(count: usize) -> Self {
        Self { free: Arc::new(Semaphore::new(count)), served: AtomicU64::new(0) }
    }

    /// Waits for a permit; waiting callers are served in their order.
    ///
    /// # Errors
    /// If none becomes free in time: `rate_limited` if others of the tenant were served meanwhile, so that only their
    /// number is the cause; `database_unavailable` if none was.
    pub async fn take(self: &Arc<Self>, deadline: Instant) -> Result<Permit> {
        if let Ok(permit) = Arc::clone(&self.free).try_acquire_owned() {
            return Ok(Permit { _permit: permit, of: Arc::clone(self) });
        }
        let before = self.served.load(Ordering::Relaxed);
        match timeout_at(deadline, Arc::clone(&self.free).acquire_owned()).await {
            Ok(Ok(permit)) => Ok(Permit { _permit: permit, of: Arc::clone(self) }),
            _ if self.served.load(Ordering::Relaxed) != before => Err(Error::crowded()),
            _ => Err(Error::Unavailable("all permits are taken, and none is served".into())),
        }
    }
}

/// The permits of each tenant (or of all operators together) in the pool of connections.
#[derive(Debug)]
pub(in crate::store) struct PermitsOfEach {
    each: usize,
    wait: Duration,
    of: Cache<Uuid, Arc<Permits>>,
}

impl PermitsOfEach {
    /// `each` is the number of permits per tenant. `wait` is how long a request waits for its transaction to begin.
    pub(in crate::store) fn new(each: usize, wait: Duration) -> Self {
        Self { each, wait, of: Cache::new(MOST_TENANTS_WITH_PERMITS) }
    }

    /// The deadline of a wait that begins now.
    pub(in crate::store) fn deadline(&self) -> Instant {
        Instant::now() + self.wait
    }

    /// Waits for a permit of `whose`; see [`Permits::take`]. A quarter of the wait is left for the connection, because
    /// a connection without time to respond would be considered dead.
    pub(in crate::store) async fn take(&self, whose: Uuid) -> Result<Permit> {
        let deadline = Instant::now() + self.wait * 3 / 4;
        let made = || Ok::<_, std::convert::Infallible>(Arc::new(Permits::new(self.each)));
        let Ok(permits) = self.of.get_or_insert_with(&whose, made);
        permits.take(deadline).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Code;

    const TENANTS: [Uuid; 2] = [Uuid::from_u128(1), Uuid::from_u128(2)];

    #[tokio::test]
    async fn one_tenant_has_its_permits_and_another_its_own() {
        let all = PermitsOfEach::new(1, Duration::from_mins(1));
        let taken = all.take(TENANTS[0]).await.unwrap();
        assert!(all.take(TENANTS[1]).await.is_ok());
        let (next, ()) = tokio::join!(all.take(TENANTS[0]), async { drop(taken) });
        assert!(next.is_ok());
    }

    #[tokio::test]
    async fn too_many_calls_are_distinguished_from_a_silent_database() {
        let all = PermitsOfEach::new(1, Duration::from_millis(20));
        let taken = all.take(TENANTS[0]).await.unwrap();
        let stuck = all.take(TENANTS[0]).await.unwrap_err();
        assert_eq!(stuck.code(), Code::DatabaseUnavailable);
        let (crowded, ()) = tokio::join!(all.take(TENANTS[0]), async { taken.served() });
        assert_eq!(crowded.unwrap_err().code(), Code::RateLimited);
    }

    #[tokio::test]
    async fn no_more_are_remembered_than_there_is_room_for() {
        let all = PermitsOfEach::new(1, Duration::from_mins(1));
        for number in 0..100_000 {
            all.take(Uuid::from_u128(number)).await.unwrap();
        }
        assert!(all.of.len() <= MOST_TENANTS_WITH_PERMITS);
    }
}
