//! One page of a list, with the cursors that lead on and back.

use serde::{Deserialize, Serialize};

/// One page of a list.
///
/// Cursors are opaque, belong to the filter and sort that they came from, and are refused with any other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    /// The rows, in the order asked for.
    pub items: Vec<T>,
    /// Pass as `cursor` for the page after this one; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Pass as `cursor` for the page before this one; absent on the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prev: Option<String>,
    /// How many rows match, where that is asked for and known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Total>,
    /// Ids of rows that belong on this page and are left out: during a rolling update a newer version of the server wrote a state
    /// that the one which answers does not know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown_state: Vec<String>,
}

/// A count of rows that may be an estimate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Total {
    /// Rows.
    pub count: u64,
    /// Whether `count` comes from the planner's statistics instead of from counting.
    pub approximate: bool,
}
