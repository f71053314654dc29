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

type Ids = accounts::BoxedQuery<'static, Pg, diesel::sql_types::Uuid>;
type Rows = diesel::helper_types::IntoBoxed<
    'static,
    diesel::helper_types::Select<accounts::table, diesel::helper_types::AsSelect<SeenAccount, Pg>>,
    Pg,
>;

/// Adds the filter's conditions to a boxed query of either kind.
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
        if let Some(text) = &filter.text {
            let found = accounts::search.like(pattern(text));
            query = match filter.id {
                Some(id) => query.filter(found.or(accounts::id.eq(id))),
                None => query.filter(found),
            };
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
        let query: Rows = accounts::table.select(SeenAccount::as_select()).into_boxed();
        let query = filtered!(query, filter);
        let query = ordered(query, filter.sort, from, backwards).limit(limit);
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
        let plan: Value = Explained(ids(filter)).get_result(self.connection()).await?;
        let expected = expected_rows(&plan).unwrap_or(u64::MAX);
        if expected < COUNTED.unsigned_abs() * 10 {
            let some = ids(filter).limit(COUNTED + 1);
            let counted: i64 = Counted(some).get_result(self.connection()).await?;
            if counted <= COUNTED {
                return Ok(Total { count: counted.unsigned_abs(), approximate: false });
            }
            return Ok(Total { count: expected.max(counted.unsigned_abs()), approximate: true });
        }
        Ok(Total { count: expected, approximate: true })
    }
}

fn ids(filter: &AccountFilter) -> Ids {
    filtered!(accounts::table.select(accounts::id).into_boxed::<Pg>(), filter)
}

/// Each order has an index; going backwards reads the same index from its other end.
fn ordered(query: Rows, sort: AccountSort, from: Option<&AccountKey>, backwards: bool) -> Rows {
    let query = match from {
        Some(key) => behind(query, sort, key, backwards),
        None => query,
    };
    let email = || sql::<Text>("lower(accounts.email)");
    let used = || sql::<Timestamptz>("coalesce(accounts.last_used_at, '-infinity'::timestamptz)");
    match (sort, backwards) {
        (AccountSort::Newest, false) | (AccountSort::Oldest, true) => query.order(accounts::id.desc()),
        (AccountSort::Oldest, false) | (AccountSort::Newest, true) => query.order(accounts::id.asc()),
        (AccountSort::Email, false) => query.order((email().asc(), accounts::id.asc())),
        (AccountSort::Email, true) => query.order((email().desc(), accounts::id.desc())),
        (AccountSort::Used, false) => query.order((used().desc(), accounts::id.asc())),
        (AccountSort::Used, true) => query.order((used().asc(), accounts::id.desc())),
    }
}

fn behind(query: Rows, sort: AccountSort, key: &AccountKey, backwards: bool) -> Rows {
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
