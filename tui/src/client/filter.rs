//! Which accounts a list asks for, as `GET /admin/v1/accounts` understands it.

use std::fmt;
use std::str::FromStr;

use bowline_api::admin::AccountSort;
use bowline_api::status::AccountStatus;
use bowline_api::{ConnectorId, TenantId};

/// A tenant by its id or by its short name; the client looks the id up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TenantRef {
    /// `tenant_…`
    Id(TenantId),
    /// Such as `acme`.
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

/// Filters and order of the account list; the default is everything, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountFilter {
    /// One tenant's accounts alone.
    pub tenant: Option<TenantRef>,
    /// Accounts in this state alone.
    pub status: Option<AccountStatus>,
    /// Accounts linked through this connector alone.
    pub connector: Option<ConnectorId>,
    /// Accounts that were granted this scope.
    pub scope: Option<String>,
    /// Looked for in e-mail, display name, external user id, provider account id and account id.
    pub text: String,
    /// In which order.
    pub sort: AccountSort,
}

/// The orders with their names on the wire, in the order in which `s` goes through them.
pub const SORTS: &[(AccountSort, &str)] = &[
    (AccountSort::Newest, "newest"),
    (AccountSort::Oldest, "oldest"),
    (AccountSort::Email, "email"),
    (AccountSort::Used, "used"),
];

/// The order's name on the wire.
pub fn sort_name(sort: AccountSort) -> &'static str {
    SORTS.iter().find(|(s, _)| *s == sort).map_or("newest", |(_, name)| name)
}

/// The order of that name.
pub fn sort_named(name: &str) -> Option<AccountSort> {
    SORTS.iter().find(|(_, n)| *n == name).map(|(sort, _)| *sort)
}
