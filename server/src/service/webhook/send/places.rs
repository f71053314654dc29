//! How much all lanes of a process do at the same time, and how much of that one tenant's lanes do.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use uuid::Uuid;

/// Attempts at endpoints that accept what they get, and at those that do not. The second kind never takes a place of the first.
const SOUND_PLACES: usize = 256;
const AILING_PLACES: usize = 64;
/// Attempts at the first kind that have taken [`LONG_ATTEMPT`], which make room for others. Endpoints that begin to hang at the same time thus delay no
/// other for long.
const SLOW_PLACES: usize = 256;
pub(super) const LONG_ATTEMPT: Duration = Duration::from_secs(1);
/// Transactions of lanes, so that they leave connections of the pool to requests.
const TURN_PLACES: usize = 4;
/// One tenant's lanes hold this part of the places of each kind at most: the quotient of all by this. Others thus find one, however many endpoints
/// the tenant has, and however long these take to accept what they get.
const TENANT_PARTS: usize = 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PlaceKind {
    Sound,
    Ailing,
    Slow,
    Turn,
}

/// Places of each kind.
struct Kinds {
    sound: Arc<Semaphore>,
    ailing: Arc<Semaphore>,
    slow: Arc<Semaphore>,
    turns: Arc<Semaphore>,
}

impl Kinds {
    /// One of so many parts of all.
    fn part(of: usize) -> Self {
        let [sound, ailing, slow, turns] = [SOUND_PLACES, AILING_PLACES, SLOW_PLACES, TURN_PLACES]
            .map(|count| Arc::new(Semaphore::new(count / of)));
        Self { sound, ailing, slow, turns }
    }

    fn of(&self, kind: PlaceKind) -> Arc<Semaphore> {
        Arc::clone(match kind {
            PlaceKind::Sound => &self.sound,
            PlaceKind::Ailing => &self.ailing,
            PlaceKind::Slow => &self.slow,
            PlaceKind::Turn => &self.turns,
        })
    }
}

/// The places.
pub(super) struct Places {
    all: Arc<Kinds>,
    /// Those of the tenants that have lanes.
    tenants: Mutex<HashMap<Uuid, Weak<Kinds>>>,
}

impl Default for Places {
    fn default() -> Self {
        Self { all: Arc::new(Kinds::part(1)), tenants: Mutex::default() }
    }
}

impl Places {
    /// The places that the lanes of a tenant share.
    pub(super) fn share(&self, tenant: Uuid) -> TenantShare {
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        let own = tenants.get(&tenant).and_then(Weak::upgrade).unwrap_or_else(|| {
            let own = Arc::new(Kinds::part(TENANT_PARTS));
            tenants.retain(|_, kinds| kinds.strong_count() > 0);
            tenants.insert(tenant, Arc::downgrade(&own));
            own
        });
        TenantShare { all: Arc::clone(&self.all), own }
    }
}

/// One place. It counts among those of the tenant, and among all.
pub(super) struct Permits {
    _own: OwnedSemaphorePermit,
    _all: OwnedSemaphorePermit,
}

/// What the lanes of a tenant share.
#[derive(Clone)]
pub(super) struct TenantShare {
    all: Arc<Kinds>,
    own: Arc<Kinds>,
}

impl TenantShare {
    /// A place for an attempt, once there is one. None never happens: the semaphores are not closed.
    pub(super) async fn attempt(&self, is_ailing: bool) -> Option<AttemptPlace> {
        let (kind, slow) =
            if is_ailing { (PlaceKind::Ailing, None) } else { (PlaceKind::Sound, Some(self.clone())) };
        Some(AttemptPlace { permits: self.take(kind).await?, slow })
    }

    /// A place for a transaction.
    pub(super) async fn turn(&self) -> Option<Permits> {
        self.take(PlaceKind::Turn).await
    }

    /// The tenant's own place comes first, so that no more of its lanes wait beside those of others than it has places.
    async fn take(&self, kind: PlaceKind) -> Option<Permits> {
        let own = self.own.of(kind).acquire_owned().await.ok()?;
        let all = self.all.of(kind).acquire_owned().await.ok()?;
        Some(Permits { _own: own, _all: all })
    }

    fn try_take(&self, kind: PlaceKind) -> Option<Permits> {
        let own = self.own.of(kind).try_acquire_owned().ok()?;
        let all = self.all.of(kind).try_acquire_owned().ok()?;
        Some(Permits { _own: own, _all: all })
    }
}

