//! The page with a user's linked accounts: what it shows, what it does, and what it refuses.

mod again;
mod api;
mod attacks;
mod disconnect;
mod shown;
mod visit;

pub(crate) use visit::Visit;
