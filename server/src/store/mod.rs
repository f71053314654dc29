//! Postgres, through Diesel. One file per noun; every statement runs inside a transaction that knows whose rows it may see.
//!
//! [`Store::scoped`] is the only thing that makes a [`TenantTx`], and a `TenantTx` the only thing that reaches a tenant's
//! rows: it sets `bowline.tenant`, by which row-level security decides. A statement that forgets its tenant finds nothing.

pub mod account_details;
pub mod account_freezes;
pub mod account_lists;
pub mod account_order;
mod account_query;
mod account_search;
pub mod accounts;
pub mod api_keys;
pub mod audit;
pub mod audit_lists;
pub mod audit_looks;
pub mod catalogue;
mod connect;
pub mod connector_health;
pub mod connectors;
pub mod data_keys;
mod error;
mod estimate;
mod fate;
pub mod figures;
mod lane;
pub mod leases;
pub mod link_sessions;
pub mod link_starts;
#[cfg(test)]
mod lint;
pub mod login_failures;
pub mod lost_exchanges;

pub mod migrate;
pub mod narrowed_tokens;

pub mod operators;
pub mod places;
mod pool;
pub mod revocations;
pub(crate) mod schema;
mod search_texts;
pub mod seen_account;
pub mod shards;
mod stored;
pub mod tenants;
mod tls;
pub mod token_holdings;
pub mod token_path;
pub mod token_repeats;
mod transaction;
pub mod upgrade;
mod watch;

use std::sync::Arc;
use std::time::Duration;

use bowline_api::TenantId;
use bowline_vault::AuditKeys;
use tokio::time::Instant;
use uuid::Uuid;

use crate::domain::Result;
use crate::domain::credential::Digest;
use crate::settings::PoolOptions;
pub use error::violated;
pub use fate::{Fate, TransactionId};
pub use stored::Stored;
pub use transaction::{OneTenant, OperatorTx, Platform, PlatformTx, TenantTx, Tx, WorkerTx};
use transaction::{Role, Setting, begin};

/// The database, as the server's own role sees it.
#[derive(Clone)]
pub struct Store {
    pool: pool::Pool,
    tenants: Arc<places::PlacesOfEach>,
    operators: Arc<places::PlacesOfEach>,
    sharded: bool,
    tokens: Arc<token_path::TokenPath>,
    audit_keys: Arc<AuditKeys>,
}

impl Store {
    /// Makes the pool; connects when the first transaction begins. `audit_keys` sign what is recorded.
    ///
    /// # Errors
    /// Where the options make no pool.
    pub fn new(options: &PoolOptions, audit_keys: AuditKeys) -> Result<Self> {
        let tokens = Arc::new(token_path::TokenPath::open(options));
        let pool = pool::build(options)?;
        let places = |each: usize| Arc::new(places::PlacesOfEach::new(each.min(options.size), options.wait));
        Ok(Self {
            pool,
            tenants: places(options.tenant_connections),
            operators: places(options.operator_connections),
            sharded: options.sharded,
            tokens,
            audit_keys: Arc::new(audit_keys),
        })
    }

    /// The keys that the audit log is signed with.
    pub fn audit_keys(&self) -> &AuditKeys {
        &self.audit_keys
    }

    /// A transaction that sees the rows of `tenant` and no other.
    ///
    /// # Errors
    /// `database_unavailable` where no connection can be had in time.
    pub async fn scoped(&self, tenant: TenantId) -> Result<TenantTx> {
        self.begin(tenant.uuid(), Setting::Tenant).await
    }

    /// The same for a call of one of the tenant's apps. It takes one of the tenant's places until it has ended, so that no tenant
    /// has all connections. What writes down an answer of the provider does not wait for a place: the answer would be lost.
    ///
    /// # Errors
    /// `database_unavailable` where no connection can be had in time; `rate_limited` where the tenant's other calls are in the way.
    pub async fn scoped_in_turn(&self, tenant: TenantId) -> Result<TenantTx> {
        let deadline = self.tenants.deadline();
        let place = self.tenants.take(tenant.uuid()).await?;
        let tx: TenantTx = self.begin_by(deadline, tenant.uuid(), Setting::Tenant).await?;
        Ok(tx.at(place))
    }

    /// A transaction that sees what belongs to the service itself: operators, key checks, its own audit log.
    ///
    /// # Errors
    /// `database_unavailable` where no connection can be had in time.
    pub async fn platform(&self) -> Result<PlatformTx> {
        self.begin(Uuid::nil(), Setting::Tenant).await
    }

    /// A transaction that sees the one row that `credential` opens, whosever it is.
    ///
    /// # Errors
    /// `database_unavailable` where no connection can be had in time.
    pub async fn shown(&self, credential: Digest) -> Result<PlatformTx> {
        self.begin(Uuid::nil(), Setting::Credential(credential)).await
    }

    /// A transaction that reads over all tenants, for operators; never a sealed column, never a write. All of them have a few places
    /// together, because their lists are the largest queries that there are.
    ///
    /// # Errors
    /// `database_unavailable` where no connection can be had in time; `rate_limited` where other reads of operators are in the way.
    pub async fn operator(&self) -> Result<OperatorTx> {
        let deadline = self.operators.deadline();
        let place = self.operators.take(Uuid::nil()).await?;
        let tx: OperatorTx = self.begin_by(deadline, Uuid::nil(), Setting::Role(Role::Operator)).await?;
        Ok(tx.at(place))
    }

    /// A transaction that finds due work over all tenants.
    ///
    /// # Errors
    /// `database_unavailable` where no connection can be had in time.
    pub async fn worker(&self) -> Result<WorkerTx> {
        self.begin(Uuid::nil(), Setting::Role(Role::Worker)).await
    }

    async fn begin<Scope>(&self, chain: Uuid, setting: Setting) -> Result<Tx<Scope>> {
        self.begin_by(self.tenants.deadline(), chain, setting).await
    }

    async fn begin_by<Scope>(&self, deadline: Instant, chain: Uuid, setting: Setting) -> Result<Tx<Scope>> {
        begin(&self.pool, chain, setting, self.sharded, &self.audit_keys, deadline).await
    }

    /// Whether the database is sharded by tenant, so that no statement may write for two.
    pub fn is_sharded(&self) -> bool {
        self.sharded
    }

    /// The token path's own statements, which need no transaction.
    pub fn tokens(&self) -> &token_path::TokenPath {
        &self.tokens
    }

    /// Connections: open, idle, waited for.
    pub fn pool_status(&self) -> (usize, usize, usize) {
        let status = self.pool.status();
        (status.size, status.available, status.waiting)
    }

    /// Closes the pool; transactions under way go on.
    pub fn close(&self) {
        self.pool.close();
    }
}

diesel::define_sql_function! {
    /// The first moment that is there. Never with `now()` in an UPDATE: Citus refuses functions that are not immutable within it,
    /// so that the transaction's time is bound instead.
    fn coalesce(
        first: diesel::sql_types::Nullable<diesel::sql_types::Timestamptz>,
        other: diesel::sql_types::Nullable<diesel::sql_types::Timestamptz>,
    ) -> diesel::sql_types::Nullable<diesel::sql_types::Timestamptz>;
}

/// `duration` in the form that Postgres adds to a time.
pub(crate) fn interval(duration: Duration) -> diesel::data_types::PgInterval {
    let microseconds = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
    diesel::data_types::PgInterval::from_microseconds(microseconds)
}
