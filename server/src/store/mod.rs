//! Bowline's rows, through Diesel, with one file or folder for each noun. `pg` is Postgres itself. Every statement runs in a
//! transaction that determines which rows are visible.
//!
//! Only [`Store::scoped`] creates a [`TenantTx`], and only a `TenantTx` reaches a tenant's rows: it sets
//! `bowline.tenant`, which row-level security checks. A statement without a tenant finds nothing.

pub mod accounts;
pub mod api_keys;
pub mod audit;
pub mod connectors;
pub mod data_keys;
pub mod figures;
pub mod link_sessions;
pub mod operators;
pub mod pg;
pub mod revocations;
pub(crate) mod schema;
pub mod tenants;
pub mod tokens;
pub mod upgrade;

use std::sync::Arc;

use bowline_api::TenantId;
use bowline_vault::AuditKeys;
use tokio::time::Instant;
use uuid::Uuid;

use crate::domain::Result;
use crate::domain::credential::Digest;
use crate::settings::PoolOptions;
pub use pg::error::violated;
use pg::sql::{coalesce, interval};
pub use pg::stored::Stored;
pub use pg::transaction::{OneTenant, OperatorTx, Platform, PlatformTx, TenantTx, Tx, WorkerTx};
use pg::transaction::{Role, Setting, begin};
use pg::{permits, pool};
use tokens::path;

/// The database, as the server's own role sees it.
#[derive(Clone)]
pub struct Store {
    pool: pool::Pool,
    tenants: Arc<permits::PermitsOfEach>,
    operators: Arc<permits::PermitsOfEach>,
    sharded: bool,
    tokens: Arc<path::TokenPath>,
    audit_keys: Arc<AuditKeys>,
}

impl Store {
    /// Creates the pool, which connects when the first transaction begins. `audit_keys` sign the audit log.
    ///
    /// # Errors
    /// If the options are not valid for a pool.
    pub fn new(options: &PoolOptions, audit_keys: AuditKeys) -> Result<Self> {
        let tokens = Arc::new(path::TokenPath::open(options));
        let pool = pool::build(options)?;
        let permits =
            |each: usize| Arc::new(permits::PermitsOfEach::new(each.min(options.size), options.wait));
        Ok(Self {
            pool,
            tenants: permits(options.tenant_connections),
            operators: permits(options.operator_connections),
            sharded: options.sharded,
            tokens,
            audit_keys: Arc::new(audit_keys),
        })
    }

    /// The keys that the audit log is signed with.
    pub fn audit_keys(&self) -> &AuditKeys {
        &self.audit_keys
    }

    /// A transaction that sees only the rows of `tenant`.
    ///
    /// # Errors
    /// `database_unavailable` if no connection becomes available in time.
    pub async fn scoped(&self, tenant: TenantId) -> Result<TenantTx> {
        self.begin(tenant.uuid(), Setting::Tenant).await
    }

    /// The same for a call of one of the tenant's apps. It holds one of the tenant's permits until it has ended, so that no tenant
    /// has all connections. A transaction that writes an answer of the provider does not wait for a permit: the answer would be lost.
    ///
    /// # Errors
    /// `database_unavailable` if no connection becomes available in time; `rate_limited` if the tenant's other calls
    /// occupy all places.
    pub async fn scoped_in_turn(&self, tenant: TenantId) -> Result<TenantTx> {
        self.begin_in_turn(&self.tenants, tenant.uuid(), Setting::Tenant).await
    }

    /// A transaction that sees what belongs to the service itself: operators, key checks, its own audit log.
    ///
    /// # Errors
    /// `database_unavailable` if no connection becomes available in time.
    pub async fn platform(&self) -> Result<PlatformTx> {
        self.begin(Uuid::nil(), Setting::Tenant).await
    }

    /// A transaction that sees the one row of any tenant that `credential` opens.
    ///
    /// # Errors
    /// `database_unavailable` if no connection becomes available in time.
    pub async fn by_credential(&self, credential: Digest) -> Result<PlatformTx> {
        self.begin(Uuid::nil(), Setting::Credential(credential)).await
    }

    /// A transaction that reads over all tenants, for operators; never a sealed column, never a write. All of them share a few
    /// permits, because their lists are the largest queries that there are.
    ///
    /// # Errors
    /// `database_unavailable` if no connection becomes available in time; `rate_limited` if other reads by operators
    /// occupy all places.
    pub async fn operator(&self) -> Result<OperatorTx> {
        self.begin_in_turn(&self.operators, Uuid::nil(), Setting::Role(Role::Operator)).await
    }

    /// A transaction that finds due work across all tenants.
    ///
    /// # Errors
    /// `database_unavailable` if no connection becomes available in time.
    pub async fn worker(&self) -> Result<WorkerTx> {
        self.begin(Uuid::nil(), Setting::Role(Role::Worker)).await
    }

    async fn begin<Scope>(&self, chain: Uuid, setting: Setting) -> Result<Tx<Scope>> {
        self.begin_by(self.tenants.deadline(), chain, setting).await
    }

    /// Takes one of the permits of `chain` first; both waits end at one deadline.
    async fn begin_in_turn<Scope>(
        &self,
        permits: &permits::PermitsOfEach,
        chain: Uuid,
        setting: Setting,
    ) -> Result<Tx<Scope>> {
        let deadline = permits.deadline();
        let permit = permits.take(chain).await?;
        Ok(self.begin_by(deadline, chain, setting).await?.with_permit(permit))
    }

    async fn begin_by<Scope>(&self, deadline: Instant, chain: Uuid, setting: Setting) -> Result<Tx<Scope>> {
        begin(&self.pool, chain, setting, self.sharded, &self.audit_keys, deadline).await
    }

    /// Whether the database is sharded by tenant, so that no statement may write for two tenants.
    pub fn is_sharded(&self) -> bool {
        self.sharded
    }

    /// The token path's own statements, which need no transaction.
    pub fn tokens(&self) -> &path::TokenPath {
        &self.tokens
    }

    /// The number of connections: open, idle, and waited for.
    pub fn pool_status(&self) -> (usize, usize, usize) {
        let status = self.pool.status();
        (status.size, status.available, status.waiting)
    }

    /// Closes the pool. Transactions in progress continue.
    pub fn close(&self) {
        self.pool.close();
    }
}
