//! How much all lanes of a process do at the same time.

use tokio::sync::{Semaphore, SemaphorePermit};

/// Attempts at endpoints that accept what they get, and at those that do not. The second kind never takes a place of the first.
const SOUND: usize = 256;
const AILING: usize = 64;
/// Transactions of lanes, so that they leave connections of the pool to requests.
const TURNS: usize = 4;

/// The places.
pub(super) struct Places {
    sound: Semaphore,
    ailing: Semaphore,
    turns: Semaphore,
}

impl Default for Places {
    fn default() -> Self {
        Self { sound: Semaphore::new(SOUND), ailing: Semaphore::new(AILING), turns: Semaphore::new(TURNS) }
    }
}

impl Places {
    /// A place for an attempt, once there is one. None never happens: the semaphores are not closed.
    pub(super) async fn attempt(&self, is_ailing: bool) -> Option<SemaphorePermit<'_>> {
        if is_ailing { self.ailing.acquire().await.ok() } else { self.sound.acquire().await.ok() }
    }

    /// A place for a transaction.
    pub(super) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.turns.acquire().await.ok()
    }
}
