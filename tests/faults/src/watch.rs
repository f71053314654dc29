//! Continuous checks during a fault: probes of revoked accounts, and the generations of all accounts.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use bowline_api::AccountId;
use bowline_postgres::SUPERUSER;
use bowline_tests::{Postgres, Tenant};
use tokio::task::JoinHandle;
use tokio_postgres::Client;

/// The pause between two checks. No assertion depends on it.
const PAUSE: Duration = Duration::from_millis(100);
/// How long to wait for the database.
const PATIENCE: Duration = Duration::from_secs(20);
/// The number of revoked accounts that are probed, beginning with the latest.
const PROBED: usize = 8;

/// A database connection as the superuser that bypasses any proxy and reconnects automatically.
#[derive(Debug, Clone)]
pub(crate) struct Direct {
    postgres: Postgres,
    database: String,
    kept: Arc<Mutex<Option<Arc<Client>>>>,
}

impl Direct {
    pub(crate) fn new(postgres: Postgres, database: String) -> Self {
        Self { postgres, database, kept: Arc::default() }
    }

    /// Executes a statement; returns the number of affected rows.
    pub(crate) async fn execute(&self, sql: &str) -> Result<u64> {
        patiently(self.client().await?.execute(sql, &[])).await
    }

    /// The rows of a query.
    pub(crate) async fn rows(&self, sql: &str) -> Result<Vec<tokio_postgres::Row>> {
        patiently(self.client().await?.query(sql, &[])).await
    }

    /// The text that a query returns.
    pub(crate) async fn text(&self, sql: &str) -> Result<String> {
        Ok(self.rows(sql).await?.first().context("the query returned no row")?.try_get(0)?)
    }

    /// The number that a query returns.
    pub(crate) async fn count(&self, sql: &str) -> Result<i64> {
        Ok(self.rows(sql).await?.first().context("the query returned no row")?.try_get(0)?)
    }

    /// The last good connection, or a new one.
    async fn client(&self) -> Result<Arc<Client>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(client) = kept.filter(|client| !client.is_closed()) {
            return Ok(client);
        }
        let connecting = tokio::time::timeout(PATIENCE, self.postgres.connect(SUPERUSER, &self.database));
        let client = Arc::new(connecting.await.context("the database cannot be reached")??);
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&client));
        Ok(client)
    }
}

async fn patiently<T>(work: impl Future<Output = Result<T, tokio_postgres::Error>>) -> Result<T> {
    Ok(tokio::time::timeout(PATIENCE, work).await.context("the database does not answer")??)
}

/// Continuously requests tokens of revoked accounts at every replica.
#[derive(Debug)]
pub(crate) struct Prober {
    state: Arc<Mutex<Probes>>,
    task: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Probes {
    targets: Vec<AccountId>,
    refused: usize,
    yielded: Vec<AccountId>,
}

impl Prober {
    pub(crate) fn start(replicas: Vec<Tenant>) -> Self {
        let state: Arc<Mutex<Probes>> = Arc::default();
        let task = tokio::spawn(probe(Arc::clone(&state), replicas));
        Self { state, task }
    }

    /// From now on this account must not yield a token.
    pub(crate) fn add(&self, account: AccountId) {
        self.handle().add(account);
    }

    pub(crate) fn handle(&self) -> ProberHandle {
        ProberHandle(Arc::clone(&self.state))
    }

    /// The number of refused probes, and the accounts that yielded a token.
    pub(crate) fn found(&self) -> (usize, Vec<AccountId>) {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        (state.refused, state.yielded.clone())
    }
}

impl Drop for Prober {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A handle for background work that revokes accounts.
#[derive(Debug, Clone)]
pub(crate) struct ProberHandle(Arc<Mutex<Probes>>);

impl ProberHandle {
    pub(crate) fn add(&self, account: AccountId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).targets.push(account);
    }
}

async fn probe(state: Arc<Mutex<Probes>>, replicas: Vec<Tenant>) {
    let lock = || state.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        let targets: Vec<AccountId> = lock().targets.iter().rev().take(PROBED).copied().collect();
        for replica in &replicas {
            for target in &targets {
                // A call without an answer yields no token.
                let Ok(answer) = replica.try_token(*target).await else { continue };
                if answer.status == 200 {
                    lock().yielded.push(*target);
                } else {
                    lock().refused += 1;
                }
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Continuously reads the generations of all accounts; none may decrease.
#[derive(Debug)]
pub(crate) struct Generations {
    found: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Generations {
    pub(crate) fn start(direct: Direct) -> Self {
        let found: Arc<Mutex<Vec<String>>> = Arc::default();
        let task = tokio::spawn(follow(direct, Arc::clone(&found)));
        Self { found, task }
    }

    /// The accounts whose generation decreased.
    pub(crate) fn found(&self) -> Vec<String> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Generations {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn follow(direct: Direct, found: Arc<Mutex<Vec<String>>>) {
    let mut highest: HashMap<String, i64> = HashMap::new();
    loop {
        // Postgres may be the failing component.
        let rows = direct.rows("SELECT id::text, generation FROM accounts").await.unwrap_or_default();
        for row in rows {
            let (id, now): (String, i64) = (row.get(0), row.get(1));
            let before = highest.entry(id.clone()).or_insert(now);
            if now < *before {
                let text = format!("account {id} went from generation {before} to {now}");
                found.lock().unwrap_or_else(PoisonError::into_inner).push(text);
            }
            *before = now.max(*before);
        }
        tokio::time::sleep(PAUSE).await;
    }
}
