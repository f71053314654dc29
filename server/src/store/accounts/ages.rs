//! The conditions about how long ago accounts were used and linked.

use bowline_api::{Age, Ages};
use diesel::dsl::sql;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};

use crate::store::schema::accounts;

const LAST_USED: &str = "coalesce(accounts.last_used_at, '-infinity'::timestamptz)";
/// An account's id begins with the time at which it was made, and it is linked right then. A day of difference between clocks is allowed.
const CLOCK_DIFFERENCE_SECONDS: i64 = 86_400;

type Condition = Box<dyn BoxableExpression<accounts::table, Pg, SqlType = Bool>>;

pub(super) fn conditions(ages: &Ages) -> Vec<Condition> {
    let seconds = |age: Age| i64::try_from(age.seconds()).unwrap_or(i64::MAX / 2);
    let mut all = Vec::new();
    if let Some(age) = ages.used_within {
        all.push(compared_age(&format!("{LAST_USED} >= "), seconds(age)));
    }
    if let Some(age) = ages.unused_for {
        all.push(compared_age(&format!("{LAST_USED} < "), seconds(age)));
        // What was linked since then had no time to be used.
        all.push(compared_age("accounts.linked_at < ", seconds(age)));
    }
    if let Some(age) = ages.linked_within {
        all.push(compared_age("accounts.linked_at >= ", seconds(age)));
        all.push(id_from(seconds(age).saturating_add(CLOCK_DIFFERENCE_SECONDS)));
    }
    if let Some(age) = ages.linked_for {
        all.push(compared_age("accounts.linked_at < ", seconds(age)));
    }
    all
}

fn compared_age(to: &str, seconds: i64) -> Condition {
    Box::new(sql::<Bool>(&format!("{to} now() - ")).bind::<BigInt, _>(seconds).sql(" * interval '1 second'"))
}

/// The ids that were made since then. They are one range of the index by id, so that a list does not look through all older accounts.
fn id_from(seconds: i64) -> Condition {
    Box::new(
        sql::<Bool>("accounts.id >= (lpad(to_hex(greatest(0, ((extract(epoch FROM now()) - ")
            .bind::<BigInt, _>(seconds)
            .sql(") * 1000)::bigint)), 12, '0') || repeat('0', 20))::uuid"),
    )
}
