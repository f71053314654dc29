//! Something new that exists once its transaction commits, so that its creator can be shown it first: if it cannot be
//! shown, it is not created.

use crate::domain::Result;
use crate::store::{OneTenant, OperatorTx, Tx};

/// A new object that is not committed yet. If dropped, it was never created.
pub struct Uncommitted<T, Scope = OneTenant> {
    made: T,
    tx: Tx<Scope>,
    /// Another transaction whose locks must be held until the first is committed.
    guard: Option<OperatorTx>,
}

impl<T, Scope> Uncommitted<T, Scope> {
    pub(super) fn new(tx: Tx<Scope>, made: T) -> Self {
        Self { made, tx, guard: None }
    }

    pub(super) fn guarded_by(mut self, guard: OperatorTx) -> Self {
        self.guard = Some(guard);
        self
    }

    /// The object that will exist.
    pub fn made(&self) -> &T {
        &self.made
    }

    /// Commits the transaction that creates it.
    ///
    /// # Errors
    /// `database_unavailable` if the commit is not known to have succeeded.
    pub async fn commit(self) -> Result<T> {
        self.tx.commit().await?;
        if let Some(guard) = self.guard {
            guard.commit().await?;
        }
        Ok(self.made)
    }
}
