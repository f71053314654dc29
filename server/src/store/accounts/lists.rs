//! Operators' lists of accounts across tenants, with keyset pagination, so that every page costs as much as the first.

use bowline_api::page::Total;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::Value;
use uuid::Uuid;

use super::order::{AccountKey, Order};
use super::query::{Ids, ids, rows};
use super::search::{Extent, SearchText};
use super::seen::SeenAccount;
use crate::domain::{AccountFilter, Code, Error, Result};
use crate::store::OperatorTx;
use crate::store::pg::error::ran_out_of_time;
use crate::store::pg::estimate::{Counted, Explained, expected_rows};
use crate::store::schema::accounts;

/// The maximum number of rows counted. Beyond that, the planner's estimate is used.
const MOST_ACCOUNTS_COUNTED: i64 = 2_000;
pub(super) const TOO_BROAD: &str = "no value is or begins with this text, and looking for it within texts took too long; look for a whole \
     e-mail address, user id or Dropbox id, for more of the text, or in one tenant or one status";

const TOO_RARE: &str = "looking for accounts that meet these filters took too long; look in one tenant or one status, or for used and \
     unused accounts in the order of last use (sort=used)";

impl OperatorTx {
    /// Up to `limit` accounts of the list after `from`, or with `backwards` before it, nearest first, all in the list's order. Operators'
    /// own searches are [`searched_accounts`](Self::searched_accounts).
    pub async fn accounts(
        &mut self,
        filter: &AccountFilter,
        from: Option<&AccountKey>,
        backwards: bool,
        limit: i64,
    ) -> Result<Vec<SeenAccount>> {
        let wanted = self.search_text(filter).await?;
        let mut found = Vec::new();
        for one in filter.by_state() {
            found.append(&mut self.accounts_of(&one, wanted.as_ref(), (from, backwards), limit).await?);
        }
        if filter.has_several_states() {
            Order::of(filter, backwards).merge(&mut found);
            found.truncate(usize::try_from(limit).unwrap_or_default());
        }
        Ok(found)
    }

    /// The page of accounts for a filter with one state at most.
    async fn accounts_of(
        &mut self,
        filter: &AccountFilter,
        wanted: Option<&SearchText>,
        (from, backwards): (Option<&AccountKey>, bool),
        limit: i64,
    ) -> Result<Vec<SeenAccount>> {
        let order = Order::of(filter, backwards);
        let mut found = Vec::new();
        for range in order.behind(from) {
            let rest = limit.saturating_sub(i64::try_from(found.len()).unwrap_or(i64::MAX));
            if rest == 0 {
                break;
            }
            found.extend(if let Some(wanted) = wanted {
                let mut part = Vec::new();
                let list = (|| rows(filter, order, &range), order);
                let extent = Extent { limit: rest, is_counted: false, budget: None };
                let searched = self.search_accounts(filter, list, wanted, extent, &mut part);
                searched.await.map_err(too_broad)?;
                part
            } else {
                let page = order.sorted(rows(filter, order, &range)).limit(rest);
                let page: Result<Vec<_>> = page.load(self.connection()).await.map_err(Error::from);
                page.map_err(too_rare)?
            });
        }
        Ok(found)
    }

    /// One account of any tenant.
    pub async fn seen_account(&mut self, id: Uuid) -> Result<Option<SeenAccount>> {
        let list_query = accounts::table.filter(accounts::id.eq(id)).select(SeenAccount::as_select());
        Ok(list_query.first(self.connection()).await.optional()?)
    }

    /// The number of accounts that match a filter: counted if there are few, otherwise estimated by the planner.
    pub async fn count_accounts(&mut self, filter: &AccountFilter) -> Result<Total> {
        if let Some(text) = self.search_text(filter).await? {
            return self.count_found(filter, &text).await.map_err(too_broad);
        }
        let mut total = Total::NONE;
        for one in filter.by_state() {
            let counted = match self.expected_accounts(&one).await? {
                Some(count) if count >= MOST_ACCOUNTS_COUNTED.unsigned_abs() * 10 => {
                    Total { count, approximate: true }
                }
                expected => {
                    self.count_some(ids(&one), expected.unwrap_or_default()).await.map_err(too_rare)?
                }
            };
            total = total.plus(counted);
        }
        Ok(total)
    }

    /// The planner's estimate of the number of accounts that match a filter without its text. None if it cannot tell.
    pub(super) async fn expected_accounts(&mut self, filter: &AccountFilter) -> Result<Option<u64>> {
        let plan: Value = Explained(ids(filter)).get_result(self.connection()).await?;
        Ok(expected_rows(&plan))
    }

    /// Counts up to the limit. If there are more, `expected` is used.
    pub(super) async fn count_some(&mut self, ids: Ids, expected: u64) -> Result<Total> {
        let counted: i64 =
            Counted(ids.limit(MOST_ACCOUNTS_COUNTED + 1)).get_result(self.connection()).await?;
        let counted_all = counted <= MOST_ACCOUNTS_COUNTED;
        let count = if counted_all { counted.unsigned_abs() } else { expected.max(counted.unsigned_abs()) };
        Ok(Total { count, approximate: !counted_all })
    }
}

/// Explains to the operator what to do about filters that nearly no account meets, in an order that does not begin with those.
fn too_rare(error: Error) -> Error {
    if ran_out_of_time(&error) { Code::SearchTooBroad.because(TOO_RARE).into() } else { error }
}

/// Explains to the operator what to do about a search that exceeded its time limit.
fn too_broad(error: Error) -> Error {
    if ran_out_of_time(&error) { Code::SearchTooBroad.because(TOO_BROAD).into() } else { error }
}
