//! The record of repeated issues: counted in memory, flushed to the database, folded into the holdings.

pub(super) mod flush;
pub(super) mod fold;
pub(super) mod holding;
