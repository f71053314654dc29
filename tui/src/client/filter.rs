//! The filter of the account list, as `GET /admin/v1/accounts` understands it.

use std::fmt;
use std::str::FromStr;

use bowline_api::admin::AccountSort;
use bowline_api::status::AccountStatus;
use bowline_api::{Ages, AnyOf, ConnectorId, TenantId};

/// A tenant by its id or its short name; the client looks up the id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TenantRef {
    /// `tenant_…`
    Id(TenantId),
    /// A short name such as `acme`.
    Slug(String),
}

impl FromStr for TenantRef {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(text.parse().map_or_else(|_| Self::Slug(text.to_owned()), Self::Id))
    }
}

impl fmt::Display for TenantRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Slug(slug) => f.write_str(slug),
        }
    }
}

/// Filters and sort order of the account list; the default is all accounts, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountSearch {
    /// Only accounts of this tenant.
    pub tenant: Option<TenantRef>,
    /// Only accounts in any of these states.
    pub status: Option<AnyOf<AccountStatus>>,
    /// Only accounts linked through this connector.
    pub connector: Option<ConnectorId>,
    /// Only accounts that were granted this scope.
    pub scope: Option<String>,
    /// Search text for e-mail, display name, external user id, provider account id and account id.
    pub text: String,
    /// Only accounts that were used or linked recently, or long ago.
    pub ages: Ages,
    /// The sort order.
    pub sort: AccountSort,
}

/// The sort orders and their names on the wire, in the order in which the `s` key cycles through them.
pub const SORTS: &[(AccountSort, &str)] = &[
    (AccountSort::Newest, "newest"),
    (AccountSort::Oldest, "oldest"),
    (AccountSort::Email, "email"),
    (AccountSort::Used, "used"),
];

/// The name of a sort order on the wire.
pub fn sort_name(sort: AccountSort) -> &'static str {
    SORTS.iter().find(|(s, _)| *s == sort).map_or("newest", |(_, name)| name)
}

/// The sort order with this name.
pub fn sort_named(name: &str) -> Option<AccountSort> {
    SORTS.iter().find(|(_, n)| *n == name).map(|(sort, _)| *sort)
}
