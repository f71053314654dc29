//! How much all lanes of a process do at the same time.

use std::pin::pin;
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

/// Attempts at endpoints that accept what they get, and at those that do not. The second kind never takes a place of the first.
const SOUND: usize = 256;
const AILING: usize = 64;
/// Attempts at the first kind that have taken [`LONG`], which make room for others. Endpoints that begin to hang at the same time thus delay no
/// other for long.
const SLOW: usize = 256;
const LONG: Duration = Duration::from_secs(1);
/// Transactions of lanes, so that they leave connections of the pool to requests.
const TURNS: usize = 4;

/// The places.
pub(super) struct Places {
    sound: Semaphore,
    ailing: Semaphore,
    slow: Semaphore,
    turns: Semaphore,
}

/// A place for an attempt.
pub(super) struct Place<'a> {
    permit: SemaphorePermit<'a>,
    /// What it is exchanged for if the attempt takes long.
    slow: Option<&'a Semaphore>,
}

impl Default for Places {
    fn default() -> Self {
        let [sound, ailing, slow, turns] = [SOUND, AILING, SLOW, TURNS].map(Semaphore::new);
        Self { sound, ailing, slow, turns }
    }
}

impl Places {
    /// A place for an attempt, once there is one. None never happens: the semaphores are not closed.
    pub(super) async fn attempt(&self, is_ailing: bool) -> Option<Place<'_>> {
        let (places, slow) = if is_ailing { (&self.ailing, None) } else { (&self.sound, Some(&self.slow)) };
        let permit = places.acquire().await.ok()?;
        Some(Place { permit, slow })
    }

    /// A place for a transaction.
    pub(super) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.turns.acquire().await.ok()
    }
}

impl Place<'_> {
    /// Makes an attempt in this place.
    pub(super) async fn hold<T>(self, attempt: impl Future<Output = T>) -> T {
        let Self { permit, slow } = self;
        let mut attempt = pin!(attempt);
        let Some(slow) = slow else {
            let _permit = permit;
            return attempt.await;
        };
        if let Ok(ended) = timeout(LONG, &mut attempt).await {
            return ended;
        }
        let _permit = match slow.try_acquire() {
            Ok(exchanged) => {
                drop(permit);
                exchanged
            }
            Err(_) => permit,
        };
        attempt.await
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    #[tokio::test]
    async fn attempts_that_take_long_make_room_once_and_never_for_those_that_ail() {
        let places: &Places = Box::leak(Box::default());
        let fill = async || {
            for _ in 0..SOUND {
                let place = timeout(60 * LONG, places.attempt(false)).await.expect("a place becomes free");
                tokio::spawn(place.unwrap().hold(pending::<()>()));
            }
        };
        fill().await;
        fill().await;
        assert_eq!((places.sound.available_permits(), places.slow.available_permits()), (0, 0));
        assert!(
            timeout(2 * LONG, places.attempt(false)).await.is_err(),
            "they keep the places that they have"
        );
        let other = timeout(60 * LONG, places.attempt(true)).await.expect("those of the other kind are free");
        drop(other.unwrap());
        assert_eq!(places.ailing.available_permits(), AILING);
    }
}
