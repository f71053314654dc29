//! What a failed statement means for the caller.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

use super::pool::PoolError;
use crate::domain::Error;

impl From<DieselError> for Error {
    fn from(error: DieselError) -> Self {
        if means_unavailable(&error) {
            return Self::Unavailable(Box::new(error));
        }
        Self::internal("a database statement failed", error)
    }
}

impl From<PoolError> for Error {
    fn from(error: PoolError) -> Self {
        Self::Unavailable(Box::new(error))
    }
}

/// Whether nothing is wrong with the statement: the connection broke, or the database had no time or was shutting down.
fn means_unavailable(error: &DieselError) -> bool {
    match error {
        DieselError::DatabaseError(
            DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand,
            _,
        )
        | DieselError::BrokenTransactionManager => true,
        DieselError::DatabaseError(_, information) => {
            let message = information.message();
            message.starts_with("canceling statement due to")
                || message.starts_with("terminating connection")
                || message.starts_with("connection closed")
        }
        _ => false,
    }
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
