//! Operators' lists of accounts over all tenants: keyset order, so that any page costs what the first did.

use bowline_api::admin::AccountSort;
use bowline_api::page::Total;
use bowline_api::status::AccountStatus;
use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::OperatorTx;
use super::account_search::Wanted;
use super::estimate::{Counted, Explained, expected_rows};
use super::schema::accounts;
use crate::domain::Result;

/// Up to so many rows are counted; above, the planner's guess has to do.
const COUNTED: i64 = 2_000;

/// What operators see of a row: no sealed column.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = accounts, check_for_backend(Pg))]
#[expect(missing_docs, reason = "the columns")]
pub struct SeenAccount {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub connector_id: Uuid,
    pub external_user_id: String,
    pub provider_account_id: String,
    pub email: String,
    pub display_name: String,
    pub status: String,
    pub status_reason: Option<String>,
    pub scopes: Vec<String>,
    pub missing_scopes: Vec<String>,
    pub assurance: String,
    pub generation: i64,
    pub access_expires_at: Option<DateTime<Utc>>,
    pub refreshed_at: Option<DateTime<Utc>>,
    pub linked_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub last_used_at: Option<DateTime<Utc>>,
    pub search: String,
}

/// Which accounts a list has, and in which order. Cursors are bound to it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct AccountFilter {
    /// One tenant's alone.
    pub tenant: Option<Uuid>,
    /// In this state alone.
    pub status: Option<AccountStatus>,
    /// Linked through this connector alone.
    pub connector: Option<Uuid>,
    /// Granted this scope.
    pub scope: Option<String>,
    /// Found in e-mail, display name, external user id and provider account id.
    pub text: Option<String>,
    /// Or this very account.
    pub id: Option<Uuid>,
    /// In which order.
    pub sort: AccountSort,
}

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

pub(super) type Ids = accounts::BoxedQuery<'static, Pg, diesel::sql_types::Uuid>;
pub(super) type Rows = diesel::helper_types::IntoBoxed<
    'static,
    diesel::helper_types::Select<accounts::table, diesel::helper_types::AsSelect<SeenAccount, Pg>>,
    Pg,
>;

/// Adds the filter's conditions, but for its text, to a boxed query of any kind.
macro_rules! filtered {
    ($query:expr, $filter:expr) => {{
        let (mut query, filter) = ($query, $filter);
        if let Some(tenant) = filter.tenant {
            query = query.filter(accounts::tenant_id.eq(tenant));
        }
        if let Some(status) = filter.status {
            query = query.filter(accounts::status.eq(status.as_str()));
        }
        if let Some(connector) = filter.connector {
            query = query.filter(accounts::connector_id.eq(connector));
        }
        if let Some(scope) = &filter.scope {
            query = query.filter(accounts::scopes.contains(vec![scope.clone()]));
        }
        query
    }};
}

impl OperatorTx {
    /// Up to `limit` accounts of the list behind `from`, or before it with `backwards`, then nearest first.
    ///
    /// # Errors
    /// Those of any statement.
    pub async fn accounts(
        &mut self,
        filter: &AccountFilter,
        from: Option<&AccountKey>,
        backwards: bool,
        limit: i64,
    ) -> Result<Vec<SeenAccount>> {
        if let Some(text) = Wanted::of(filter) {
            return self.search_accounts(filter, &text, from, backwards, limit).await;
        }
        let query = behind(rows(filter), filter.sort, from, backwards);
        let query = query.order(sql::<Text>(order(filter.sort, backwards))).limit(limit);
        Ok(query.load(self.connection()).await?)
    }

    /// One account, whosever it is.
    ///
    /// # Errors
    /// Those of any statement.
    pub async fn seen_account(&mut self, id: Uuid) -> Result<Option<SeenAccount>> {
        let query = accounts::table.filter(accounts::id.eq(id)).select(SeenAccount::as_select());
        Ok(query.first(self.connection()).await.optional()?)
    }

