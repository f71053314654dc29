//! The sessions that calls of this process wait for, and what the last look found of each.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, watch};
use uuid::Uuid;

/// The text of a state, once a look has found it.
pub(super) type StateText = Option<String>;

/// The sessions that calls of this process wait for.
#[derive(Default)]
pub struct Waits {
    watched: Mutex<HashMap<Session, watch::Sender<StateText>>>,
    /// Notified when a call begins to wait, and when this process has changed a session.
    look: Notify,
}

/// Tenant and id of a session.
pub(super) type Session = (Uuid, Uuid);

/// One call's place among those that wait for a session. Dropping it gives the place back.
pub(super) struct WaitingPlace<'a> {
    waits: &'a Waits,
    session: Session,
    pub(super) state: watch::Receiver<StateText>,
}

impl Waits {
    /// Looks at the sessions without waiting for the next round.
    pub fn look(&self) {
        self.look.notify_one();
    }

    /// Waits for a reason to look.
    pub(super) async fn reason(&self) {
        self.look.notified().await;
    }

    /// The sessions that somebody waits for.
    pub(super) fn sessions(&self) -> Vec<Session> {
        self.watched_sessions().keys().copied().collect()
    }

    /// Tells everybody who waits for the session that it is in this state.
    pub(super) fn tell(&self, session: Session, state: &str) {
        if let Some(one) = self.watched_sessions().get(&session) {
            one.send_if_modified(|known| {
                let is_new = known.as_deref() != Some(state);
                if is_new {
                    *known = Some(state.to_owned());
                }
                is_new
            });
        }
    }

    fn watched_sessions(&self) -> MutexGuard<'_, HashMap<Session, watch::Sender<StateText>>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place among those that wait for the session, with what is found from now on.
    pub(super) fn place(&self, session: Session) -> WaitingPlace<'_> {
        let state =
            self.watched_sessions().entry(session).or_insert_with(|| watch::Sender::new(None)).subscribe();
        WaitingPlace { waits: self, session, state }
    }
}

impl Drop for WaitingPlace<'_> {
    fn drop(&mut self) {
        if let Entry::Occupied(one) = self.waits.watched_sessions().entry(self.session)
            // This place is still one of them.
            && one.get().receiver_count() <= 1
        {
            one.remove();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_watched_as_long_as_somebody_waits_for_it() {
        let waits = Waits::default();
        let session = (Uuid::from_u128(1), Uuid::from_u128(2));
        let first = waits.place(session);
        let second = waits.place(session);
        assert_eq!(waits.watched_sessions().len(), 1);
        drop(first);
        assert_eq!(waits.watched_sessions().len(), 1);
        drop(second);
        assert!(waits.watched_sessions().is_empty());
    }
}
