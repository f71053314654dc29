//! The text search in operators' lists of accounts.
//!
//! The best strategy depends on how common the text is, and the planner cannot know: row-level security withholds a
//! column's statistics from everything but plain comparisons. Therefore the search finds out. It scans the next rows of
//! the list, which fills a page if the text is common, and uses the trigram index if it is rare. A text may be common
//! and yet occur in none of the next rows, such as a family name in the order of e-mail addresses that begin with a
//! first name. In that case it scans further.
//!
//! All words of the text must occur, in any order (`words.rs`). Operators' lists begin with what matches best (`best.rs`), and what follows
//! has a limited time (`parts.rs`).

mod best;
mod budget;
mod fragment;
mod frequency;
mod parts;
mod prepared;
mod words;

use bowline_api::page::Total;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::order::Order;
use super::query::{ids, with_ids};
use super::seen::{Rows, SeenAccount};
use crate::domain::{AccountFilter, Result};
use crate::store::OperatorTx;
use crate::store::schema::accounts;
pub use best::Placed;
pub use budget::Budget;
use fragment::{First, Having, has};
pub use parts::SearchPage;
use words::{IdEnd, Word, words};

/// How many rows are scanned first, and how many if the text occurs in these, but not often enough.
const FIRST_STRETCH: i64 = 1_000;
const LONG_STRETCH: i64 = 20_000;
/// How many rows are scanned for a common text, because the index would have to read and sort all its rows.
const LAST_STRETCH: i64 = 500_000;
/// This many matches in the first stretch suggest that the long one fills a page sooner than the index.
const PROMISING: usize = 3;
/// This many matches in the newest rows, a first stretch, are enough to estimate how common the text is. Fewer are
/// counted.
const COMMON: i64 = 10;
/// The maximum number of accounts whose ids may have the same end: it has 28 bits.
const ALIKE: i64 = 100;

/// How much a search looks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent {
    /// The maximum number of rows.
    pub(super) limit: i64,
    /// Whether all rows that have the words are counted if the index is read for them anyway.
    pub(super) is_counted: bool,
    /// The time that is left, unless any is.
    pub(super) budget: Option<Budget>,
}

/// The text that is searched for.
#[derive(Debug, Clone)]
pub(super) struct SearchText {
    words: Vec<Word>,
    /// The accounts whose id, or the end of whose id, was given as the text.
    ids: Vec<Uuid>,
}

impl SearchText {
    /// The same words without the accounts whose id was given, which are found elsewhere.
    fn without_ids(&self) -> Self {
        Self { words: self.words.clone(), ids: Vec::new() }
    }
}

/// Adds the text to a boxed query of any kind, to be answered by the trigram index.
macro_rules! found {
    ($query:expr, $wanted:expr) => {{
        let wanted: &SearchText = $wanted;
        let mut query = $query;
        for word in &wanted.words {
            query = if wanted.ids.is_empty() {
                query.filter(has(word))
            } else {
                query.filter(has(word).or(accounts::id.eq_any(wanted.ids.clone())))
            };
        }
        query
    }};
}

impl OperatorTx {
    /// What the filter's text searches for; none if it has no text.
    pub(super) async fn search_text(&mut self, filter: &AccountFilter) -> Result<Option<SearchText>> {
        let Some(text) = filter.text.as_deref() else { return Ok(None) };
        let words = words(text);
        if words.is_empty() {
            return Ok(None);
        }
        let mut ids: Vec<Uuid> = filter.id.into_iter().collect();
        if let (None, Some(end)) = (filter.id, IdEnd::of(text)) {
            let alike = accounts::table
                .filter(sql::<Text>("right(accounts.id::text, 7)").eq(end.digits.clone()))
                .select(accounts::id)
                .limit(ALIKE);
            let alike: Vec<Uuid> = alike.load(self.connection()).await?;
            ids.extend(alike.into_iter().filter(|id| end.is_of(*id)));
        }
        Ok(Some(SearchText { words, ids }))
    }

