//! Calls that wait until a link session changes. They hold no connection: one statement a round looks for all of them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bowline_api::status::LinkSessionStatus;
use bowline_api::v1::LinkSession;
use bowline_api::{LinkSessionId, TenantId};
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, timeout_at};
use uuid::Uuid;

use super::show::show;
use crate::app::App;
use crate::domain::Result;
use crate::domain::state::link_session;

/// The pause between two looks at the database. Another replica may make the change, so it is asked regularly.
const ROUND: Duration = Duration::from_millis(250);

/// The text of a state, once a look has found it.
type Found = Option<String>;

/// The sessions that calls of this process wait for.
#[derive(Default)]
pub struct Waits {
    watched: Mutex<HashMap<Session, watch::Sender<Found>>>,
    /// Notified when a call begins to wait, and when this process has changed a session.
    look: Notify,
}

/// Tenant and id of a session.
type Session = (Uuid, Uuid);

/// One call's place among those that wait for a session. Dropping it gives the place back.
struct Place<'a> {
    waits: &'a Waits,
    session: Session,
    state: watch::Receiver<Found>,
}

impl Waits {
    /// Looks at the sessions without waiting for the next round.
    pub fn look(&self) {
        self.look.notify_one();
    }

    fn watched(&self) -> MutexGuard<'_, HashMap<Session, watch::Sender<Found>>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn place(&self, session: Session) -> Place<'_> {
        let state = self.watched().entry(session).or_insert_with(|| watch::Sender::new(None)).subscribe();
        Place { waits: self, session, state }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if let Entry::Occupied(one) = self.waits.watched().entry(self.session)
            // This place is still one of them.
            && one.get().receiver_count() <= 1
        {
            one.remove();
        }
    }
}

/// Waits up to `length` until the session has another state than `known`, or than it has at the beginning of the call.
/// Ends at once if the session has ended, and if the process is about to stop.
///
/// # Errors
/// `not_found`; `rate_limited` if too many calls of the tenant wait.
pub async fn wait(
    app: &App,
    tenant: TenantId,
    id: LinkSessionId,
    known: Option<LinkSessionStatus>,
    length: Duration,
) -> Result<LinkSession> {
    let until = Instant::now() + length;
    let _turn = app.tenants.wait(tenant)?;
    // Before the session is read, so that no change is missed in between.
    let mut place = app.link_waits.place((tenant.uuid(), id.uuid()));
    let mut session = show(app, tenant, id).await?;
    let known = known.unwrap_or(session.status);
    while session.status == known && link_session::is_open(known) && !app.is_draining() {
        app.link_waits.look();
        let is_other = |found: &Found| found.as_deref().is_some_and(|found| found != known.as_str());
        let changed = async {
            tokio::select! {
                _ = place.state.wait_for(is_other) => {}
                () = app.drained() => {}
            }
        };
        let in_time = timeout_at(until, changed).await.is_ok();
        session = show(app, tenant, id).await?;
        if !in_time {
            break;
        }
    }
    Ok(session)
}

/// Looks for changes of the sessions that calls wait for, once a round, while there are such calls. Never ends.
///
/// # Errors
/// The first database error. The caller continues after a pause.
pub async fn watch(app: &App) -> Result<()> {
    loop {
        app.link_waits.look.notified().await;
        while round(app).await? {
            // The end of the pause, or a reason to look earlier.
            tokio::time::timeout(ROUND, app.link_waits.look.notified()).await.ok();
        }
    }
}

/// Looks once. False if nobody waits.
async fn round(app: &App) -> Result<bool> {
    let (mut tenants, sessions): (Vec<Uuid>, Vec<Uuid>) = app.link_waits.watched().keys().copied().unzip();
    if sessions.is_empty() {
        return Ok(false);
    }
    tenants.sort_unstable();
    tenants.dedup();
    let found = app.store.worker(async |tx| tx.link_session_states(&tenants, &sessions).await).await?;
    let watched = app.link_waits.watched();
    for (tenant, session, state) in found {
        let Some(one) = watched.get(&(tenant, session)) else { continue };
        one.send_if_modified(|known| {
            let is_new = known.as_deref() != Some(state.as_str());
            if is_new {
                *known = Some(state.as_str().to_owned());
            }
            is_new
        });
    }
    Ok(true)
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
        assert_eq!(waits.watched().len(), 1);
        drop(first);
        assert_eq!(waits.watched().len(), 1);
        drop(second);
        assert!(waits.watched().is_empty());
    }
}
