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
    ($query:expr, $filter:expr, $status:expr) => {{
        let (mut query, filter): (_, &AccountFilter) = ($query, $filter);
        if let Some(any) = $status {
            let any: &AnyOf<AccountStatus> = any;
            query = match any.single() {
                Some(status) => query.filter(accounts::status.eq(status.as_str())),
                None => query.filter(accounts::status.eq_any(names(any))),
            };
        }
        query = of_tenants!(query, accounts::tenant_id, filter.tenants);
        if let Some(connector) = filter.connector {
            query = query.filter(accounts::connector_id.eq(connector));
        }
        if let Some(scope) = &filter.scope {
            query = query.filter(accounts::scopes.contains(vec![scope.clone()]));
        }
        for condition in conditions(&filter.ages) {
            query = query.filter(condition);
        }
        query
    }};
}

fn names(any: &AnyOf<AccountStatus>) -> Vec<&'static str> {
    any.values().iter().map(|status| status.as_str()).collect()
}

/// The rows that match the filter in one range of an order.
pub(super) fn rows(filter: &AccountFilter, order: Order, range: &Range) -> Rows {
    let query = accounts::table.select(SeenAccount::as_select()).into_boxed::<Pg>();
    let status = filter.status.as_ref().filter(|_| order.status().is_none());
    order.within(filtered!(query, filter, status), range)
}

/// The rows that match the filter, in no order.
pub(super) fn unordered(filter: &AccountFilter) -> Rows {
    let query = accounts::table.select(SeenAccount::as_select()).into_boxed::<Pg>();
    filtered!(query, filter, filter.status.as_ref())
}

/// The rows with these ids, in no order.
pub(super) fn with_ids(ids: Vec<Uuid>) -> Rows {
    accounts::table.select(SeenAccount::as_select()).into_boxed::<Pg>().filter(accounts::id.eq_any(ids))
}

pub(super) fn ids(filter: &AccountFilter) -> Ids {
    filtered!(accounts::table.select(accounts::id).into_boxed::<Pg>(), filter, filter.status.as_ref())
}
