//! One page of a list, with the cursors of its neighbours.

use serde::{Deserialize, Serialize};

/// One page of a list.
///
/// Cursors are opaque. A page may have fewer rows than requested even though there are more: only a page without `next` is the last one. A cursor is valid only with the filter and sort order that it came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    /// The rows, in the requested order.
    pub items: Vec<T>,
    /// Pass this as `cursor` to get the next page; absent on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Pass this as `cursor` to get the previous page; absent on the first page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prev: Option<String>,
    /// The number of rows of the whole list; only in lists that count, and there only on the first page, or, in a search that begins with what matches best, on the first page of what follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Total>,
    /// Ids of rows that are left out of this page. Their state was written by a newer version of the server, which the replica that responds does not know. This occurs only during a rolling update.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown_state: Vec<String>,
    /// Whether a search ran out of time: there may be further rows, and there is no way to them but a longer text or more filters. Absent if false.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub incomplete: bool,
}

/// A count of rows that may be an estimate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Total {
    /// The number of rows.
    pub count: u64,
    /// Whether `count` is an estimate from the planner's statistics rather than an exact count.
    pub approximate: bool,
}

impl Total {
    /// No rows.
    pub const NONE: Self = Self { count: 0, approximate: false };

    /// The number of rows of two lists that have none in common.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            count: self.count.saturating_add(other.count),
            approximate: self.approximate || other.approximate,
        }
    }
}
