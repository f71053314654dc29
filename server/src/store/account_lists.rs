//! Operators' lists of accounts over all tenants: keyset order, so that any page costs what the first did.

use bowline_api::admin::AccountSort;
use bowline_api::page::Total;
use bowline_api::status::{AccountStatus, Assurance};
use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::account_order::{AccountKey, Order, Range};
use super::account_search::Wanted;
use super::error::ran_out_of_time;
use super::estimate::{Counted, Explained, expected_rows};
use super::schema::accounts;
use super::{OperatorTx, Stored};
use crate::domain::{Code, Error, Result};

/// Up to so many rows are counted; above, the planner's guess has to do.
const COUNTED: i64 = 2_000;
const TOO_BROAD: &str =
    "the search took too long; look for more of the text, or in one tenant, one status or the order of ids";

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
    pub status: Stored<AccountStatus>,
    pub status_reason: Option<String>,
    pub scopes: Vec<String>,
    pub missing_scopes: Vec<String>,
    pub assurance: Stored<Assurance>,
    pub generation: i64,
    pub access_expires_at: Option<DateTime<Utc>>,
    pub refreshed_at: Option<DateTime<Utc>>,
    pub linked_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub last_used_at: Option<DateTime<Utc>>,
    pub search: String,
    pub search_text: Option<String>,
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

pub(super) type Ids = accounts::BoxedQuery<'static, Pg, diesel::sql_types::Uuid>;
pub(super) type Rows = diesel::helper_types::IntoBoxed<
    'static,
    diesel::helper_types::Select<accounts::table, diesel::helper_types::AsSelect<SeenAccount, Pg>>,
    Pg,
>;

/// Adds the filter's conditions, but for its text, to a boxed query of any kind; `status` is the filter's, or none where the order
/// sees to it.
macro_rules! filtered {
    ($query:expr, $filter:expr, $status:expr) => {{
        let (mut query, filter): (_, &AccountFilter) = ($query, $filter);
        if let Some(status) = $status {
            query = query.filter(accounts::status.eq(AccountStatus::as_str(status)));
        }
        if let Some(tenant) = filter.tenant {
            query = query.filter(accounts::tenant_id.eq(tenant));
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
        let order = Order::of(filter, backwards);
        let wanted = Wanted::of(filter);
        let mut found = Vec::new();
        for range in order.behind(from) {
            let rest = limit.saturating_sub(i64::try_from(found.len()).unwrap_or(i64::MAX));
            if rest == 0 {
                break;
            }
            found.extend(match &wanted {
                Some(wanted) => {
                    self.search_accounts(filter, order, &range, wanted, rest).await.map_err(too_broad)?
                }
                None => order.sorted(rows(filter, order, &range)).limit(rest).load(self.connection()).await?,
            });
        }
        Ok(found)
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
            return self.count_found(filter, &text).await.map_err(too_broad);
        }
        match self.expected_accounts(filter).await? {
            Some(count) if count >= COUNTED.unsigned_abs() * 10 => Ok(Total { count, approximate: true }),
            expected => self.count_some(ids(filter), expected.unwrap_or_default()).await,
        }
    }

    /// How many accounts the planner believes that a filter finds, without its text; nothing where it cannot tell.
    pub(super) async fn expected_accounts(&mut self, filter: &AccountFilter) -> Result<Option<u64>> {
        let plan: Value = Explained(ids(filter)).get_result(self.connection()).await?;
        Ok(expected_rows(&plan))
    }

    /// Counts as far as counting is worth it; if there are more, `expected` is believed.
    pub(super) async fn count_some(&mut self, ids: Ids, expected: u64) -> Result<Total> {
        let counted: i64 = Counted(ids.limit(COUNTED + 1)).get_result(self.connection()).await?;
        let counted_all = counted <= COUNTED;
        let count = if counted_all { counted.unsigned_abs() } else { expected.max(counted.unsigned_abs()) };
        Ok(Total { count, approximate: !counted_all })
    }
}

/// A search that the database had no time for says what to do about it.
fn too_broad(error: Error) -> Error {
    if ran_out_of_time(&error) { Code::SearchTooBroad.because(TOO_BROAD).into() } else { error }
}

/// What the filter finds in one range of an order.
pub(super) fn rows(filter: &AccountFilter, order: Order, range: &Range) -> Rows {
    let query = accounts::table.select(SeenAccount::as_select()).into_boxed::<Pg>();
    let status = filter.status.filter(|_| order.status().is_none());
    order.within(filtered!(query, filter, status), range)
}

pub(super) fn ids(filter: &AccountFilter) -> Ids {
    filtered!(accounts::table.select(accounts::id).into_boxed::<Pg>(), filter, filter.status)
}
