//! Bowline's rows, through Diesel, with one file or folder for each noun. `pg` is Postgres itself. Every statement runs
//! in a transaction that determines which rows are visible.
//!
//! Only [`Store::scoped`] and its like create a [`TenantTx`], and only a `TenantTx` reaches a tenant's rows: it sets
//! `bowline.tenant`, which row-level security checks. A statement without a tenant finds nothing.

pub mod accounts;
pub mod activity;
pub mod api_keys;
pub mod audit;
pub mod connectors;
pub mod data_keys;
pub mod drains;
pub mod event_tail;
pub mod failing;
pub mod figures;
pub mod idempotency_keys;
pub mod jobs;
pub mod link_sessions;
pub mod manage_sessions;
pub mod oauth1_tokens;
pub mod operators;
pub mod pg;
pub mod revocations;
pub(crate) mod schema;
pub mod tenants;
pub mod tokens;
pub mod upgrade;
pub mod webhooks;
mod whose;

use std::sync::Arc;

use bowline_api::{ConnectorId, TenantId};
use bowline_vault::AuditKeys;
use tokio::sync::Notify;
use tokio::time::Instant;
use uuid::Uuid;

use crate::domain::Result;
use crate::domain::credential::{Digest, PresentedApiKey};
use crate::settings::PoolOptions;
use api_keys::lookup::{KeyLookups, WorkingKey};
use link_sessions::together::{Created, LinkPath, PlainSession, Terms};
pub use pg::error::violated;
use pg::sql::{coalesce, interval};
pub use pg::stored::Stored;
use pg::transaction::{DatabaseRole, VisibleRows, begin};
pub use pg::transaction::{OneTenant, OperatorTx, Platform, PlatformTx, TenantTx, Tx, WorkerTx};
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
    keys: Arc<KeyLookups>,
    links: Option<Arc<LinkPath>>,
    audit_keys: Arc<AuditKeys>,
    outbox: Arc<Notify>,
}

impl Store {
    /// Creates the pool, which connects when the first transaction begins. `audit_keys` sign the audit log.
    ///
    /// # Errors
    /// If the options are not valid for a pool.
    pub fn new(options: &PoolOptions, audit_keys: AuditKeys) -> Result<Self> {
        let tokens = Arc::new(path::TokenPath::open(options));
        let keys = Arc::new(KeyLookups::open(options));
        let audit_keys = Arc::new(audit_keys);
        let links = LinkPath::open(options, &audit_keys).map(Arc::new);
        let pool = pool::build(options)?;
        let permits =
            |each: usize| Arc::new(permits::PermitsOfEach::new(each.min(options.size), options.wait));
        Ok(Self {
            pool,
            tenants: permits(options.tenant_connections),
            operators: permits(options.operator_connections),
            sharded: options.sharded,
            tokens,
            keys,
            links,
            audit_keys,
            outbox: Arc::default(),
        })
    }

    /// The keys that the audit log is signed with.
    pub fn audit_keys(&self) -> &AuditKeys {
        &self.audit_keys
    }

    /// Does `work` in a transaction that sees only the rows of `tenant`, and commits it if `work` succeeds. Otherwise
    /// the transaction is rolled back, and an integrity failure is recorded in the audit log.
    ///
    /// # Errors
    /// The error of `work`; `database_unavailable` if no connection becomes available in time, or the commit fails.
    pub async fn scoped<T>(
        &self,
        tenant: TenantId,
        work: impl AsyncFnOnce(&mut TenantTx) -> Result<T>,
    ) -> Result<T> {
        self.begin_scoped(tenant).await?.run(work).await
    }

    /// Like [`scoped`](Self::scoped), for a call of one of the tenant's apps. The transaction holds one of the tenant's
    /// permits until it ends, so that no tenant can use all connections. Transactions that write an answer of the
    /// provider use `scoped` and do not wait for a permit, because the answer could be lost.
    ///
    /// # Errors
    /// As for [`scoped`](Self::scoped); `rate_limited` if the tenant's other calls hold all permits.
    pub async fn scoped_in_turn<T>(
        &self,
        tenant: TenantId,
        work: impl AsyncFnOnce(&mut TenantTx) -> Result<T>,
    ) -> Result<T> {
        let tx = self.begin_in_turn(&self.tenants, tenant.uuid(), VisibleRows::Tenant).await?;
        tx.run(work).await
    }

    /// Like [`scoped`](Self::scoped), for the service's own rows: operators, key checks, its own audit log.
    ///
    /// # Errors
    /// As [`scoped`](Self::scoped).
    pub async fn platform<T>(&self, work: impl AsyncFnOnce(&mut PlatformTx) -> Result<T>) -> Result<T> {
        self.begin_platform().await?.run(work).await
    }

    /// Like [`scoped`](Self::scoped), for the one row of any tenant that `credential` identifies.
    ///
    /// # Errors
    /// As [`scoped`](Self::scoped).
    pub async fn by_credential<T>(
        &self,
        credential: Digest,
        work: impl AsyncFnOnce(&mut PlatformTx) -> Result<T>,
    ) -> Result<T> {
        self.begin(Uuid::nil(), VisibleRows::Credential(credential)).await?.run(work).await
    }

