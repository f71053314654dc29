//! Statements around a list of accounts that the planner must not see through.

use diesel::dsl::SqlTypeOf;
use diesel::helper_types::AsSelect;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Text};

use crate::store::accounts::seen::{Rows, SeenAccount};

/// The searched expression: the text folded by the server, or the old one where that is still to be filled in. An index
/// has exactly this expression.
pub(super) const SEARCHED: &str = "coalesce(accounts.search_text, accounts.search COLLATE \"C\")";

/// Some rows of a list.
pub(super) struct Picked<'a> {
    pub(super) from: Rows,
    pub(super) how: How<'a>,
    pub(super) limit: i64,
}

/// Which rows.
pub(super) enum How<'a> {
    /// Those that match this LIKE pattern, in the list's order.
    Having(&'a str),
    /// The first ones in this order, sorted afterwards, so that the planner cannot walk the order and hope to find
    /// them.
    InOrder(&'static str),
}

impl QueryFragment<Pg> for Picked<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT * FROM (");
        QueryFragment::<Pg>::walk_ast(&self.from, out.reborrow())?;
        out.push_sql(") AS accounts");
        match &self.how {
            How::Having(pattern) => {
                out.push_sql(" WHERE ");
                out.push_sql(SEARCHED);
                out.push_sql(" LIKE ");
                out.push_bind_param::<Text, _>(pattern)?;
            }
            How::InOrder(order) => {
                out.push_sql(" ORDER BY ");
                out.push_sql(order);
            }
        }
        out.push_sql(" LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.limit)
    }
}

impl Query for Picked<'_> {
    type SqlType = SqlTypeOf<AsSelect<SeenAccount, Pg>>;
}

impl QueryId for Picked<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

/// How many rows of a list match a LIKE pattern, and how many rows it has.
pub(super) struct Frequency<'a> {
    pub(super) of: Rows,
    pub(super) pattern: &'a str,
}

impl QueryFragment<Pg> for Frequency<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT count(*) FILTER (WHERE ");
        out.push_sql(SEARCHED);
        out.push_sql(" LIKE ");
        out.push_bind_param::<Text, _>(self.pattern)?;
        out.push_sql("), count(*) FROM (");
        QueryFragment::<Pg>::walk_ast(&self.of, out.reborrow())?;
        out.push_sql(") AS accounts");
        Ok(())
    }
}

impl Query for Frequency<'_> {
    type SqlType = (BigInt, BigInt);
}

impl QueryId for Frequency<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
