//! What a failed statement means for the caller: which constraint, a timeout, a lost connection, an unconfirmed commit.

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

/// Whether nothing is wrong with the statement itself: the connection broke, or the database ran out of time, was
/// shutting down, was a standby, or chose this transaction to end a deadlock. Nothing was done, and the same request
/// may succeed.
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
            TRANSIENT_MESSAGES.iter().any(|start| message.starts_with(start))
        }
        _ => false,
    }
}

/// The beginning of Postgres's message for a statement that took longer than `statement_timeout`.
const STATEMENT_OUT_OF_TIME: &str = "canceling statement due to statement timeout";

/// The beginnings of the messages of Postgres, `PgBouncer` and Citus for temporary failures.
///
/// Diesel does not expose the SQLSTATE: diesel-async copies the error into a private type that only returns texts.
/// Therefore the server's role must use English messages (`lc_messages`); in another language these errors would be 500
/// instead of 503.
const TRANSIENT_MESSAGES: [&str; 29] = [
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
    "sorry, too many clients",
    "remaining connection slots",
    "maximum number of prepared transactions reached",
    "server conn crashed",
    "server closed the connection",
    "query_wait_timeout",
    // Citus, for an unreachable node, in the words of its coordinator or of libpq there.
    "connection to the remote node",
    "connection establishment for node",
    "could not establish any connections to the node",
    "could not establish connection after",
    "failure on connection marked as essential",
    "connection not open",
    "no connection to the server",
    "could not receive data from server",
    "could not send data to server",
    "SSL connection has been closed unexpectedly",
    "SSL SYSCALL error",
    // Citus, for temporary conditions: a deadlock across several nodes, and a coordinator that accepts no writes at the
    // moment.
    "canceling the transaction since it was involved in a distributed deadlock",
    "writing to worker nodes is not currently allowed",
];

/// Whether the database responded, but a statement exceeded its time limit.
pub(in crate::store) fn ran_out_of_time(error: &Error) -> bool {
    matches!(error, Error::Unavailable(source) if source.to_string().starts_with(STATEMENT_OUT_OF_TIME))
}

/// Whether a text that a caller sent contains a NUL, which JSON and URLs can express but Postgres cannot store.
fn has_nul(error: &DieselError) -> bool {
    let nul = "invalid byte sequence for encoding \"UTF8\": 0x00";
    matches!(error, DieselError::DatabaseError(_, information) if information.message().starts_with(nul))
}

/// The name of the constraint that a statement violated, if that is why it failed.
///
/// Citus does not send the name as a field, and the constraints of its shards have the shard's number appended.
/// Therefore the name is taken from the message if necessary, and without that number.
pub fn violated(error: &DieselError) -> Option<&str> {
    match error {
        DieselError::DatabaseError(
            DatabaseErrorKind::UniqueViolation
            | DatabaseErrorKind::ForeignKeyViolation
            | DatabaseErrorKind::CheckViolation,
            information,
        ) => {
            let named = information.constraint_name().filter(|name| !name.is_empty());
            named.or_else(|| quoted_constraint(information.message())).map(without_shard)
        }
        _ => None,
    }
}

/// Extracts the name from `duplicate key value violates unique constraint "tenants_slug_key_102008"` and the similar
/// messages for keys and checks.
fn quoted_constraint(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once(" constraint \"")?;
    rest.split_once('"').map(|(name, _)| name)
}

