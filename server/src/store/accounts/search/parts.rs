//! A search as operators page through it: first what matches best (`best.rs`), then, on pages of their own, all other accounts that have
//! the words, in the list's order. The second part has a limited time. What it has not found by then is missing, and the page says so.

use bowline_api::page::Total;

use super::best::{Best, Placed};
use super::budget::Budget;
use super::frequency::Frequent;
use super::{COMMON, Extent, FIRST_STRETCH, SearchText};
use crate::domain::{AccountFilter, Code, Result};
use crate::store::OperatorTx;
use crate::store::accounts::lists::TOO_BROAD;
use crate::store::accounts::order::{AccountKey, Order, Part};
use crate::store::accounts::query::rows;
use crate::store::accounts::seen::SeenAccount;

/// A page of a search.
#[derive(Debug, Default)]
pub struct SearchPage {
    /// The rows, in the order of the list.
    pub rows: Vec<SeenAccount>,
    /// After which the next page begins; none on the last page.
    pub next: Option<AccountKey>,
    /// Before which the previous page ends; none on the first page.
    pub prev: Option<AccountKey>,
    /// The number of all rows, if it is known.
    pub total: Option<Total>,
    /// Whether time ran out before all rows were looked through.
    pub incomplete: bool,
}

/// How far the search for all other accounts came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LookedThrough {
    /// Time ran out before a page was full.
    OutOfTime,
    /// A page is full, or the list has ended. Nobody has counted how many rows there are.
    Uncounted,
    /// The same, and there are so many rows.
    Counted(u64),
}

/// Where a page is asked for: after a place, or with the flag before it. None for the first page.
pub(super) type Asked<'a> = Option<(&'a AccountKey, bool)>;

impl OperatorTx {
    /// The page of up to `limit` rows that is `asked` for; `None` if the filter's text has no words, so that it is a plain list.
    ///
    /// # Errors
    /// `search_too_broad` if the time ran out and there is nothing to show.
    pub async fn searched_accounts(
        &mut self,
        filter: &AccountFilter,
        asked: Asked<'_>,
        limit: i64,
        budget: Budget,
    ) -> Result<Option<SearchPage>> {
        let Some(wanted) = self.search_text(filter).await? else { return Ok(None) };
        let text = filter.text.as_deref().unwrap_or_default();
        let mut best = Best::of(text, &wanted.ids, filter.sort);
        let is_in_rest = match asked.map(|(key, backwards)| (&key.part, backwards)) {
            Some((Part::List, _) | (Part::Border, false)) => true,
            Some((Part::Border, true) | (Part::Best(..), _)) | None => false,
        };
        let mut incomplete = false;
        if !is_in_rest {
            let page = self.best_page(filter, (&wanted, &best), asked, limit, budget).await?;
            if !page.rows.is_empty() || asked.is_some_and(|(_, backwards)| backwards) {
                return Ok(Some(page));
            }
            incomplete = page.incomplete;
            if asked.is_none() && !incomplete {
                // No row has to be left out of the rest, and finding that out for thousands of rows takes as long as looking for parts.
                best = best.without_lookups();
            }
        }
        let mut page = self.rest_page(filter, (&wanted, &best), asked, limit, budget).await?;
        if incomplete {
            page.incomplete = true;
            page.total = None;
        }
        Ok(Some(page))
    }

    async fn best_page(
        &mut self,
        filter: &AccountFilter,
        (wanted, best): (&SearchText, &Best),
        asked: Asked<'_>,
        limit: i64,
        budget: Budget,
    ) -> Result<SearchPage> {
        let mut found = Vec::new();
        let backwards = asked.is_some_and(|(_, backwards)| backwards);
        let place = (asked.map(|(key, _)| key), backwards);
        let read = async |tx: &mut Self| {
            tx.limit_statements(budget.left()).await?;
            if filter.is_text_alone() {
                tx.plan_for_all_values().await?;
            }
            tx.best_accounts(filter, best, place, limit.saturating_add(1), &mut found).await
        };
        let incomplete = self.trying(read).await?.is_none();
        let has_more = cut(&mut found, limit);
        if backwards {
            found.reverse();
        }
        let first = found.first().map(|(_, key)| key.clone());
        let last = found.last().map(|(_, key)| key.clone());
        let (next, prev) = match backwards {
            true => (last.or_else(|| Some(AccountKey::border())), first.filter(|_| has_more)),
            false if has_more => (last, first.filter(|_| asked.is_some())),
            false => (Some(AccountKey::border()), first.filter(|_| asked.is_some())),
        };
        let total = match asked {
            None if !found.is_empty() => {
                let count = async |tx: &mut Self| {
                    tx.limit_statements(budget.left()).await?;
                    tx.count_quickly(filter, wanted).await
                };
                self.trying(count).await?.flatten()
            }
            _ => None,
        };
        let rows = found.into_iter().map(|(row, _)| row).collect();
        Ok(SearchPage { rows, next, prev, total, incomplete })
    }

