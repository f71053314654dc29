//! What the end user's browser does: it opens the link page, goes to the provider and comes back.

pub(super) mod again;
pub(super) mod binding;
pub(super) mod callback;
pub(super) mod choose;
mod foreign;
pub(super) mod outcome;
pub(super) mod setting;
pub(super) mod standing;
pub(super) mod start;
pub(super) mod visit;
