//! What became of a transaction whose COMMIT was not answered: Postgres knows for as long as anybody may ask.

use diesel::dsl::sql;
use diesel::result::Error as DieselError;
use diesel::sql_types::{Nullable, Text};
use diesel_async::RunQueryDsl;

use super::{Store, Tx};
use crate::domain::{Error, Result};

/// The number that Postgres has given to one transaction (`xid8`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransactionId(String);

/// What became of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// What it did is there.
    Committed,
    /// What it did is not there, and never will be.
    Aborted,
    /// It is still under way, such as one that waits for a standby.
    InProgress,
}

impl<Scope> Tx<Scope> {
    /// The number of this transaction, which is given to it by that if it had none.
    ///
    /// # Errors
    /// Those of any statement.
    pub async fn id(&mut self) -> Result<TransactionId> {
        let id = diesel::select(sql::<Text>("pg_current_xact_id()::text"));
        Ok(TransactionId(id.get_result(self.connection()).await?))
    }
}

impl Store {
    /// What became of a transaction that ended within the last days.
    ///
    /// # Errors
    /// Those of any statement.
    pub async fn fate(&self, transaction: &TransactionId) -> Result<Fate> {
        let mut tx = self.worker().await?;
        let status = sql::<Nullable<Text>>("pg_xact_status(").bind::<Text, _>(&transaction.0).sql("::xid8)");
        let status: Result<Option<String>, _> = diesel::select(status).get_result(tx.connection()).await;
        let fate = match status {
            Ok(status) => match status.as_deref() {
                Some("aborted") => Ok(Fate::Aborted),
                Some("in progress") => Ok(Fate::InProgress),
                // None says that it is too long ago; most that were to be committed were.
                _ => Ok(Fate::Committed),
            },
            // A standby has taken over that had not heard of it.
            Err(DieselError::DatabaseError(_, said)) if said.message().ends_with("is in the future") => {
                return Ok(Fate::Aborted);
            }
            Err(error) => Err(Error::from(error)),
        };
        tx.finish(fate).await
    }
}
