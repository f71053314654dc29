//! The orders of operators' lists of accounts, and where a page begins in each.
//!
//! The rows after a given row are read from one or two ranges of the order's index, never by skipping rows, because
//! millions of accounts may share a time of last use, or have none.
//!
//! E-mail addresses are ordered by the collation "C", whatever the database's own: the order is the same everywhere,
//! and an update of the operating system's locales cannot corrupt an index. Only ASCII letters are compared without
//! case.

use std::cmp::Ordering;
use std::collections::HashSet;

use bowline_api::AnyOf;
use bowline_api::admin::AccountSort;
use bowline_api::status::AccountStatus;
use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{self, Bool, Nullable, Text, Timestamptz};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::seen::{Rows, SeenAccount};
use crate::domain::AccountFilter;
use crate::store::schema::accounts;

/// The position of a row in any of the orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountKey {
    /// The tiebreaker of every order.
    pub id: Uuid,
    /// For the order by e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// For the order by last use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used: Option<DateTime<Utc>>,
    /// The part of a search to which the row belongs.
    #[serde(default, skip_serializing_if = "Part::is_list")]
    pub part: Part,
}

/// A search has two parts: what matches best, and then everything else that matches, in the list's order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
    /// The list in its order: a list without a text, or the second part of a search.
    #[default]
    List,
    /// What matches best: the number of the lookup that finds the row, and the row's value in it.
    Best(usize, String),
    /// The border between the two, which has no row.
    Border,
}

impl Part {
    fn is_list(&self) -> bool {
        *self == Self::List
    }
}

impl AccountKey {
    /// The key of `account_row` in the order `sort`.
    pub fn of(account_row: &SeenAccount, sort: AccountSort) -> Self {
        Self {
            id: account_row.id,
            email: (sort == AccountSort::Email).then(|| account_row.email.clone()),
            used: account_row.last_used_at.filter(|_| sort == AccountSort::Used),
            part: Part::List,
        }
    }

    /// The border between the two parts of a search.
    pub fn border() -> Self {
        Self { id: Uuid::nil(), email: None, used: None, part: Part::Border }
    }
}

/// A part of a list that is one range of its order's index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Range {
    Whole,
    /// Accounts whose id is beyond this one.
    Ids(Uuid),
    /// Accounts whose e-mail address and id are beyond these.
    Emails(String, Uuid),
    /// Rows last used at this time, or never, whose id is beyond this one.
    SameUse(Option<DateTime<Utc>>, Uuid),
    /// Accounts last used on the other side of this time.
    Uses(Option<DateTime<Utc>>),
}

/// An order, read forwards or backwards.
///
/// In the order of ids, a single status is passed to Postgres as a range of statuses, ordered by status and id, because
/// then only the index that begins with the status provides the order. With an equality, the planner may instead walk
/// all ids if most accounts have that status, and so skip the two hundred thousand newest that happen not to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Order {
    sort: AccountSort,
    backwards: bool,
    status: Option<AccountStatus>,
}

impl Order {
    pub(super) fn of(filter: &AccountFilter, backwards: bool) -> Self {
        let by_id = matches!(filter.sort, AccountSort::Newest | AccountSort::Oldest);
        let status = filter.status.as_ref().and_then(AnyOf::single);
        Self { sort: filter.sort, backwards, status: status.filter(|_| by_id) }
    }

    /// The status, if it is part of the order.
    pub(super) const fn status(self) -> Option<AccountStatus> {
        self.status
    }

