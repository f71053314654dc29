//! The queries behind operators' lists of accounts: the filter as conditions, except for its text.

use bowline_api::AnyOf;
use bowline_api::status::AccountStatus;
use diesel::pg::Pg;
use diesel::prelude::*;
use uuid::Uuid;

use super::ages::conditions;
use super::order::{Order, Range};
use super::seen::{Rows, SeenAccount};
use crate::domain::AccountFilter;
use crate::store::schema::accounts;
use crate::store::whose::of_tenants;

pub(super) type Ids = accounts::BoxedQuery<'static, Pg, diesel::sql_types::Uuid>;
/// Adds the filter's conditions, except for its text, to a boxed query of any kind. `status` is the filter's, or none
/// if the order takes care of it. Only a lookup by a value is for several states at once.
macro_rules! filtered {
    ($account_query:expr, $filter:expr, $status:expr) => {{
        let (mut account_query, filter): (_, &AccountFilter) = ($account_query, $filter);
        if let Some(any) = $status {
            let any: &AnyOf<AccountStatus> = any;
            account_query = match any.single() {
                Some(status) => account_query.filter(accounts::status.eq(status.as_str())),
                None => account_query.filter(accounts::status.eq_any(filtered_names(any))),
            };
        }
        account_query = of_tenants!(account_query, accounts::tenant_id, filter.tenants);
        if let Some(connector) = filter.connector {
            account_query = account_query.filter(accounts::connector_id.eq(connector));
        }
        if let Some(scope) = &filter.scope {
            account_query = account_query.filter(accounts::scopes.contains(vec![scope.clone()]));
        }
        for condition in conditions(&filter.ages) {
            account_query = account_query.filter(condition);
        }
        account_query
    }};
}

fn filtered_names(any: &AnyOf<AccountStatus>) -> Vec<&'static str> {
    any.values().iter().map(|status| status.as_str()).collect()
}

/// The rows that match the filter in one range of an order.
pub(super) fn rows(filter: &AccountFilter, order: Order, range: &Range) -> Rows {
    let account_query = accounts::table.select(SeenAccount::as_select()).into_boxed::<Pg>();
    let status = filter.status.as_ref().filter(|_| order.status().is_none());
    order.within(filtered!(account_query, filter, status), range)
}

/// The rows that match the filter, in no order.
pub(super) fn unordered(filter: &AccountFilter) -> Rows {
    let account_query = accounts::table.select(SeenAccount::as_select()).into_boxed::<Pg>();
    filtered!(account_query, filter, filter.status.as_ref())
}

/// The accounts with these ids, in no order.
pub(super) fn with_ids(ids: Vec<Uuid>) -> Rows {
    accounts::table.select(SeenAccount::as_select()).into_boxed::<Pg>().filter(accounts::id.eq_any(ids))
}

pub(super) fn ids(filter: &AccountFilter) -> Ids {
    filtered!(accounts::table.select(accounts::id).into_boxed::<Pg>(), filter, filter.status.as_ref())
}