    async fn rest_page(
        &mut self,
        filter: &AccountFilter,
        (wanted, best): (&SearchText, &Best),
        asked: Asked<'_>,
        limit: i64,
        budget: Budget,
    ) -> Result<SearchPage> {
        let backwards = asked.is_some_and(|(_, backwards)| backwards);
        let from = asked.map(|(key, _)| key).filter(|key| key.part == Part::List);
        let mut found = Vec::new();
        let looked_through = if budget.is_for_parts {
            let wanted = wanted.without_ids();
            // Later pages do not say how many there are.
            let extent =
                Extent { limit: limit.saturating_add(1), is_counted: asked.is_none(), budget: Some(budget) };
            let read = async |tx: &mut Self| {
                let mut counted = Some(0);
                for one in filter.by_state() {
                    let count =
                        tx.rest_of(&one, (&wanted, best), (from, backwards), extent, &mut found).await?;
                    counted = counted.zip(count).map(|(counted, count): (u64, u64)| counted + count);
                }
                Ok(counted)
            };
            match self.trying(read).await? {
                None => LookedThrough::OutOfTime,
                Some(None) => LookedThrough::Uncounted,
                Some(Some(count)) => LookedThrough::Counted(count),
            }
        } else {
            LookedThrough::OutOfTime
        };
        let complete = looked_through != LookedThrough::OutOfTime;
        if filter.has_several_states() {
            Order::of(filter, backwards).merge(&mut found);
        }
        // Behind what was found in one state there may be rows of another one that was not looked through.
        let has_more = cut(&mut found, limit) && complete;
        if backwards {
            found.reverse();
        }
        if !complete && asked.is_none() && found.is_empty() {
            return Err(Code::SearchTooBroad.because(TOO_BROAD).into());
        }
        let key = |row: Option<&SeenAccount>| row.map(|row| AccountKey::of(row, filter.sort));
        let (first, last) = (key(found.first()), key(found.last()));
        let border = || Some(AccountKey::border());
        let (next, prev) = match (asked, backwards) {
            (_, true) if has_more => (last, first),
            (_, true) if self.has_best(filter, best).await? => (last, border()),
            (_, true) => (last, None),
            (None, false) => (last.filter(|_| has_more), None),
            (Some(_), false) if from.is_none() => (last.filter(|_| has_more), border()),
            (Some((from, _)), false) => {
                (last.filter(|_| has_more), first.or_else(|| (!complete).then(|| from.clone())))
            }
        };
        let exactly = |count| Some(Total { count, approximate: false });
        let total = match (from, looked_through) {
            // What matches best would have been the first page.
            (None, _) if asked.is_none() && complete && !has_more => {
                exactly(u64::try_from(found.len()).unwrap_or_default())
            }
            (None, LookedThrough::Counted(count)) if asked.is_none() => exactly(count),
            (None, _) if !backwards && complete => {
                let count = async |tx: &mut Self| {
                    tx.limit_statements(budget.left()).await?;
                    tx.count_found(filter, wanted).await
                };
                self.trying(count).await?
            }
            _ => None,
        };
        Ok(SearchPage { rows: found, next, prev, total, incomplete: !complete })
    }

    /// Adds up to `limit` rows that do not match best, of a filter with one state at most, to `found`: those after `from`, or with
    /// `backwards` before it, nearest first. Returns how many there are, if that has become known.
    async fn rest_of(
        &mut self,
        filter: &AccountFilter,
        (wanted, best): (&SearchText, &Best),
        (from, backwards): (Option<&AccountKey>, bool),
        extent: Extent,
        found: &mut Vec<SeenAccount>,
    ) -> Result<Option<u64>> {
        let (order, before) = (Order::of(filter, backwards), found.len());
        let mut counted = Some(0);
        for range in order.behind(from) {
            let rest = extent.limit - i64::try_from(found.len() - before).unwrap_or(i64::MAX);
            if rest <= 0 {
                return Ok(None);
            }
            let mut part = Vec::new();
            let list = (|| best.without(rows(filter, order, &range)), order);
            let extent = Extent { limit: rest, ..extent };
            let outcome = self.search_accounts(filter, list, wanted, extent, &mut part).await;
            found.append(&mut part);
            counted = counted.zip(outcome?).map(|(counted, count): (u64, u64)| counted + count);
        }
        Ok(counted)
    }

    async fn has_best(&mut self, filter: &AccountFilter, best: &Best) -> Result<bool> {
        let mut found: Vec<Placed> = Vec::new();
        self.best_accounts(filter, best, (None, false), 1, &mut found).await?;
        Ok(!found.is_empty())
    }

    /// The number of rows that have the words, if the newest rows of the list are enough to tell.
    async fn count_quickly(&mut self, filter: &AccountFilter, wanted: &SearchText) -> Result<Option<Total>> {
        for one in filter.by_state() {
            let Frequent { found, looked_at } = self.frequency(&one, wanted).await?;
            if looked_at >= FIRST_STRETCH && (found < COMMON || !wanted.ids.is_empty()) {
                return Ok(None);
            }
        }
        self.count_found(filter, wanted).await.map(Some)
    }
}

/// Leaves at most `limit` rows; whether there were more.
fn cut<T>(rows: &mut Vec<T>, limit: i64) -> bool {
    let limit = usize::try_from(limit).unwrap_or_default();
    let has_more = rows.len() > limit;
    rows.truncate(limit);
    has_more
}
