//! What a failed statement means for the caller.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

use super::pool::PoolError;
use crate::domain::{Code, Error};

impl From<DieselError> for Error {
    fn from(error: DieselError) -> Self {
        if means_unavailable(&error) {
            return Self::Unavailable(Box::new(error));
        }
        if has_nul(&error) {
            return Code::InvalidField.because("texts must not have a NUL character").into();
        }
        Self::internal("a database statement failed", error)
    }
}

impl From<PoolError> for Error {
    fn from(error: PoolError) -> Self {
        Self::Unavailable(Box::new(error))
    }
}

/// Whether nothing is wrong with the statement: the connection broke, the database had no time, was shutting down or a
/// standby, or chose this transaction to end a deadlock. Nothing was done, and the same request may succeed.
fn means_unavailable(error: &DieselError) -> bool {
    match error {
        DieselError::DatabaseError(
            DatabaseErrorKind::ClosedConnection
            | DatabaseErrorKind::UnableToSendCommand
            | DatabaseErrorKind::SerializationFailure
            | DatabaseErrorKind::ReadOnlyTransaction,
            _,
        )
        | DieselError::BrokenTransactionManager => true,
        DieselError::DatabaseError(_, information) => {
            let message = information.message();
            TRANSIENT.iter().any(|start| message.starts_with(start))
        }
        _ => false,
    }
}

/// How Postgres begins what it says of a statement that took longer than `statement_timeout`.
const OUT_OF_TIME: &str = "canceling statement due to statement timeout";

/// How Postgres, or `PgBouncer` in its place, begins what it says of failures that pass.
///
/// Diesel keeps the SQLSTATE to itself: diesel-async copies the error into a private type that answers with texts alone. So the
/// server's role must be spoken to in English (`lc_messages`); in another language these would be 500 instead of 503.
const TRANSIENT: [&str; 13] = [
    "canceling statement due to",
    "terminating connection",
    "terminating background worker",
    "the database system is",
    "connection closed",
    "deadlock detected",
    "could not extend file",
    "could not write to file",
    "could not fsync file",
    "out of shared memory",
    "server conn crashed",
    "server closed the connection",
    "query_wait_timeout",
];

/// Whether the database was there and a statement took longer than it may.
pub(super) fn ran_out_of_time(error: &Error) -> bool {
    matches!(error, Error::Unavailable(source) if source.to_string().starts_with(OUT_OF_TIME))
}

/// Whether a text that a caller sent has a NUL, which JSON and URLs can say and Postgres cannot keep.
fn has_nul(error: &DieselError) -> bool {
    let nul = "invalid byte sequence for encoding \"UTF8\": 0x00";
    matches!(error, DieselError::DatabaseError(_, information) if information.message().starts_with(nul))
}

/// The name of the constraint that a statement violated, if that is why it failed.
pub fn violated(error: &DieselError) -> Option<&str> {
    match error {
        DieselError::DatabaseError(
            DatabaseErrorKind::UniqueViolation
            | DatabaseErrorKind::ForeignKeyViolation
            | DatabaseErrorKind::CheckViolation,
            information,
        ) => information.constraint_name(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(kind: DatabaseErrorKind, message: &str) -> Code {
        Error::from(DieselError::DatabaseError(kind, Box::new(message.to_owned()))).code()
    }

    #[test]
    fn what_passes_is_not_a_fault_of_ours() {
        for message in [
            "canceling statement due to lock timeout",
            "deadlock detected",
            "terminating connection due to x",
        ] {
            assert_eq!(code(DatabaseErrorKind::Unknown, message), Code::DatabaseUnavailable, "{message}");
        }
        assert_eq!(code(DatabaseErrorKind::ReadOnlyTransaction, "cannot"), Code::DatabaseUnavailable);
        assert_eq!(code(DatabaseErrorKind::Unknown, "relation \"x\" does not exist"), Code::Internal);
    }

    #[test]
    fn a_slow_statement_is_told_from_other_failures_that_pass() {
        let is_slow = |message: &str| {
            let information = Box::new(message.to_owned());
            ran_out_of_time(&DieselError::DatabaseError(DatabaseErrorKind::Unknown, information).into())
        };
        assert!(is_slow("canceling statement due to statement timeout"));
        assert!(!is_slow("canceling statement due to lock timeout"));
    }

    #[test]
    fn a_nul_is_the_callers_fault() {
        let message = "invalid byte sequence for encoding \"UTF8\": 0x00";
        assert_eq!(code(DatabaseErrorKind::Unknown, message), Code::InvalidField);
    }
}
