//! What the public listener accepts: slow clients, bodies, query parameters and verbs.

mod bodies;
mod flood;
mod query;
mod slow;
pub(crate) mod urls;
mod verbs;
