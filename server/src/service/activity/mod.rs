//! What tenants do in each minute: counted in memory, and added to the database every few seconds.

mod flush;
mod pending;

pub use flush::{flush, sweep};
pub use pending::Activity;
