//! The text search in operators' lists of accounts.
//!
//! The best strategy depends on how common the text is, and the planner cannot know: row-level security withholds a
//! column's statistics from everything but plain comparisons. Therefore the search finds out. It scans the next rows of
//! the list, which fills a page if the text is common, and uses the trigram index if it is rare. A text may be common
//! and yet occur in none of the next rows, such as a family name in the order of e-mail addresses that begin with a
//! first name. In that case it scans further.

mod fragment;

use bowline_api::admin::AccountSort;
use bowline_api::page::Total;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::order::{Order, Range};
use super::query::{ids, rows};
use super::seen::SeenAccount;
use crate::domain::fold::fold;
use crate::domain::{AccountFilter, Result};
use crate::store::OperatorTx;
use crate::store::schema::accounts;
use fragment::{Frequency, How, Picked, SEARCHED};

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

/// The text that is searched for.
#[derive(Debug, Clone)]
pub(super) struct SearchText {
    /// A LIKE pattern.
    pattern: String,
    /// The account whose id was given as the text.
    id: Option<Uuid>,
}

impl SearchText {
    pub(super) fn of(filter: &AccountFilter) -> Option<Self> {
        let text = filter.text.as_deref().map(fold).filter(|text| !text.is_empty());
        text.map(|text| Self { pattern: pattern(&text), id: filter.id })
    }
}

/// Adds the text to a boxed query of any kind, to be answered by the trigram index.
macro_rules! found {
    ($query:expr, $wanted:expr) => {{
        let wanted: &SearchText = $wanted;
        let found = sql::<Bool>(SEARCHED).sql(" LIKE ").bind::<Text, _>(wanted.pattern.clone());
        match wanted.id {
            Some(id) => $query.filter(found.or(accounts::id.eq(id))),
            None => $query.filter(found),
        }
    }};
}

impl OperatorTx {
    /// Up to `limit` rows of a list in `order` that are in `range` and match.
    pub(super) async fn search_accounts(
        &mut self,
        filter: &AccountFilter,
        order: Order,
        range: &Range,
        wanted: &SearchText,
        limit: i64,
    ) -> Result<Vec<SeenAccount>> {
        let list = || rows(filter, order, range);
        let mut stretch = wanted.id.is_none().then_some(FIRST_STRETCH);
        while let Some(length) = stretch {
            let looked_through = order.sorted(list()).limit(length);
            let within = Picked { from: looked_through, how: How::Having(&wanted.pattern), limit };
            let found: Vec<SeenAccount> = within.load(self.connection()).await?;
            if i64::try_from(found.len()) == Ok(limit) {
                return Ok(found);
            }
            let rest = order.sorted(list()).offset(length).limit(1);
            if rest.load::<SeenAccount>(self.connection()).await?.is_empty() {
                return Ok(found);
            }
            stretch = match length {
                FIRST_STRETCH if found.len() >= PROMISING => Some(LONG_STRETCH),
                FIRST_STRETCH | LONG_STRETCH => {
                    let frequent = self.frequency(filter, wanted).await?;
                    (frequent.found >= COMMON).then_some(LAST_STRETCH)
                }
                _ => None,
            };
        }
        let all = found!(list(), wanted).offset(0);
        Ok(Picked { from: all, how: How::InOrder(order.sql()), limit }.load(self.connection()).await?)
    }

    /// How often the text occurs in the newest rows of a list, whatever its order.
    async fn frequency(&mut self, filter: &AccountFilter, wanted: &SearchText) -> Result<Frequent> {
        let by_id = AccountFilter { sort: AccountSort::Newest, ..filter.clone() };
        let order = Order::of(&by_id, false);
        let newest = order.sorted(rows(&by_id, order, &Range::Whole)).limit(FIRST_STRETCH);
        let (found, looked_at) =
            Frequency { of: newest, pattern: &wanted.pattern }.get_result(self.connection()).await?;
        Ok(Frequent { found, looked_at })
    }

    pub(super) async fn count_found(&mut self, filter: &AccountFilter, wanted: &SearchText) -> Result<Total> {
        let mut expected = 0;
        if wanted.id.is_none() {
            let Frequent { found, looked_at } = self.frequency(filter, wanted).await?;
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

/// The number of rows with a text, among those scanned.
struct Frequent {
    found: i64,
    looked_at: i64,
}

/// A pattern for a folded text anywhere, with LIKE wildcards escaped.
fn pattern(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for c in text.chars() {
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
        assert_eq!(pattern(&fold("50%_A\\")), "%50\\%\\_a\\\\%");
    }
}