/// A place for an attempt.
pub(super) struct AttemptPlace {
    permits: Permits,
    /// Where the attempt's place is exchanged if the attempt takes long.
    slow: Option<TenantShare>,
}

impl AttemptPlace {
    /// Makes an attempt in this place.
    pub(super) async fn hold<T>(self, attempt: impl Future<Output = T>) -> T {
        let Self { permits, slow } = self;
        let mut attempt = pin!(attempt);
        let Some(share) = slow else {
            let _permits = permits;
            return attempt.await;
        };
        if let Ok(ended) = timeout(LONG_ATTEMPT, &mut attempt).await {
            return ended;
        }
        let _permits = match share.try_take(PlaceKind::Slow) {
            Some(exchanged) => {
                drop(permits);
                exchanged
            }
            None => permits,
        };
        attempt.await
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    fn share_of_tenant(places: &Places, number: usize) -> TenantShare {
        places.share(Uuid::from_u128(u128::try_from(number).unwrap()))
    }

    /// Takes a place that is held for ever.
    async fn occupy_place(share: &TenantShare) {
        let place = timeout(60 * LONG_ATTEMPT, share.attempt(false)).await.expect("a place becomes free");
        tokio::spawn(place.unwrap().hold(pending::<()>()));
    }

    fn free_places(kinds: &Kinds) -> [usize; 4] {
        [&kinds.sound, &kinds.ailing, &kinds.slow, &kinds.turns].map(|kind| kind.available_permits())
    }

    #[tokio::test]
    async fn attempts_that_take_long_make_room_once_and_never_for_those_that_ail() {
        let places = Places::default();
        let tenants: Vec<TenantShare> =
            (0..=TENANT_PARTS).map(|number| share_of_tenant(&places, number)).collect();
        let fill = async || {
            for number in 0..SOUND_PLACES {
                occupy_place(&tenants[number % TENANT_PARTS]).await;
            }
        };
        fill().await;
        fill().await;
        assert_eq!(free_places(&places.all), [0, AILING_PLACES, 0, TURN_PLACES]);
        let late = &tenants[TENANT_PARTS];
        assert!(
            timeout(2 * LONG_ATTEMPT, late.attempt(false)).await.is_err(),
            "they keep the places that they have"
        );
        let other =
            timeout(60 * LONG_ATTEMPT, late.attempt(true)).await.expect("those of the other kind are free");
        drop(other.unwrap());
        assert_eq!(free_places(&places.all), [0, AILING_PLACES, 0, TURN_PLACES]);
    }

    #[tokio::test]
    async fn one_tenant_holds_a_quarter_however_long_its_attempts_take() {
        let places = Places::default();
        let (greedy, other) = (share_of_tenant(&places, 1), share_of_tenant(&places, 2));
        for _ in 0..(SOUND_PLACES + SLOW_PLACES) / TENANT_PARTS {
            occupy_place(&greedy).await;
        }
        let _turn = greedy.turn().await;
        let again = share_of_tenant(&places, 1);
        let (attempt, turn) = tokio::join!(
            timeout(2 * LONG_ATTEMPT, again.attempt(false)),
            timeout(LONG_ATTEMPT, again.turn())
        );
        assert!(attempt.is_err() && turn.is_err(), "another lane of the tenant has the same share");
        let [sound, _, slow, turns] = free_places(&places.all);
        assert_eq!(
            (sound, slow, turns),
            (
                SOUND_PLACES - SOUND_PLACES / TENANT_PARTS,
                SLOW_PLACES - SLOW_PLACES / TENANT_PARTS,
                TURN_PLACES - TURN_PLACES / TENANT_PARTS
            )
        );
        for _ in 0..SOUND_PLACES / TENANT_PARTS {
            occupy_place(&other).await;
        }
        assert!(timeout(60 * LONG_ATTEMPT, other.turn()).await.is_ok_and(|turn| turn.is_some()));
    }

    #[test]
    fn the_share_of_a_tenant_without_lanes_is_forgotten() {
        let places = Places::default();
        drop(share_of_tenant(&places, 1));
        let _other = share_of_tenant(&places, 2);
        assert_eq!(places.tenants.lock().unwrap().len(), 1);
    }
}
