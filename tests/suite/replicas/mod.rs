//! Several servers on one database: restarts, pooling, failover and sharding, and the absence of the database.

mod bouncer;
mod database;
mod failover;
mod restart;
mod shards;
mod tls;
mod token;
mod versions;
mod workers;
