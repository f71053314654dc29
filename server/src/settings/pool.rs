//! What the settings say about the connections to the database.

use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;

/// How the server reaches its database.
#[derive(Debug, Clone)]
pub struct PoolOptions {
    /// `postgresql://…` of the server's own role, never of the owner. A password may stand in it.
    pub url: SecretString,
    /// PEM file of the authorities that TLS trusts; without one those of this machine.
    pub ca_file: Option<PathBuf>,
    /// Connections at most.
    pub size: usize,
    /// How long a request waits until its transaction has begun: for a connection, for one to be made, and for `BEGIN`.
    pub wait: Duration,
    /// Connections at most for the work of one tenant.
    pub tenant_connections: usize,
    /// Connections at most for what operators read.
    pub operator_connections: usize,
    /// How long one statement may run.
    pub statement: Duration,
    /// Whether statements are prepared by name; off behind a `PgBouncer` before 1.21 in transaction mode.
    pub prepared_statements: bool,
    /// Whether the database is sharded by tenant, so that no statement may carry the calls of two.
    pub sharded: bool,
}