    /// Each order has an index, which is read from its other end for backwards pages.
    pub(super) const fn sql(self) -> &'static str {
        match (self.sort, self.backwards) {
            (AccountSort::Newest, false) | (AccountSort::Oldest, true) if self.status.is_some() => {
                "accounts.status DESC, accounts.id DESC"
            }
            (AccountSort::Oldest, false) | (AccountSort::Newest, true) if self.status.is_some() => {
                "accounts.status ASC, accounts.id ASC"
            }
            (AccountSort::Newest, false) | (AccountSort::Oldest, true) => "accounts.id DESC",
            (AccountSort::Oldest, false) | (AccountSort::Newest, true) => "accounts.id ASC",
            (AccountSort::Email, false) => "lower(accounts.email COLLATE \"C\") ASC, accounts.id ASC",
            (AccountSort::Email, true) => "lower(accounts.email COLLATE \"C\") DESC, accounts.id DESC",
            (AccountSort::Used, false) => {
                "coalesce(accounts.last_used_at, '-infinity'::timestamptz) DESC, accounts.id ASC"
            }
            (AccountSort::Used, true) => {
                "coalesce(accounts.last_used_at, '-infinity'::timestamptz) ASC, accounts.id DESC"
            }
        }
    }

    /// Whether rows are in the order in which they were linked.
    pub(super) fn is_by_age(self) -> bool {
        matches!(self.sort, AccountSort::Newest | AccountSort::Oldest)
    }

    /// The ranges after `from`, or the whole order.
    pub(super) fn behind(self, from: Option<&AccountKey>) -> Vec<Range> {
        let Some(key) = from else { return vec![Range::Whole] };
        match self.sort {
            AccountSort::Newest | AccountSort::Oldest => vec![Range::Ids(key.id)],
            AccountSort::Email => vec![Range::Emails(key.email.clone().unwrap_or_default(), key.id)],
            AccountSort::Used => vec![Range::SameUse(key.used, key.id), Range::Uses(key.used)],
        }
    }

    /// Puts rows that were read one state after the other into this order. A row that has changed its state meanwhile stands there once.
    pub(super) fn merge(self, rows: &mut Vec<SeenAccount>) {
        let mut seen = HashSet::with_capacity(rows.len());
        rows.retain(|account_row| seen.insert(account_row.id));
        rows.sort_by(|one, other| self.compare(one, other));
    }

    /// Compares two rows as the database does.
    fn compare(self, one: &SeenAccount, other: &SeenAccount) -> Ordering {
        let ids = one.id.cmp(&other.id);
        let email = |account_row: &SeenAccount| account_row.email.to_ascii_lowercase();
        let forwards = match self.sort {
            AccountSort::Newest => ids.reverse(),
            AccountSort::Oldest => ids,
            AccountSort::Email => email(one).cmp(&email(other)).then(ids),
            AccountSort::Used => other.last_used_at.cmp(&one.last_used_at).then(ids),
        };
        if self.backwards { forwards.reverse() } else { forwards }
    }

    /// Orders `list_query`.
    pub(super) fn sorted(self, list_query: Rows) -> Rows {
        list_query.order(sql::<Text>(self.sql()))
    }

    /// Limits `list_query` to the rows in `range`.
    pub(super) fn within(self, list_query: Rows, range: &Range) -> Rows {
        let ids_rise = match self.sort {
            AccountSort::Newest => self.backwards,
            AccountSort::Oldest | AccountSort::Email | AccountSort::Used => !self.backwards,
        };
        let beyond = if ids_rise { ">" } else { "<" };
        let status = self.status.map(AccountStatus::as_str);
        match (range, status) {
            (Range::Whole, None) => list_query,
            (Range::Whole, Some(status)) => list_query.filter(accounts::status.between(status, status)),
            (Range::Ids(id), None) => list_query
                .filter(sql::<Bool>(&format!("accounts.id {beyond} ")).bind::<sql_types::Uuid, _>(*id)),
            (Range::Ids(id), Some(status)) => {
                let to = if ids_rise { "<=" } else { ">=" };
                list_query.filter(
                    sql::<Bool>(&format!("(accounts.status {to} "))
                        .bind::<Text, _>(status)
                        .sql(&format!(" AND (accounts.status, accounts.id) {beyond} ("))
                        .bind::<Text, _>(status)
                        .sql(", ")
                        .bind::<sql_types::Uuid, _>(*id)
                        .sql("))"),
                )
            }
            (Range::Emails(email, id), _) => list_query.filter(
                sql::<Bool>(&format!("(lower(accounts.email COLLATE \"C\"), accounts.id) {beyond} (lower("))
                    .bind::<Text, _>(email.clone())
                    .sql(" COLLATE \"C\"), ")
                    .bind::<sql_types::Uuid, _>(*id)
                    .sql(")"),
            ),
            (Range::SameUse(used, id), _) => list_query.filter(
                sql::<Bool>("(coalesce(accounts.last_used_at, '-infinity'::timestamptz) = coalesce(")
                    .bind::<Nullable<Timestamptz>, _>(*used)
                    .sql(&format!(", '-infinity'::timestamptz) AND accounts.id {beyond} "))
                    .bind::<sql_types::Uuid, _>(*id)
                    .sql(")"),
            ),
            (Range::Uses(used), _) => {
                // The latest use comes first.
                let past = if self.backwards { ">" } else { "<" };
                list_query.filter(
                    sql::<Bool>(&format!(
                        "coalesce(accounts.last_used_at, '-infinity'::timestamptz) {past} coalesce("
                    ))
                    .bind::<Nullable<Timestamptz>, _>(*used)
                    .sql(", '-infinity'::timestamptz)"),
                )
            }
        }
    }
}
