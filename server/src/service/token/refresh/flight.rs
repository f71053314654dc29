//! One refresh of an account at a time in this process. All other callers wait for its result.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use bowline_api::{AccountId, TenantId};
use tokio::sync::watch;

use super::need::NeedKind;
use super::outcome::{RefreshOutcome, lost};
use crate::domain::Result;

/// Calls with the same key wait for the same result.
pub(super) type FlightKey = (TenantId, AccountId, NeedKind);

/// Refreshes in progress in this process.
#[derive(Default)]
pub struct RefreshFlights {
    flights: Mutex<HashMap<FlightKey, watch::Receiver<Option<RefreshOutcome>>>>,
}

impl RefreshFlights {
    /// The result of the refresh in progress for this account and kind of need, or of `refresh`, which is started if
    /// there is none. The caller who starts it runs it. All others wait for its result and hold neither a connection
    /// nor a lock.
    ///
    /// # Errors
    /// Those of the database; the provider's failures are in [`RefreshOutcome`].
    pub(super) async fn join<Running>(
        &self,
        key: FlightKey,
        refresh: impl FnOnce() -> Running,
    ) -> Result<RefreshOutcome>
    where
        Running: Future<Output = Result<RefreshOutcome>>,
    {
        match self.role_in_flight(key) {
            FlightRole::Follower(mut result) => {
                let outcome = result.wait_for(Option::is_some).await.ok().and_then(|outcome| outcome.clone());
                // A follower fails with its leader. Another lookup would wait just as long for the same database.
                outcome.ok_or_else(lost)
            }
            FlightRole::Leader(sender) => {
                let flight = Flight { flights: self, key, sender };
                let outcome = refresh().await?;
                flight.sender.send_replace(Some(outcome.clone()));
                Ok(outcome)
            }
        }
    }

    fn role_in_flight(&self, key: FlightKey) -> FlightRole {
        let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(result) = flights.get(&key) {
            return FlightRole::Follower(result.clone());
        }
        let (sender, receiver) = watch::channel(None);
        flights.insert(key, receiver);
        FlightRole::Leader(sender)
    }
}

/// The role of a caller in the refresh that it joins.
enum FlightRole {
    /// Runs the refresh and publishes its result.
    Leader(watch::Sender<Option<RefreshOutcome>>),
    /// Waits for the result.
    Follower(watch::Receiver<Option<RefreshOutcome>>),
}

/// A refresh in progress. Dropping it for any reason removes it from the list.
struct Flight<'a> {
    flights: &'a RefreshFlights,
    key: FlightKey,
    sender: watch::Sender<Option<RefreshOutcome>>,
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        self.flights.flights.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}
