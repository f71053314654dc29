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
/// The same for words that the index must not be asked for.
const SEARCHED_WITHOUT_INDEX: &str = "(coalesce(accounts.search_text, accounts.search COLLATE \"C\") || '')";

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
    if word.is_common {
        let whole = sql::<Bool>(SEARCHED_WITHOUT_INDEX).sql(" LIKE ").bind::<Text, _>(word.pattern.clone());
        return Box::new(whole);
    }
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
pub(super) fn push_words<'b>(words: &'b [Word], mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
    for (at, word) in words.iter().enumerate() {
        if at > 0 {
            out.push_sql(" AND ");
        }
        push_word(word, out.reborrow())?;
    }
    Ok(())
}

/// The condition that a row has a word.
pub(super) fn push_word<'b>(word: &'b Word, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
    out.push_sql("(");
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

/// The ids of the first ones of some rows in an order, each with the number of all rows if that is wanted. The rows are sorted afterwards, so
/// that the planner cannot walk the order and hope to find them. Only what the order needs is read of them: they may be many.
pub(super) struct First {
    pub(super) of: Rows,
    pub(super) order: &'static str,
    pub(super) limit: i64,
    pub(super) is_counted: bool,
}

impl QueryFragment<Pg> for First {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let count = if self.is_counted { "count(*) OVER ()" } else { "NULL::bigint" };
        out.push_sql("SELECT accounts.id, ");
        out.push_sql(count);
        out.push_sql(" FROM (");
        QueryFragment::<Pg>::walk_ast(&self.of, out.reborrow())?;
        out.push_sql(") AS accounts ORDER BY ");
        out.push_sql(self.order);
        out.push_sql(" LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.limit)
    }
}

impl Query for First {
    type SqlType = (sql_types::Uuid, Nullable<BigInt>);
}

impl QueryId for First {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

#[cfg(test)]
mod tests {
    use diesel::debug_query;

    use super::*;
    use crate::domain::AccountFilter;
    use crate::store::accounts::order::{Order, Range};
    use crate::store::accounts::query::rows;

    #[test]
    fn matches_are_counted_if_that_is_asked_for() {
        let filter = AccountFilter::default();
        let order = Order::of(&filter, false);
        for is_counted in [false, true] {
            let of = rows(&filter, order, &Range::Whole);
            let first = First { of, order: order.sql(), limit: 1, is_counted };
            let sql = debug_query::<Pg, _>(&first).to_string();
            assert_eq!(sql.contains("count("), is_counted, "{sql}");
        }
    }
}
