//! Determines the outcome of a transaction whose COMMIT was not acknowledged, by asking Postgres.

use diesel::QueryResult;
use diesel::dsl::sql;
use diesel::result::Error as DieselError;
use diesel::sql_types::{Nullable, Text};
use diesel_async::RunQueryDsl;

use super::{Store, Tx};
use crate::domain::{Error, Result};

/// Postgres's id of a transaction (`xid8`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransactionId(String);

/// The outcome of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Its changes are stored.
    Committed,
    /// Its changes are not stored and never will be.
    Aborted,
    /// It is still in progress, for example waiting for a standby.
    InProgress,
}

impl<Scope> Tx<Scope> {
    /// The id of this transaction. Asking assigns one if it had none.
    ///
    /// # Errors
    /// Those of any statement.
    pub async fn id(&mut self) -> Result<TransactionId> {
        let id = diesel::select(sql::<Text>("pg_current_xact_id()::text"));
        Ok(TransactionId(id.get_result(self.connection()).await?))
    }
}

impl Store {
    /// The outcome of a transaction. After a crash or a failover that lost it, its id may have been assigned to another
    /// transaction, whose outcome is then returned.
    ///
    /// # Errors
    /// `database_unavailable`, also from a standby, which may not have heard of it yet.
    pub async fn fate(&self, transaction: &TransactionId) -> Result<Fate> {
        let mut tx = self.worker().await?;
        let status =
            sql::<Nullable<Text>>("CASE WHEN pg_is_in_recovery() THEN 'standby' ELSE pg_xact_status(")
                .bind::<Text, _>(&transaction.0)
                .sql("::xid8) END");
        let status = diesel::select(status).get_result(tx.connection()).await;
        tx.finish(fate_of(status)).await
    }
}

fn fate_of(status: QueryResult<Option<String>>) -> Result<Fate> {
    match status {
        Ok(status) => match status.as_deref() {
            Some("aborted") => Ok(Fate::Aborted),
            Some("in progress") => Ok(Fate::InProgress),
            Some("standby") => Err(Error::Unavailable("the database is a standby".into())),
            // It is null for a transaction so old that Postgres has forgotten it. Most of those committed.
            _ => Ok(Fate::Committed),
        },
        // A standby that never heard of it has taken over.
        Err(DieselError::DatabaseError(_, said)) if said.message().ends_with("is in the future") => {
            Ok(Fate::Aborted)
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use diesel::result::DatabaseErrorKind;

    use super::*;

    fn said(status: &str) -> Result<Fate> {
        fate_of(Ok(Some(status.to_owned())))
    }

    #[test]
    fn a_transaction_that_the_database_has_never_heard_of_was_aborted_unless_it_is_a_standby() {
        let message = Box::new("transaction ID 4294967297 is in the future".to_owned());
        let error = DieselError::DatabaseError(DatabaseErrorKind::Unknown, message);
        assert!(matches!(fate_of(Err(error)), Ok(Fate::Aborted)));
        assert!(matches!(fate_of(Err(DieselError::BrokenTransactionManager)), Err(Error::Unavailable(_))));
        assert!(matches!(said("standby"), Err(Error::Unavailable(_))));
        assert!(matches!(said("aborted"), Ok(Fate::Aborted)));
        assert!(matches!(said("in progress"), Ok(Fate::InProgress)));
        assert!(matches!(said("committed"), Ok(Fate::Committed)));
    }
}
