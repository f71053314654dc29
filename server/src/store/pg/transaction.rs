//! Transactions, by the rows that they can see: beginning, committing, rolling back, and the note of an integrity
//! failure in the audit log.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use bowline_api::{EventId, TenantId};
use bowline_vault::AuditKeys;
use chrono::{DateTime, Utc};
use diesel::sql_types::Timestamptz;
use diesel::{IntoSql as _, QueryResult};
use diesel_async::{
    AnsiTransactionManager, AsyncPgConnection, RunQueryDsl as _, SimpleAsyncConnection as _,
    TransactionManager as _,
};
use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};
use tracing::Span;
use tracing::field::Empty;
use uuid::Uuid;

use super::chain::Head;
use super::error::ran_out_of_time;
use super::permits::Permit;
use super::pool;
use super::pool::{Connection, Pool};
use super::sql::pg_advisory_xact_lock;
use crate::domain::credential::Digest;
use crate::domain::{About, Actor, Error, Event, Result};
use crate::metrics;
use crate::telemetry::SPANS;

/// An open transaction. If it is dropped without [`commit`](Self::commit), its connection is closed, because the pool
/// discards connections with an open transaction; Postgres then rolls back.
pub struct Tx<Scope> {
    connection: Connection,
    chain: Uuid,
    /// When it began, if that was asked.
    pub(in crate::store) now: Option<DateTime<Utc>>,
    /// The end of its audit chain, if it has locked it. Nobody else can add to the chain then.
    pub(in crate::store) head: Option<Head>,
    /// Whether its role may add to the audit log and the transaction names the chain.
    records: bool,
    sharded: bool,
    audit_keys: Arc<AuditKeys>,
    /// Whether something is to be delivered to a tenant's endpoint once it is committed, and whom to tell then.
    pub(in crate::store) has_queued: bool,
    /// The last event that it has written for a tenant's endpoints.
    pub(in crate::store) told: Option<Uuid>,
    outbox: Arc<Notify>,
    /// The span of the transaction.
    span: Span,
    scope: PhantomData<Scope>,
    /// A permit of the tenant or of the operators. It is returned after the connection.
    permit: Option<Permit>,
}

/// Marks transactions of one tenant.
#[derive(Debug)]
pub struct OneTenant;
/// Marks transactions of the service itself.
#[derive(Debug)]
pub struct Platform;
/// Marks operators' reads across all tenants.
#[derive(Debug)]
pub struct AllTenants;
/// Marks workers' searches for due work.
#[derive(Debug)]
pub struct DueWork;

/// Sees one tenant's rows.
pub type TenantTx = Tx<OneTenant>;
/// Sees the rows that belong to no tenant.
pub type PlatformTx = Tx<Platform>;
/// Reads across all tenants.
pub type OperatorTx = Tx<AllTenants>;
/// Finds due work across all tenants.
pub type WorkerTx = Tx<DueWork>;

impl<Scope> Tx<Scope> {
    /// The connection, for the statements of the store.
    pub(in crate::store) fn connection(&mut self) -> &mut AsyncPgConnection {
        &mut self.connection
    }

    /// The tenant whose audit chain this transaction adds to; nil for the service's own.
    pub(in crate::store) fn chain(&self) -> Uuid {
        self.chain
    }

    /// The keys that sign the entries which this transaction adds to the audit log.
    pub(in crate::store) fn audit_keys(&self) -> &AuditKeys {
        &self.audit_keys
    }

    /// When this transaction began by the database's clock, which alone decides about expiry.
    pub async fn now(&mut self) -> Result<DateTime<Utc>> {
        if let Some(now) = self.now {
            return Ok(now);
        }
        let now = diesel::select(diesel::dsl::now.into_sql::<Timestamptz>());
        let now = now.get_result(self.connection()).await?;
        self.now = Some(now);
        Ok(now)
    }

    /// Waits until no other transaction holds the advisory lock `name`, and holds it until this one ends.
    pub(in crate::store) async fn take_turn(&mut self, name: &[u8]) -> Result<()> {
        let mut key = [0; 8];
        key.copy_from_slice(&Digest::of(name).as_bytes()[..8]);
        let turn = diesel::select(pg_advisory_xact_lock(i64::from_be_bytes(key)));
        turn.execute(self.connection()).await?;
        Ok(())
    }

    /// Does `work` and leaves the transaction open, for a caller that decides later how it ends. If `work` fails, the
    /// transaction ends as in [`finish`](Self::finish).
    ///
    /// # Errors
    /// The error of `work`.
    pub async fn attempt<T>(mut self, work: impl AsyncFnOnce(&mut Self) -> Result<T>) -> Result<(Self, T)> {
        match work(&mut self).await {
            Ok(value) => Ok((self, value)),
            Err(error) => self.finish(Err(error)).await,
        }
    }

