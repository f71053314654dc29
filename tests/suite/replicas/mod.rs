//! Many servers on one database: restarts, pooling, failover, sharding, and what happens without the database.

mod bouncer;
mod database;
mod failover;
mod restart;
mod shards;
mod tls;
mod token;
mod versions;
mod workers;
