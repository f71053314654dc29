//! The page with a user's linked accounts, where they disconnect one or link it again.

pub(super) mod again;
mod cards;
pub(super) mod disconnect;
mod request;
pub(super) mod visit;
