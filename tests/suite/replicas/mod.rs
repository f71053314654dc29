//! Many servers on one database: restarted, pooled, failed over, sharded; and what happens when the database is not there.

mod bouncer;
mod database;
mod failover;
mod restart;
mod shards;
mod tls;
mod token;
mod versions;
mod workers;
