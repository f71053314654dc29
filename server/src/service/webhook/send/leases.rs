//! The leases of all lanes of a process, which are extended while the lanes wait for a turn: also if that takes longer than a lease, because a
//! tenant has many endpoints and the database is slow. Otherwise another lane would take an endpoint over before its turn has come, wait as
//! long itself, and send again what this one has sent.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use uuid::Uuid;

use crate::store::webhooks::due::DueEndpoint;

/// How long a lease lasts. Another sender takes over after it.
pub(super) const LEASE: Duration = Duration::from_secs(30);
/// The age after which a lease is extended.
pub(super) const OLD: Duration = Duration::from_secs(10);

/// The lease under which a lane delivers.
pub(super) struct Hold {
    pub(super) lease: DueEndpoint,
    pub(super) owner: Uuid,
    /// When it began, or was extended.
    since: Mutex<Instant>,
}

impl Hold {
    pub(super) fn age(&self) -> Duration {
        held(&self.since).elapsed()
    }

    /// Notes that it was extended at this time.
    pub(super) fn extended(&self, at: Instant) {
        let mut since = held(&self.since);
        *since = at.max(*since);
    }
}

/// The leases of lanes that have not ended.
#[derive(Default)]
pub(super) struct Leases(Mutex<Vec<Weak<Hold>>>);

impl Leases {
    /// Adds one that was taken just now. It counts until it is dropped.
    pub(super) fn add(&self, lease: DueEndpoint, owner: Uuid) -> Arc<Hold> {
        let hold = Arc::new(Hold { lease, owner, since: Mutex::new(Instant::now()) });
        held(&self.0).push(Arc::downgrade(&hold));
        hold
    }

    /// Those that have been neither taken nor extended for `age`.
    pub(super) fn older_than(&self, age: Duration) -> Vec<Arc<Hold>> {
        let mut all = held(&self.0);
        all.retain(|hold| hold.strong_count() > 0);
        all.iter().filter_map(Weak::upgrade).filter(|hold| hold.age() >= age).collect()
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_is_old_until_it_is_extended_or_its_lane_ends() {
        let (leases, id) = (Leases::default(), Uuid::from_u128);
        let lease = |endpoint| DueEndpoint { tenant: id(1), endpoint: id(endpoint), is_failing: false };
        let (one, other) = (leases.add(lease(2), id(9)), leases.add(lease(3), id(9)));
        assert!(leases.older_than(OLD).is_empty());
        let old = |age| leases.older_than(age).iter().map(|hold| hold.lease.endpoint).collect::<Vec<_>>();
        assert_eq!(old(Duration::ZERO), [id(2), id(3)]);
        one.extended(Instant::now() + OLD);
        one.extended(Instant::now());
        std::thread::yield_now();
        assert_eq!(old(Duration::from_nanos(1)), [id(3)], "the later time counts");
        drop(other);
        assert_eq!(old(Duration::ZERO), [id(2)]);
    }
}
