//! Wraps queries to learn how many rows they find: by counting, or as the planner thinks.

use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Json};
use serde_json::Value;

/// `EXPLAIN` of a query, as one JSON value.
#[derive(Debug, Clone, Copy, QueryId)]
pub(super) struct Explained<Q>(pub(super) Q);

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Explained<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("EXPLAIN (FORMAT JSON) ");
        self.0.walk_ast(out)
    }
}

impl<Q> Query for Explained<Q> {
    type SqlType = Json;
}

/// The number of rows of a query.
#[derive(Debug, Clone, Copy, QueryId)]
pub(super) struct Counted<Q>(pub(super) Q);

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Counted<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT count(*) FROM (");
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(") AS counted");
        Ok(())
    }
}

impl<Q> Query for Counted<Q> {
    type SqlType = BigInt;
}

/// The rows that the topmost node of a plan expects.
pub(super) fn expected_rows(plan: &Value) -> Option<u64> {
    plan.get(0)?.get("Plan")?.get("Plan Rows")?.as_f64().map(|rows| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float cast saturates")]
        let rows = rows as u64;
        rows
    })
}