/// Removes a shard's number, which has at least six digits.
fn without_shard(name: &str) -> &str {
    match name.rsplit_once('_') {
        Some((constraint, shard)) if shard.len() >= 6 && shard.bytes().all(|byte| byte.is_ascii_digit()) => {
            constraint
        }
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn constraint_error_code(kind: DatabaseErrorKind, message: &str) -> Code {
        Error::from(DieselError::DatabaseError(kind, Box::new(message.to_owned()))).code()
    }

    #[test]
    fn temporary_database_errors_are_reported_as_unavailable() {
        for message in [
            "canceling statement due to lock timeout",
            "deadlock detected",
            "terminating connection due to x",
        ] {
            assert_eq!(
                constraint_error_code(DatabaseErrorKind::Unknown, message),
                Code::DatabaseUnavailable,
                "{message}"
            );
        }
        assert_eq!(
            constraint_error_code(DatabaseErrorKind::ReadOnlyTransaction, "cannot"),
            Code::DatabaseUnavailable
        );
        assert_eq!(
            constraint_error_code(DatabaseErrorKind::Unknown, "relation \"x\" does not exist"),
            Code::Internal
        );
    }

    #[test]
    fn an_unreachable_node_is_reported_as_unavailable() {
        for message in [
            "connection to the remote node bowline_server@worker-2.internal:5432 failed with the following error: \
             Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?",
            "connection to the remote node bowline_server@worker-2.internal:5432 failed",
            "could not establish any connections to the node worker-2.internal:5432 after 30000 ms",
            "server closed the connection unexpectedly\n\tThis probably means the server terminated abnormally",
            "terminating connection due to administrator command",
            "canceling the transaction since it was involved in a distributed deadlock",
        ] {
            assert_eq!(
                constraint_error_code(DatabaseErrorKind::Unknown, message),
                Code::DatabaseUnavailable,
                "{message}"
            );
        }
        let shape = "complex joins are only supported when all distributed tables are co-located";
        assert_eq!(constraint_error_code(DatabaseErrorKind::Unknown, shape), Code::Internal);
    }

    /// A violation as Postgres reports it, with or without its fields.
    #[derive(Debug)]
    struct Said(&'static str, Option<&'static str>);

    impl diesel::result::DatabaseErrorInformation for Said {
        fn message(&self) -> &str {
            self.0
        }
        fn details(&self) -> Option<&str> {
            None
        }
        fn hint(&self) -> Option<&str> {
            None
        }
        fn table_name(&self) -> Option<&str> {
            None
        }
        fn column_name(&self) -> Option<&str> {
            None
        }
        fn constraint_name(&self) -> Option<&str> {
            self.1
        }
        fn statement_position(&self) -> Option<i32> {
            None
        }
    }

    #[test]
    fn the_constraint_is_found_in_the_field_and_without_it_in_the_words() {
        use DatabaseErrorKind::{CheckViolation, ForeignKeyViolation, NotNullViolation, UniqueViolation};
        let unique = "duplicate key value violates unique constraint \"tenants_slug_key_102008\"";
        let check = "new row for relation \"operators\" violates check constraint \"operators_name_form\"";
        let foreign = "insert or update on table \"accounts_102010\" violates foreign key constraint \
                       \"accounts_connector_fkey_1020100\"";
        let parent = "update or delete on table \"accounts_102010\" violates foreign key constraint \
                      \"token_holdings_account_fkey_102090\" on table \"token_holdings_102090\"";
        for (kind, message, field, name) in [
            (UniqueViolation, unique, None, Some("tenants_slug_key")),
            (UniqueViolation, unique, Some(""), Some("tenants_slug_key")),
            (UniqueViolation, unique, Some("tenants_slug_key_102008"), Some("tenants_slug_key")),
            (UniqueViolation, "another language", Some("tenants_slug_key"), Some("tenants_slug_key")),
            (UniqueViolation, "another language", None, None),
            (CheckViolation, check, None, Some("operators_name_form")),
            (ForeignKeyViolation, foreign, None, Some("accounts_connector_fkey")),
            (ForeignKeyViolation, parent, None, Some("token_holdings_account_fkey")),
            (UniqueViolation, "violates unique constraint \"x_key_12345\"", None, Some("x_key_12345")),
            (NotNullViolation, unique, Some("tenants_slug_key"), None),
        ] {
            let error = DieselError::DatabaseError(kind, Box::new(Said(message, field)));
            assert_eq!(violated(&error), name, "{message}");
        }
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
        assert_eq!(constraint_error_code(DatabaseErrorKind::Unknown, message), Code::InvalidField);
    }
}
