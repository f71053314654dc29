//! One refresh of an account at a time in this process: everybody else waits for its result.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bowline_api::{AccountId, TenantId};
use tokio::sync::watch;

use super::ended::{Ended, lost};
use super::need::{Kind, Need};
use super::refresh;
use crate::app::App;
use crate::domain::Result;

type Key = (TenantId, AccountId, Kind);

/// Refreshes under way in this process.
#[derive(Default)]
pub struct RefreshFlights {
    flights: Mutex<HashMap<Key, watch::Receiver<Option<Ended>>>>,
}

impl RefreshFlights {
    /// The end of the refresh that is under way for this account, or of one that is begun now, so that its token lives
    /// at least `min_ttl`.
    ///
    /// # Errors
    /// Those of [`join_for`](Self::join_for).
    pub(super) async fn join(
        &self,
        app: &App,
        tenant: TenantId,
        account: AccountId,
        min_ttl: Duration,
    ) -> Result<Ended> {
        self.join_for(app, tenant, account, Need::Life(min_ttl)).await
    }

    /// The same for any need; calls with a need of one kind wait for one result.
    ///
    /// The caller who begins it runs it; the waiters hold neither a connection nor a lock.
    ///
    /// # Errors
    /// Those of the database; the provider's failures are in [`Ended`].
    pub(super) async fn join_for(
        &self,
        app: &App,
        tenant: TenantId,
        account: AccountId,
        need: Need,
    ) -> Result<Ended> {
        let key = (tenant, account, need.kind());
        match self.board(key) {
            Seat::Waiter(mut result) => {
                let ended = result.wait_for(Option::is_some).await.ok().and_then(|ended| ended.clone());
                // A waiter is refused as the pilot is; another look would wait as long again for the same database.
                ended.ok_or_else(lost)
            }
            Seat::Pilot(landing) => {
                let landing = Landing { flights: self, key, sender: landing };
                let ended = refresh::run(app, tenant, account, &need).await?;
                landing.announce(ended.clone());
                Ok(ended)
            }
        }
    }

    fn board(&self, key: Key) -> Seat {
        let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(result) = flights.get(&key) {
            return Seat::Waiter(result.clone());
        }
        let (sender, receiver) = watch::channel(None);
        flights.insert(key, receiver);
        Seat::Pilot(sender)
    }
}

enum Seat {
    Pilot(watch::Sender<Option<Ended>>),
    Waiter(watch::Receiver<Option<Ended>>),
}

/// Takes the flight off the list when it ends, however it ends.
struct Landing<'a> {
    flights: &'a RefreshFlights,
    key: Key,
    sender: watch::Sender<Option<Ended>>,
}

impl Landing<'_> {
    fn announce(self, ended: Ended) {
        self.sender.send_replace(Some(ended));
    }
}

impl Drop for Landing<'_> {
    fn drop(&mut self) {
        self.flights.flights.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}
