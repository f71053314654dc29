//! Postgres itself: connections and the pool, transactions and what they may see, migrations, errors, the catalogue.

pub mod catalogue;
pub(super) mod chain;
mod connect;
pub(super) mod error;
pub(super) mod estimate;
pub(super) mod function;
pub(super) mod lane;
#[cfg(test)]
mod lint;
pub mod migrate;
pub mod permits;
pub(super) mod pool;
pub mod shards;
pub(super) mod sql;
pub(super) mod stored;
mod tls;
pub(super) mod transaction;
mod watch;