    /// Puts rows of `list`, which is in `order` and has one state at most, into `found`: those that have the words. What a statement has found
    /// stays there if a later one runs out of time. Returns how many rows of the list have the words, if that has become known.
    pub(super) async fn search_accounts(
        &mut self,
        filter: &AccountFilter,
        (list, order): (impl Fn() -> Rows, Order),
        wanted: &SearchText,
        Extent { limit, is_counted, budget }: Extent,
        found: &mut Vec<SeenAccount>,
    ) -> Result<Option<u64>> {
        let mut stretch = wanted.ids.is_empty().then_some(FIRST_STRETCH);
        while let Some(length) = stretch {
            self.keep_to(budget).await?;
            let looked_through = order.sorted(list()).limit(length);
            let within = Having { of: looked_through, words: &wanted.words, limit };
            *found = within.load(self.connection()).await?;
            if i64::try_from(found.len()) == Ok(limit) {
                return Ok(None);
            }
            self.keep_to(budget).await?;
            let rest = order.sorted(list()).offset(length).limit(1);
            if rest.load::<SeenAccount>(self.connection()).await?.is_empty() {
                return Ok(u64::try_from(found.len()).ok());
            }
            stretch = match length {
                FIRST_STRETCH if found.len() >= PROMISING => Some(LONG_STRETCH),
                // Neighbours in this order have nothing in common, so the text is as rare everywhere as in the rows looked through.
                FIRST_STRETCH | LONG_STRETCH if order.is_by_age() => None,
                FIRST_STRETCH | LONG_STRETCH => {
                    let frequent = self.frequency(filter, wanted).await?;
                    (frequent.found >= COMMON).then_some(LAST_STRETCH)
                }
                _ => None,
            };
        }
        self.keep_to(budget).await?;
        let wanted = &self.with_common_words(filter, wanted).await?;
        self.keep_to(budget).await?;
        let first = First { of: found!(list(), wanted).offset(0), order: order.sql(), limit, is_counted };
        let first: Vec<(Uuid, Option<i64>)> = first.load(self.connection()).await?;
        let [(_, count), ..] = first[..] else {
            found.clear();
            return Ok(Some(0));
        };
        let ids: Vec<Uuid> = first.into_iter().map(|(id, _)| id).collect();
        self.keep_to(budget).await?;
        // Without the filter: a row that has changed meanwhile must not make the page look like the last one.
        *found = order.sorted(with_ids(ids)).load(self.connection()).await?;
        Ok(count.map(i64::unsigned_abs))
    }

    /// Leaves the next statement as much time as is left.
    async fn keep_to(&mut self, budget: Option<Budget>) -> Result<()> {
        match budget {
            Some(budget) => self.limit_statements(budget.left()).await,
            None => Ok(()),
        }
    }

    /// The number of accounts that have the words.
    pub(super) async fn count_found(&mut self, filter: &AccountFilter, wanted: &SearchText) -> Result<Total> {
        let mut total = Total::NONE;
        for one in filter.by_state() {
            total = total.plus(self.count_found_of(&one, wanted).await?);
        }
        Ok(total)
    }

    /// The same for a filter with one state at most.
    async fn count_found_of(&mut self, filter: &AccountFilter, wanted: &SearchText) -> Result<Total> {
        let mut expected = 0;
        if wanted.ids.is_empty() {
            let newest = self.frequency(filter, wanted).await?;
            let (found, looked_at) = (newest.found, newest.looked_at);
            if looked_at < FIRST_STRETCH {
                return Ok(Total { count: found.unsigned_abs(), approximate: false });
            }
            let all = self.expected_accounts(filter).await?.unwrap_or_default();
            let found_of_all = all.saturating_mul(found.unsigned_abs());
            // Before the first ANALYZE the planner's estimate is close to zero.
            expected = (found_of_all / FIRST_STRETCH.unsigned_abs()).max(found.unsigned_abs());
            if found >= COMMON {
                return Ok(Total { count: expected, approximate: true });
            }
        }
        self.count_some(found!(ids(filter), wanted), expected).await
    }
}
