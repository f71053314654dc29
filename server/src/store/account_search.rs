//! Operators' search for a text in the lists of accounts.
//!
//! How to look depends on how common the text is, and the planner cannot know: row-level security keeps the statistics of a column
//! from everything but plain comparisons. So the search finds out: it looks through the next rows of the list, which fills a
//! page where the text is common, and asks the trigram index where it is rare.

use bowline_api::admin::AccountSort;
use bowline_api::page::Total;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Text};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::OperatorTx;
use super::account_lists::{AccountFilter, Rows, SeenAccount, ids, rows};
use super::account_order::{Order, Range};
use super::estimate::Counted;
use super::schema::accounts;
use crate::domain::Result;

/// Rows that are looked through first, and where the text occurs in these, but not often enough.
const FIRST_STRETCH: i64 = 1_000;
const LONG_STRETCH: i64 = 20_000;
/// So many in the first stretch promise a page of the long one, sooner than the index would have them all.
const PROMISING: usize = 3;
/// So many in the first stretch tell how common the text is; fewer are counted.
const COMMON: i64 = 10;

/// What is looked for.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    /// A pattern of LIKE.
    pattern: String,
    /// The account whose id was given as the text.
    id: Option<Uuid>,
}

impl Wanted {
    pub(super) fn of(filter: &AccountFilter) -> Option<Self> {
        filter.text.as_deref().map(|text| Self { pattern: pattern(text), id: filter.id })
    }
}

/// Adds the text to a boxed query of any kind, for the trigram index to answer.
macro_rules! found {
    ($query:expr, $wanted:expr) => {{
        let wanted: &Wanted = $wanted;
        let found = accounts::search.like(wanted.pattern.clone());
        match wanted.id {
            Some(id) => $query.filter(found.or(accounts::id.eq(id))),
            None => $query.filter(found),
        }
    }};
}

impl OperatorTx {
    /// Up to `limit` rows of `list`, in `order`, that have what is wanted.
    pub(super) async fn search_accounts(
        &mut self,
        list: impl Fn() -> Rows,
        order: Order,
        wanted: &Wanted,
        limit: i64,
    ) -> Result<Vec<SeenAccount>> {
        let stretches: &[i64] = if wanted.id.is_some() { &[] } else { &[FIRST_STRETCH, LONG_STRETCH] };
        for &length in stretches {
            let within = Within { stretch: order.sorted(list()).limit(length), wanted, limit };
            let found: Vec<SeenAccount> = within.load(self.connection()).await?;
            if i64::try_from(found.len()) == Ok(limit) {
                return Ok(found);
            }
            let rest = order.sorted(list()).offset(length).limit(1);
            if rest.load::<SeenAccount>(self.connection()).await?.is_empty() {
                return Ok(found);
            }
            if found.len() < PROMISING {
                break;
            }
        }
        let all = found!(list(), wanted);
        Ok(Sorted { all: all.offset(0), order: order.sql(), limit }.load(self.connection()).await?)
    }

    pub(super) async fn count_found(&mut self, filter: &AccountFilter, wanted: &Wanted) -> Result<Total> {
        let mut expected = 0;
        if wanted.id.is_none() {
            let by_id = AccountFilter { sort: AccountSort::Newest, ..filter.clone() };
            let order = Order::of(&by_id, false);
            let newest = || order.sorted(rows(&by_id, order, &Range::Whole)).limit(FIRST_STRETCH);
            let within = Within { stretch: newest(), wanted, limit: FIRST_STRETCH };
            let found: i64 = Counted(within).get_result(self.connection()).await?;
            let looked_at: i64 = Counted(newest()).get_result(self.connection()).await?;
            if looked_at < FIRST_STRETCH {
                return Ok(Total { count: found.unsigned_abs(), approximate: false });
            }
            let found_of_all = self.expected_accounts(filter).await?.saturating_mul(found.unsigned_abs());
            // Before the first ANALYZE the planner expects next to nothing.
            expected = (found_of_all / FIRST_STRETCH.unsigned_abs()).max(found.unsigned_abs());
            if found >= COMMON {
                return Ok(Total { count: expected, approximate: true });
            }
        }
        self.count_some(found!(ids(filter), wanted), expected).await
    }
}

/// What is found in some rows of a list, in their order.
struct Within<'a> {
    stretch: Rows,
    wanted: &'a Wanted,
    limit: i64,
}

impl QueryFragment<Pg> for Within<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT * FROM (");
        QueryFragment::<Pg>::walk_ast(&self.stretch, out.reborrow())?;
        out.push_sql(") AS accounts WHERE accounts.search LIKE ");
        out.push_bind_param::<Text, _>(&self.wanted.pattern)?;
        out.push_sql(" LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.limit)
    }
}

/// All that is found of a list, put into its order afterwards: the planner may not walk the order and hope to come upon it.
struct Sorted {
    all: Rows,
    order: &'static str,
    limit: i64,
}

impl QueryFragment<Pg> for Sorted {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT * FROM (");
        QueryFragment::<Pg>::walk_ast(&self.all, out.reborrow())?;
        out.push_sql(") AS accounts ORDER BY ");
        out.push_sql(self.order);
        out.push_sql(" LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.limit)
    }
}

/// What a list's query answers.
type Seen = diesel::dsl::SqlTypeOf<diesel::helper_types::AsSelect<SeenAccount, Pg>>;

impl Query for Within<'_> {
    type SqlType = Seen;
}

impl Query for Sorted {
    type SqlType = Seen;
}

impl QueryId for Within<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryId for Sorted {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

/// `text` anywhere, with the wildcards of LIKE as plain characters.
fn pattern(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for c in text.to_lowercase().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_are_plain_characters() {
        assert_eq!(pattern("50%_A\\"), "%50\\%\\_a\\\\%");
    }
}