    /// Does `work`, and ends the transaction as [`finish`](Self::finish) does.
    pub(in crate::store) async fn run<T>(
        mut self,
        work: impl AsyncFnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        let outcome = work(&mut self).await;
        self.finish(outcome).await
    }

    /// Commits the transaction.
    ///
    /// # Errors
    /// `database_unavailable` if the commit is not known to have succeeded.
    pub async fn commit(mut self) -> Result<()> {
        match AnsiTransactionManager::commit_transaction(&mut *self.connection).await.map_err(Error::from) {
            // Postgres may or may not have received the COMMIT.
            Err(Error::Unavailable(source)) => Err(Error::Unconfirmed(source)),
            outcome => {
                self.span.record("outcome", "commit");
                if self.has_queued {
                    self.outbox.notify_one();
                }
                self.served();
                outcome
            }
        }
    }

    /// Commits if `outcome` is a success, and rolls back otherwise; in both cases the connection can be reused. An
    /// integrity failure is then recorded in the audit log, in a separate transaction.
    ///
    /// # Errors
    /// The outcome's own, or those of [`commit`](Self::commit).
    pub async fn finish<T>(mut self, outcome: Result<T>) -> Result<T> {
        match outcome {
            Ok(value) => self.commit().await.map(|()| value),
            Err(error) => {
                self.served();
                // If the rollback fails, the pool discards the connection, and the first error is the more useful one.
                // If the log itself refused an entry, that was recorded already and no transaction is open.
                let rolled_back = AnsiTransactionManager::rollback_transaction(&mut *self.connection).await;
                if let Error::Integrity { what, about } = error
                    && rolled_back.is_ok()
                    && self.records
                {
                    // Boxed, because the many successful calls should not reserve space for it.
                    Box::pin(self.note(what, about)).await;
                }
                Err(error)
            }
        }
    }

    /// Rolls back the transaction. If that fails, the pool discards the connection.
    pub(in crate::store) async fn roll_back(&mut self) {
        AnsiTransactionManager::rollback_transaction(&mut *self.connection).await.ok();
    }

    /// Does `work`, which only reads, behind a savepoint; `None` if one of its statements ran out of time. The savepoint is rolled back in
    /// any case, which also undoes what `work` has set for its own statements.
    ///
    /// # Errors
    /// The other errors of `work`.
    pub(in crate::store) async fn trying<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut Self) -> Result<T>,
    ) -> Result<Option<T>> {
        AnsiTransactionManager::begin_transaction(&mut *self.connection).await?;
        let outcome = work(self).await;
        let undone = AnsiTransactionManager::rollback_transaction(&mut *self.connection).await;
        match outcome {
            Ok(value) => undone.map(|()| Some(value)).map_err(Error::from),
            Err(error) if ran_out_of_time(&error) => undone.map(|()| None).map_err(Error::from),
            Err(error) => Err(error),
        }
    }

    /// Lets Postgres run each following statement for at most `limit`, and at least a millisecond, until the savepoint is rolled back.
    /// Postgres does not compile these statements either: that takes longer than some limits, and cannot be interrupted.
    pub(in crate::store) async fn limit_statements(&mut self, limit: Duration) -> Result<()> {
        let milliseconds = limit.as_millis().max(1);
        let set = format!("SET LOCAL statement_timeout = {milliseconds}; SET LOCAL jit = off");
        Ok(self.connection.batch_execute(&set).await?)
    }

    /// Lets Postgres plan each prepared statement once and not for each value, until the savepoint is rolled back. This is for statements of
    /// which one index gives the order for every value.
    pub(in crate::store) async fn plan_for_all_values(&mut self) -> Result<()> {
        Ok(self.connection.batch_execute("SET LOCAL plan_cache_mode = force_generic_plan").await?)
    }

    /// Makes the transaction hold a permit until it ends.
    pub(in crate::store) fn with_permit(mut self, permit: Permit) -> Self {
        self.permit = Some(permit);
        self
    }

    fn served(&self) {
        if let Some(permit) = &self.permit {
            permit.served();
        }
    }

    /// Records an integrity failure in the chain of the transaction that found it, or in the service's own chain if
    /// that one accepts no entries. The alarm was raised before, so a failure to record it is only logged.
    pub(in crate::store) async fn note(&mut self, what: &'static str, about: About) {
        // A chain that was tampered with accepts no entries.
        if matches!(about, About::AuditLog(_)) {
            self.chain = Uuid::nil();
        }
        let mut noted = self.try_note(what, about).await;
        if noted.is_err() && !self.chain.is_nil() {
            self.chain = Uuid::nil();
            noted = self.try_note(what, about).await;
        }
        if let Err(error) = noted {
            tracing::error!(what, %error, alarm = "audit", "an integrity failure could not be recorded in the audit log");
        }
    }

    async fn try_note(&mut self, what: &'static str, about: About) -> Result<()> {
        (self.now, self.head) = (None, None);
        open_transaction(&mut self.connection, self.chain, VisibleRows::Tenant, self.sharded).await?;
        match self.append(&Actor::System, Event::integrity_error(what, about)).await {
            Ok(()) => Ok(AnsiTransactionManager::commit_transaction(&mut *self.connection).await?),
            Err(error) => {
                AnsiTransactionManager::rollback_transaction(&mut *self.connection).await.ok();
                Err(error)
            }
        }
    }
}

