//! SQL that Diesel does not have.

use std::time::Duration;

use diesel::data_types::PgInterval;
use diesel::sql_types::{Nullable, Timestamptz};

diesel::define_sql_function! {
    /// The first time that is not null. `now()` must not be used in an UPDATE, because Citus rejects functions there
    /// that are not immutable; the transaction's time is bound instead.
    fn coalesce(first: Nullable<Timestamptz>, other: Nullable<Timestamptz>) -> Nullable<Timestamptz>;
}

/// Converts `duration` to an interval that Postgres can add to a time.
pub(in crate::store) fn interval(duration: Duration) -> PgInterval {
    let microseconds = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
    PgInterval::from_microseconds(microseconds)
}
