//! Something new that exists once its transaction is committed, so that whoever makes it can show it first: what cannot be shown is
//! not made.

use crate::domain::Result;
use crate::store::{OneTenant, OperatorTx, Tx};

/// Something new that is not committed yet; dropped, it was never made.
pub struct Pending<T, Scope = OneTenant> {
    made: T,
    tx: Tx<Scope>,
    /// Another transaction whose locks must be held until the first is committed.
    guard: Option<OperatorTx>,
}

impl<T, Scope> Pending<T, Scope> {
    pub(super) fn new(tx: Tx<Scope>, made: T) -> Self {
        Self { made, tx, guard: None }
    }

    pub(super) fn guarded_by(mut self, guard: OperatorTx) -> Self {
        self.guard = Some(guard);
        self
    }

    /// What will have been made.
    pub fn made(&self) -> &T {
        &self.made
    }

    /// Makes it.
    ///
    /// # Errors
    /// `database_unavailable` where it is not known to have been made.
    pub async fn commit(self) -> Result<T> {
        self.tx.commit().await?;
        if let Some(guard) = self.guard {
            guard.commit().await?;
        }
        Ok(self.made)
    }
}