impl TenantTx {
    /// The tenant whose rows this transaction sees.
    pub fn tenant(&self) -> TenantId {
        self.chain.into()
    }

    /// The last event that this transaction has written for the tenant's endpoints.
    pub fn last_told(&self) -> Option<EventId> {
        self.told.map(EventId::from)
    }

    /// The tenant's id in the form of the tables.
    pub(in crate::store) fn tenant_uuid(&self) -> Uuid {
        self.chain
    }
}

/// The setting that a transaction makes before its first statement, and that determines which rows it sees.
pub(in crate::store) enum VisibleRows {
    /// The rows of one tenant.
    Tenant,
    /// The row of the presented credential with this digest.
    Credential(Digest),
    /// The rows that this role sees. It replaces the server's own role.
    Role(DatabaseRole),
}

impl VisibleRows {
    fn name(&self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::Credential(_) => "credential",
            Self::Role(DatabaseRole::Operator) => "operator",
            Self::Role(DatabaseRole::Worker) => "worker",
        }
    }
}

/// The roles that see several tenants, but fewer columns.
pub(in crate::store) enum DatabaseRole {
    Operator,
    Worker,
}

/// Begins a transaction of the audit chain `chain` on a connection of `pool`. The wait for the connection and its first
/// response together must end at `deadline`.
pub(in crate::store) async fn begin<Scope>(
    pool: &Pool,
    chain: Uuid,
    setting: VisibleRows,
    sharded: bool,
    (audit_keys, outbox): (&Arc<AuditKeys>, &Arc<Notify>),
    deadline: Instant,
) -> Result<Tx<Scope>> {
    let span = tracing::info_span!(
        target: SPANS,
        "database transaction",
        scope = setting.name(),
        outcome = Empty,
        db.system.name = "postgresql",
        otel.kind = "client",
    );
    let waiting = Instant::now();
    let had = by(deadline, pool.get()).await;
    metrics::database().waited(waiting.elapsed(), matches!(had, Some(Ok(_))));
    let mut connection = match had {
        Some(connection) => connection?,
        None => return Err(Error::Unavailable("no connection could be made in time".into())),
    };
    let records = matches!(setting, VisibleRows::Tenant);
    let Some(begun) = by(deadline, open_transaction(&mut connection, chain, setting, sharded)).await else {
        drop(Connection::take(connection));
        pool::discard_idle(pool);
        return Err(Error::Unavailable("the database did not begin a transaction in time".into()));
    };
    begun?;
    let (audit_keys, outbox) = (Arc::clone(audit_keys), Arc::clone(outbox));
    Ok(Tx {
        connection,
        chain,
        now: None,
        head: None,
        records,
        sharded,
        audit_keys,
        has_queued: false,
        told: None,
        outbox,
        span,
        scope: PhantomData,
        permit: None,
    })
}

async fn by<T>(deadline: Instant, work: impl Future<Output = T>) -> Option<T> {
    timeout_at(deadline, work).await.ok()
}

/// Begins a transaction that sees what `setting` allows, in one round trip.
async fn open_transaction(
    connection: &mut Connection,
    chain: Uuid,
    setting: VisibleRows,
    sharded: bool,
) -> QueryResult<()> {
    let set = match setting {
        VisibleRows::Tenant => set_local("bowline.tenant", &chain.to_string(), sharded),
        VisibleRows::Credential(digest) => set_local("bowline.credential", &digest.to_hex(), sharded),
        VisibleRows::Role(DatabaseRole::Operator) => "SET LOCAL ROLE bowline_operator".to_owned(),
        VisibleRows::Role(DatabaseRole::Worker) => "SET LOCAL ROLE bowline_worker".to_owned(),
    };
    let begun =
        AnsiTransactionManager::begin_transaction_sql(&mut **connection, &format!("BEGIN; {set}")).await;
    if begun.is_err() {
        // Postgres may have begun a transaction before it failed, of which the pool knows nothing.
        connection.batch_execute("ROLLBACK").await.ok();
    }
    begun
}

/// Sharding engines propagate the command `SET LOCAL` to their other nodes, but not the effect of a function. Without
/// other nodes the function is better, because the statistics of Postgres replace the constants of a query, so that it
/// appears in them as one statement. Callers cannot choose the values, so they need no escaping.
fn set_local(name: &str, value: &str, sharded: bool) -> String {
    if sharded {
        format!("SET LOCAL {name} = '{value}'")
    } else {
        format!("SELECT set_config('{name}', '{value}', true)")
    }
}
