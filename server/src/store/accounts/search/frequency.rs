//! How often the words of a search occur in the newest rows of a list, from which the search learns how common they are.

use bowline_api::admin::AccountSort;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt};
use diesel_async::RunQueryDsl;

use super::fragment::{push_word, push_words};
use super::words::Word;
use super::{FIRST_STRETCH, SearchText};
use crate::domain::{AccountFilter, Result};
use crate::store::OperatorTx;
use crate::store::accounts::order::{Order, Range};
use crate::store::accounts::query::rows;
use crate::store::accounts::seen::Rows;

/// The number of rows with a text, among those scanned.
pub(super) struct Frequent {
    pub(super) found: i64,
    pub(super) looked_at: i64,
}

impl OperatorTx {
    /// How often the text occurs in the newest rows of a list with one state at most, whatever its order.
    pub(super) async fn frequency(
        &mut self,
        filter: &AccountFilter,
        wanted: &SearchText,
    ) -> Result<Frequent> {
        let of = newest(filter);
        let (found, looked_at) = Frequency { of, words: &wanted.words }.get_result(self.connection()).await?;
        Ok(Frequent { found, looked_at })
    }

    /// Marks the words that most of the newest rows have, if there are others. The trigram index would walk through the entries of such a
    /// word for millions of rows, and save at most half of the rows that it finds by the other words.
    pub(super) async fn with_common_words(
        &mut self,
        filter: &AccountFilter,
        wanted: &SearchText,
    ) -> Result<SearchText> {
        let mut marked = wanted.clone();
        if marked.words.len() < 2 || !marked.ids.is_empty() {
            return Ok(marked);
        }
        let of = newest(filter);
        let (found, looked_at): (Vec<i64>, i64) =
            FrequencyOfEach { of, words: &wanted.words }.get_result(self.connection()).await?;
        let is_common = |found: &i64| found.saturating_mul(2) > looked_at;
        if !found.iter().all(is_common) {
            for (word, found) in marked.words.iter_mut().zip(&found) {
                // A pair of metadata has two patterns, and the index may be needed for one of them.
                word.is_common = is_common(found) && word.pair.is_none();
            }
        }
        Ok(marked)
    }
}

/// The newest rows of a list with one state at most, whatever its order.
fn newest(filter: &AccountFilter) -> Rows {
    let by_id = AccountFilter { sort: AccountSort::Newest, ..filter.clone() };
    let order = Order::of(&by_id, false);
    order.sorted(rows(&by_id, order, &Range::Whole)).limit(FIRST_STRETCH)
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

/// How many rows of a list have each of these words, and how many rows it has.
pub(super) struct FrequencyOfEach<'a> {
    pub(super) of: Rows,
    pub(super) words: &'a [Word],
}

impl QueryFragment<Pg> for FrequencyOfEach<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT ARRAY[");
        for (at, word) in self.words.iter().enumerate() {
            out.push_sql(if at == 0 { "count(*) FILTER (WHERE " } else { ", count(*) FILTER (WHERE " });
            push_word(word, out.reborrow())?;
            out.push_sql(")");
        }
        out.push_sql("], count(*) FROM (");
        QueryFragment::<Pg>::walk_ast(&self.of, out.reborrow())?;
        out.push_sql(") AS accounts");
        Ok(())
    }
}

impl Query for FrequencyOfEach<'_> {
    type SqlType = (Array<BigInt>, BigInt);
}

impl QueryId for FrequencyOfEach<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
