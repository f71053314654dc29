//! The orders of operators' lists of accounts, and where a page begins in one.
//!
//! What stands behind a row is read from one or two ranges of the order's index, never by walking past rows that do not belong to it:
//! millions of accounts may share a moment of use, or have none.
//!
//! E-mails are ordered by the collation "C", whatever the database's own: the order is the same everywhere, and no update of an operating
//! system's locales spoils an index. Only letters of ASCII lose their case there.

use bowline_api::admin::AccountSort;
use bowline_api::status::AccountStatus;
use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{self, Bool, Nullable, Text, Timestamptz};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::schema::accounts;
use super::seen_account::{Rows, SeenAccount};
use crate::domain::AccountFilter;

/// Where a row stands in any of the orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountKey {
    /// The last resort of every order.
    pub id: Uuid,
    /// For the order by e-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// For the order by last use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used: Option<DateTime<Utc>>,
}

impl AccountKey {
    /// The key of `row` in the order `sort`.
    pub fn of(row: &SeenAccount, sort: AccountSort) -> Self {
        Self {
            id: row.id,
            email: (sort == AccountSort::Email).then(|| row.email.clone()),
            used: row.last_used_at.filter(|_| sort == AccountSort::Used),
        }
    }
}

/// A part of a list that is one range of its order's index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Range {
    Whole,
    /// Whose id is beyond this one.
    Ids(Uuid),
    /// Whose e-mail and id are beyond these.
    Emails(String, Uuid),
    /// Last used at this moment, or never, and whose id is beyond this one.
    SameUse(Option<DateTime<Utc>>, Uuid),
    /// Last used on the other side of this moment.
    Uses(Option<DateTime<Utc>>),
}

/// An order, read forwards or backwards.
///
/// One status in the order of ids is a range of statuses to Postgres, ordered by status and id: then only the index that begins with
/// the status has the order. By an equality the planner may as well walk all ids, where most accounts have that status, and so
/// pass by the two hundred thousand newest that happen not to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Order {
    sort: AccountSort,
    backwards: bool,
    status: Option<AccountStatus>,
}

impl Order {
    pub(super) fn of(filter: &AccountFilter, backwards: bool) -> Self {
        let by_id = matches!(filter.sort, AccountSort::Newest | AccountSort::Oldest);
        Self { sort: filter.sort, backwards, status: filter.status.filter(|_| by_id) }
    }

    /// The status, where it is part of the order.
    pub(super) const fn status(self) -> Option<AccountStatus> {
        self.status
    }

    /// Each order has an index; going backwards reads the same index from its other end.
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

    /// What stands behind `from`, or all: ranges one after another.
    pub(super) fn behind(self, from: Option<&AccountKey>) -> Vec<Range> {
        let Some(key) = from else { return vec![Range::Whole] };
        match self.sort {
            AccountSort::Newest | AccountSort::Oldest => vec![Range::Ids(key.id)],
            AccountSort::Email => vec![Range::Emails(key.email.clone().unwrap_or_default(), key.id)],
            AccountSort::Used => vec![Range::SameUse(key.used, key.id), Range::Uses(key.used)],
        }
    }

    /// `query`, in this order.
    pub(super) fn sorted(self, query: Rows) -> Rows {
        query.order(sql::<Text>(self.sql()))
    }

    /// The rows of `query` that are in `range`.
    pub(super) fn within(self, query: Rows, range: &Range) -> Rows {
        let ids_rise = match self.sort {
            AccountSort::Newest => self.backwards,
            AccountSort::Oldest | AccountSort::Email | AccountSort::Used => !self.backwards,
        };
        let beyond = if ids_rise { ">" } else { "<" };
        let status = self.status.map(AccountStatus::as_str);
        match (range, status) {
            (Range::Whole, None) => query,
            (Range::Whole, Some(status)) => query.filter(accounts::status.between(status, status)),
            (Range::Ids(id), None) => {
                query.filter(sql::<Bool>(&format!("accounts.id {beyond} ")).bind::<sql_types::Uuid, _>(*id))
            }
            (Range::Ids(id), Some(status)) => {
                let to = if ids_rise { "<=" } else { ">=" };
                query.filter(
                    sql::<Bool>(&format!("(accounts.status {to} "))
                        .bind::<Text, _>(status)
                        .sql(&format!(" AND (accounts.status, accounts.id) {beyond} ("))
                        .bind::<Text, _>(status)
                        .sql(", ")
                        .bind::<sql_types::Uuid, _>(*id)
                        .sql("))"),
                )
            }
            (Range::Emails(email, id), _) => query.filter(
                sql::<Bool>(&format!("(lower(accounts.email COLLATE \"C\"), accounts.id) {beyond} (lower("))
                    .bind::<Text, _>(email.clone())
                    .sql(" COLLATE \"C\"), ")
                    .bind::<sql_types::Uuid, _>(*id)
                    .sql(")"),
            ),
            (Range::SameUse(used, id), _) => query.filter(
                sql::<Bool>("(coalesce(accounts.last_used_at, '-infinity'::timestamptz) = coalesce(")
                    .bind::<Nullable<Timestamptz>, _>(*used)
                    .sql(&format!(", '-infinity'::timestamptz) AND accounts.id {beyond} "))
                    .bind::<sql_types::Uuid, _>(*id)
                    .sql(")"),
            ),
            (Range::Uses(used), _) => {
                // The latest use comes first.
                let past = if self.backwards { ">" } else { "<" };
                query.filter(
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