    /// Reads across all tenants, for operators. The transaction cannot read sealed columns or write. All operators
    /// share a few permits, because their lists are the largest queries.
    ///
    /// # Errors
    /// As for [`scoped`](Self::scoped); `rate_limited` if other reads by operators hold all permits.
    pub async fn operator<T>(&self, work: impl AsyncFnOnce(&mut OperatorTx) -> Result<T>) -> Result<T> {
        self.begin_operator().await?.run(work).await
    }

    /// Like [`scoped`](Self::scoped), for finding work that is due across all tenants.
    ///
    /// # Errors
    /// As [`scoped`](Self::scoped).
    pub async fn worker<T>(&self, work: impl AsyncFnOnce(&mut WorkerTx) -> Result<T>) -> Result<T> {
        self.begin(Uuid::nil(), VisibleRows::Role(DatabaseRole::Worker)).await?.run(work).await
    }

    /// Begins a transaction like that of [`scoped`](Self::scoped), for callers that decide later how it ends.
    ///
    /// # Errors
    /// `database_unavailable` if no connection becomes available in time.
    pub async fn begin_scoped(&self, tenant: TenantId) -> Result<TenantTx> {
        self.begin(tenant.uuid(), VisibleRows::Tenant).await
    }

    /// Begins a transaction like that of [`platform`](Self::platform), for callers that decide later how it ends.
    ///
    /// # Errors
    /// `database_unavailable` if no connection becomes available in time.
    pub async fn begin_platform(&self) -> Result<PlatformTx> {
        self.begin(Uuid::nil(), VisibleRows::Tenant).await
    }

    /// Begins a transaction like that of [`operator`](Self::operator), for callers that decide later how it ends.
    ///
    /// # Errors
    /// As [`operator`](Self::operator).
    pub async fn begin_operator(&self) -> Result<OperatorTx> {
        self.begin_in_turn(&self.operators, Uuid::nil(), VisibleRows::Role(DatabaseRole::Operator)).await
    }

    async fn begin<Scope>(&self, chain: Uuid, setting: VisibleRows) -> Result<Tx<Scope>> {
        self.begin_by(self.tenants.deadline(), chain, setting).await
    }

    /// Takes one of the permits of `chain` first. Both waits have the same deadline.
    async fn begin_in_turn<Scope>(
        &self,
        permits: &permits::PermitsOfEach,
        chain: Uuid,
        setting: VisibleRows,
    ) -> Result<Tx<Scope>> {
        let deadline = permits.deadline();
        let permit = permits.take(chain).await?;
        Ok(self.begin_by(deadline, chain, setting).await?.with_permit(permit))
    }

    async fn begin_by<Scope>(
        &self,
        deadline: Instant,
        chain: Uuid,
        setting: VisibleRows,
    ) -> Result<Tx<Scope>> {
        begin(&self.pool, chain, setting, self.sharded, (&self.audit_keys, &self.outbox), deadline).await
    }

    /// Whether the database is sharded by tenant, so that no statement may write for two tenants.
    pub fn is_sharded(&self) -> bool {
        self.sharded
    }

    /// Waits until a transaction of this process has committed something that is to be delivered to a tenant's endpoint.
    pub async fn queued_webhooks(&self) {
        self.outbox.notified().await;
    }

    /// The token path's own statements, which need no transaction.
    pub fn tokens(&self) -> &path::TokenPath {
        &self.tokens
    }

    /// The presented key, if it works now. Calls that arrive at the same time share a statement. If the database is
    /// sharded by tenant, each has a transaction, which waits for one of the tenant's permits if `in_turn` is true.
    ///
    /// # Errors
    /// `database_unavailable`; `rate_limited` as for [`scoped_in_turn`](Self::scoped_in_turn).
    pub async fn working_api_key(
        &self,
        presented: PresentedApiKey,
        in_turn: bool,
    ) -> Result<Option<WorkingKey>> {
        let look = async |tx: &mut TenantTx| tx.working_api_key(presented.digest).await;
        match (self.is_sharded(), in_turn) {
            (false, _) => self.keys.look_up(presented).await,
            (true, true) => self.scoped_in_turn(presented.tenant, look).await,
            (true, false) => self.scoped(presented.tenant, look).await,
        }
    }

    /// What a connector allows new links: the named one, or else the tenant's default. Concurrent calls share the statement.
    /// None if the connector has to be looked at alone.
    ///
    /// # Errors
    /// `database_unavailable`.
    pub async fn link_terms(&self, tenant: TenantId, named: Option<ConnectorId>) -> Result<Option<Terms>> {
        let Some(links) = &self.links else { return Ok(None) };
        links.terms(tenant.uuid(), named.map(|id| id.uuid())).await
    }

    /// Creates a link session together with those of other calls, in the tenant's turn, unless it has to be created alone.
    ///
    /// # Errors
    /// `database_unavailable`; `rate_limited` as for [`scoped_in_turn`](Self::scoped_in_turn).
    pub async fn create_link_session(&self, session: PlainSession) -> Result<Created> {
        let Some(links) = &self.links else { return Ok(Created::Alone) };
        let permit = self.tenants.take(session.tenant_id).await?;
        let created = links.create(session).await?;
        permit.served();
        Ok(created)
    }

    /// The number of open connections in addition to the pool, without those of the token path.
    pub fn shared_connections(&self) -> usize {
        self.keys.connections() + self.links.as_ref().map_or(0, |links| links.connections())
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
