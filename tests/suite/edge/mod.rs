//! What the public side lets in, and how: slow clients, bodies, query parameters and verbs.

mod bodies;
mod flood;
mod query;
mod slow;
pub(crate) mod urls;
mod verbs;