    /// How many accounts a filter finds: counted where they are few, else as the planner thinks.
    ///
    /// # Errors
    /// Those of any statement.
    pub async fn count_accounts(&mut self, filter: &AccountFilter) -> Result<Total> {
        if let Some(text) = Wanted::of(filter) {
            return self.count_found(filter, &text).await;
        }
        let expected = self.expected_accounts(filter).await?;
        if expected < COUNTED.unsigned_abs() * 10 {
            return self.count_some(ids(filter), expected).await;
        }
        Ok(Total { count: expected, approximate: true })
    }

    /// How many accounts the planner believes that a filter finds, without its text.
    pub(super) async fn expected_accounts(&mut self, filter: &AccountFilter) -> Result<u64> {
        let plan: Value = Explained(ids(filter)).get_result(self.connection()).await?;
        Ok(expected_rows(&plan).unwrap_or(u64::MAX))
    }

    /// Counts as far as counting is worth it; if there are more, `expected` is believed.
    pub(super) async fn count_some(&mut self, ids: Ids, expected: u64) -> Result<Total> {
        let counted: i64 = Counted(ids.limit(COUNTED + 1)).get_result(self.connection()).await?;
        let counted_all = counted <= COUNTED;
        let count = if counted_all { counted.unsigned_abs() } else { expected.max(counted.unsigned_abs()) };
        Ok(Total { count, approximate: !counted_all })
    }
}

pub(super) fn rows(filter: &AccountFilter) -> Rows {
    filtered!(accounts::table.select(SeenAccount::as_select()).into_boxed::<Pg>(), filter)
}

pub(super) fn ids(filter: &AccountFilter) -> Ids {
    filtered!(accounts::table.select(accounts::id).into_boxed::<Pg>(), filter)
}

/// Each order has an index; going backwards reads the same index from its other end.
pub(super) const fn order(sort: AccountSort, backwards: bool) -> &'static str {
    match (sort, backwards) {
        (AccountSort::Newest, false) | (AccountSort::Oldest, true) => "accounts.id DESC",
        (AccountSort::Oldest, false) | (AccountSort::Newest, true) => "accounts.id ASC",
        (AccountSort::Email, false) => "lower(accounts.email) ASC, accounts.id ASC",
        (AccountSort::Email, true) => "lower(accounts.email) DESC, accounts.id DESC",
        (AccountSort::Used, false) => {
            "coalesce(accounts.last_used_at, '-infinity'::timestamptz) DESC, accounts.id ASC"
        }
        (AccountSort::Used, true) => {
            "coalesce(accounts.last_used_at, '-infinity'::timestamptz) ASC, accounts.id DESC"
        }
    }
}

/// The part of a list that a page may show.
pub(super) fn behind(query: Rows, sort: AccountSort, from: Option<&AccountKey>, backwards: bool) -> Rows {
    let Some(key) = from else { return query };
    let id = key.id;
    match sort {
        AccountSort::Newest | AccountSort::Oldest if (sort == AccountSort::Newest) == backwards => {
            query.filter(accounts::id.gt(id))
        }
        AccountSort::Newest | AccountSort::Oldest => query.filter(accounts::id.lt(id)),
        AccountSort::Email => {
            let compare = if backwards { " < (lower(" } else { " > (lower(" };
            let email = key.email.clone().unwrap_or_default();
            query.filter(
                sql::<Bool>(&format!("(lower(accounts.email), accounts.id){compare}"))
                    .bind::<Text, _>(email)
                    .sql("), ")
                    .bind::<diesel::sql_types::Uuid, _>(id)
                    .sql(")"),
            )
        }
        AccountSort::Used => {
            // The first comparison alone bounds the index scan; the second sorts out rows of the same time.
            let (reach, past, id_past) = if backwards { (">=", ">", "<") } else { ("<=", "<", ">") };
            let used = "coalesce(accounts.last_used_at, '-infinity'::timestamptz)";
            let given = ", '-infinity'::timestamptz)";
            query.filter(
                sql::<Bool>(&format!("({used} {reach} coalesce("))
                    .bind::<Nullable<Timestamptz>, _>(key.used)
                    .sql(&format!("{given} AND ({used} {past} coalesce("))
                    .bind::<Nullable<Timestamptz>, _>(key.used)
                    .sql(&format!("{given} OR accounts.id {id_past} "))
                    .bind::<diesel::sql_types::Uuid, _>(id)
                    .sql("))"),
            )
        }
    }
}
