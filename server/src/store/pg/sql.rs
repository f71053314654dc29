//! SQL that Diesel does not have.

use std::time::Duration;

use diesel::data_types::PgInterval;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz, Uuid};

diesel::define_sql_function! {
    /// The first time that is not null. `now()` must not be used in an UPDATE, because Citus rejects functions there
    /// that are not immutable; the transaction's time is bound instead.
    fn coalesce(first: Nullable<Timestamptz>, other: Nullable<Timestamptz>) -> Nullable<Timestamptz>;
}

diesel::define_sql_function! {
    /// Postgres's own hash of a UUID.
    fn uuid_hash_extended(value: Uuid, seed: BigInt) -> BigInt;
}
diesel::define_sql_function! {
    /// Postgres's own hash of a text.
    fn hashtextextended(value: Text, seed: BigInt) -> BigInt;
}
diesel::define_sql_function! {
    /// Waits for an advisory lock and takes it until the transaction ends. It returns `void`, a type that Diesel lacks;
    /// the value is never read.
    fn pg_advisory_xact_lock(key: BigInt) -> Bool;
}
diesel::define_sql_function! {
    /// Takes an advisory lock until the transaction ends, if it is free.
    fn pg_try_advisory_xact_lock(key: BigInt) -> Bool;
}

/// Converts `duration` to an interval that Postgres can add to a time.
pub(in crate::store) fn interval(duration: Duration) -> PgInterval {
    let microseconds = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
    PgInterval::from_microseconds(microseconds)
}

/// The text of a `bytea`.
pub(in crate::store) fn bytea(bytes: &[u8]) -> String {
    format!("\\x{}", hex::encode(bytes))
}
