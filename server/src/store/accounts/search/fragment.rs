//! Statements around a list of accounts that the planner must not see through.

use diesel::dsl::{SqlTypeOf, sql};
use diesel::helper_types::AsSelect;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{self, BigInt, Bool, Nullable, Text};

use super::words::{Pair, Word};
use crate::store::accounts::seen::{Rows, SeenAccount};
use crate::store::schema::accounts;

/// The searched expression: the text folded by the server, or the old one where that is still to be filled in. An index
/// has exactly this expression.
pub(super) const SEARCHED: &str = "coalesce(accounts.search_text, accounts.search COLLATE \"C\")";

/// A pair of metadata whose name is the first parameter and whose value is the second and third, if that is not null.
/// ASCII letters are compared without case.
const HAS_PAIR: [&str; 4] = [
    " AND EXISTS (SELECT FROM jsonb_each_text(accounts.metadata) AS pair (name, value) \
      WHERE lower(pair.name COLLATE \"C\") = lower(",
    " COLLATE \"C\") AND (",
    " IS NULL OR lower(pair.value COLLATE \"C\") = lower(",
    " COLLATE \"C\")))",
];

/// The condition that a row has a word, for the trigram index.
pub(super) type Condition = Box<dyn BoxableExpression<accounts::table, Pg, SqlType = Bool>>;

pub(super) fn has(word: &Word) -> Condition {
    let whole = sql::<Bool>(SEARCHED).sql(" LIKE ").bind::<Text, _>(word.pattern.clone());
    let Some(Pair { pattern, name, value }) = word.pair.clone() else { return Box::new(whole) };
    let [exists, named, valued, end] = HAS_PAIR;
    let pair = sql::<Bool>("(")
        .sql(SEARCHED)
        .sql(" LIKE ")
        .bind::<Text, _>(pattern)
        .sql(exists)
        .bind::<Text, _>(name)
        .sql(named)
        .bind::<Nullable<Text>, _>(value.clone())
        .sql(valued)
        .bind::<Nullable<Text>, _>(value)
        .sql(end)
        .sql(")");
    Box::new(whole.or(pair))
}

/// The condition that a row has all words.
fn push_words<'b>(words: &'b [Word], mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
    for (at, word) in words.iter().enumerate() {
        out.push_sql(if at == 0 { "(" } else { " AND (" });
        out.push_sql(SEARCHED);
        out.push_sql(" LIKE ");
        out.push_bind_param::<Text, _>(&word.pattern)?;
        if let Some(Pair { pattern, name, value }) = &word.pair {
            let [exists, named, valued, end] = HAS_PAIR;
            out.push_sql(" OR (");
            out.push_sql(SEARCHED);
            out.push_sql(" LIKE ");
            out.push_bind_param::<Text, _>(pattern)?;
            out.push_sql(exists);
            out.push_bind_param::<Text, _>(name)?;
            out.push_sql(named);
            out.push_bind_param::<Nullable<Text>, _>(value)?;
            out.push_sql(valued);
            out.push_bind_param::<Nullable<Text>, _>(value)?;
            out.push_sql(end);
            out.push_sql(")");
        }
        out.push_sql(")");
    }
    Ok(())
}

/// The first rows of a list that have all these words.
pub(super) struct Having<'a> {
    pub(super) of: Rows,
    pub(super) words: &'a [Word],
    pub(super) limit: i64,
}

impl QueryFragment<Pg> for Having<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT * FROM (");
        QueryFragment::<Pg>::walk_ast(&self.of, out.reborrow())?;
        out.push_sql(") AS accounts WHERE ");
        push_words(self.words, out.reborrow())?;
        out.push_sql(" LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.limit)
    }
}

impl Query for Having<'_> {
    type SqlType = SqlTypeOf<AsSelect<SeenAccount, Pg>>;
}

impl QueryId for Having<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

/// The ids of the first ones of some rows in an order, each with the number of all rows. The rows are sorted afterwards, so that the
/// planner cannot walk the order and hope to find them. Only what the order needs is read of them: they may be many.
pub(super) struct First {
    pub(super) of: Rows,
    pub(super) order: &'static str,
    pub(super) limit: i64,
}

impl QueryFragment<Pg> for First {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT accounts.id, count(*) OVER () FROM (");
        QueryFragment::<Pg>::walk_ast(&self.of, out.reborrow())?;
        out.push_sql(") AS accounts ORDER BY ");
        out.push_sql(self.order);
        out.push_sql(" LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.limit)
    }
}

impl Query for First {
    type SqlType = (sql_types::Uuid, BigInt);
}

impl QueryId for First {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

/// How many rows of a list have all these words, and how many rows it has.
pub(super) struct Frequency<'a> {
    pub(super) of: Rows,
    pub(super) words: &'a [Word],
}

impl QueryFragment<Pg> for Frequency<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT count(*) FILTER (WHERE ");
        push_words(self.words, out.reborrow())?;
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
