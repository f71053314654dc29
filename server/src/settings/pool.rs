//! The settings of the connections to the database.

use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;

/// The options of the connections to the database.
#[derive(Debug, Clone)]
pub struct PoolOptions {
    /// `postgresql://…` of the server's own role, never of the owner. It may contain a password.
    pub url: SecretString,
    /// PEM file of the certificate authorities that TLS trusts; `None` for those of this machine.
    pub ca_file: Option<PathBuf>,
    /// The maximum number of connections.
    pub size: usize,
    /// How long a request waits until its transaction has begun, including a new connection and `BEGIN`.
    pub wait: Duration,
    /// The maximum number of connections for one tenant.
    pub tenant_connections: usize,
    /// The maximum number of connections for reads by operators.
    pub operator_connections: usize,
    /// How long one statement on a pooled connection may run.
    pub statement: Duration,
    /// Whether statements are prepared by name. False behind a `PgBouncer` before 1.21 in transaction mode.
    pub prepared_statements: bool,
    /// Whether the database is sharded by tenant, so that a statement must not carry the calls of two tenants.
    pub sharded: bool,
}
