//! A complete running service for fault scenarios.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use bowline_api::AccountId;
use bowline_api::v1::Account;
use bowline_postgres::SUPERUSER;
use bowline_tests::{Database, Operator, Person, Postgres, Stack, Tenant};
use dropbox_sim::Reveal;
use tokio_postgres::config::Host;

use crate::engine::Engine;
use crate::fleet::Fleet;
use crate::ledger::Ledger;
use crate::proxy::{Proxy, Upstream};
use crate::told::Listener;
use crate::watch::{Direct, Generations, Prober};

/// The configuration of a bench.
#[derive(Debug, Default)]
pub struct BenchBuilder {
    replicas: usize,
    accounts: usize,
    proxied: bool,
    engine: Option<Engine>,
    own_engine: bool,
    settings: Vec<(String, String)>,
}

impl BenchBuilder {
    /// Sets the number of servers.
    #[must_use]
    pub fn replicas(mut self, replicas: usize) -> Self {
        self.replicas = replicas;
        self
    }

    /// Sets the number of linked accounts.
    #[must_use]
    pub fn accounts(mut self, accounts: usize) -> Self {
        self.accounts = accounts;
        self
    }

    /// Places a [`Proxy`] between the servers and Postgres.
    #[must_use]
    pub fn proxied(mut self) -> Self {
        self.proxied = true;
        self
    }

    /// Uses a dedicated Postgres, which can be stopped and killed.
    #[must_use]
    pub fn own_postgres(mut self) -> Self {
        self.own_engine = true;
        self
    }

    /// Uses this Postgres.
    #[must_use]
    pub fn engine(mut self, engine: Engine) -> Self {
        self.engine = Some(engine);
        self
    }

    /// Adds a setting of the servers, named like its environment variable.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "scenarios pass literals")]
    pub fn setting(mut self, name: &str, value: impl ToString) -> Self {
        self.settings.push((name.to_owned(), value.to_string()));
        self
    }

    /// Starts everything and links the accounts.
    pub async fn start(self) -> Result<Bench> {
        let engine = match self.engine {
            Some(engine) => Some(engine),
            None if self.own_engine => Some(Engine::start().await?),
            None => None,
        };
        let postgres = match &engine {
            Some(engine) => engine.postgres()?,
            None => Postgres::shared().await?,
        };
        let database = Database::fresh_in(postgres).await?;
        let direct = Direct::new(database.postgres().clone(), database.name().to_owned());
        // Under load, a log of every statement would dominate the work.
        let mut stack = Stack::builder()
            .replicas(self.replicas)
            .setting("BOWLINE_LOG", "info")
            .setting("BOWLINE_WEBHOOKS__ALLOW_LOOPBACK", true);
        let mut proxy = None;
        if self.proxied {
            let made = Proxy::start(upstream(&database)?).await?;
            let url = format!("postgresql://bowline_server@{}/{}", made.address(), database.name());
            stack = stack.setting("BOWLINE_DATABASE__URL", url);
            proxy = Some(made);
        }
        for (name, value) in self.settings {
            stack = stack.setting(&name, value);
        }
        let stack = stack.database(database).start().await?;
        let tenant = Tenant::create(&stack, "acme").await?;
        let operator = Operator::create(&stack, "olga", "admin").await?;
        let bases = (0..self.replicas.max(1)).map(|number| stack.server(number).public_url());
        let tenants: Vec<Tenant> = bases.map(|base| tenant.at(base)).collect();
        let mut bench = Bench {
            prober: Prober::start(tenants.clone()),
            generations: Generations::start(direct.clone()),
            fleet: Arc::new(Fleet::new(tenants)),
            listeners: vec![Listener::start(&tenant).await?],
            tenant,
            operator: operator.into(),
            accounts: Vec::new(),
            ledger: Arc::default(),
            direct,
            stack,
            proxy,
            engine,
        };
        for number in 0..self.accounts {
            let account = bench.link(&format!("user-{number}")).await?;
            bench.accounts.push(account);
        }
        Ok(bench)
    }
}

/// The address to which the proxy forwards.
fn upstream(database: &Database) -> Result<Upstream> {
    let config: tokio_postgres::Config = database.postgres().url(SUPERUSER, database.name())?.parse()?;
    let port = config.get_ports().first().copied().unwrap_or(5432);
    match config.get_hosts().first().context("Postgres has no address")? {
        Host::Unix(directory) => Ok(Upstream::Unix(directory.join(format!(".s.PGSQL.{port}")))),
        Host::Tcp(host) => Ok(Upstream::Tcp(format!("{host}:{port}").parse()?)),
    }
}

/// A running service; dropping it ends everything.
#[derive(Debug)]
pub struct Bench {
    // Fields are dropped in this order, so that clients end before the servers.
    pub(crate) prober: Prober,
    pub(crate) generations: Generations,
    /// The replicas that callers may use.
    pub fleet: Arc<Fleet>,
    /// The tenant.
    pub tenant: Tenant,
    /// The endpoints of tenants that are told of all their events.
    pub(crate) listeners: Vec<Listener>,
    pub(crate) operator: tokio::sync::Mutex<Operator>,
    /// The linked accounts, which background work does not touch.
    pub accounts: Vec<Account>,
    /// The record of what was acknowledged.
    pub ledger: Arc<Ledger>,
    /// A database connection that bypasses the proxy.
    pub(crate) direct: Direct,
    /// The servers and the simulated Dropbox.
    pub stack: Stack,
    /// The proxy between the servers and Postgres, if there is one.
    pub proxy: Option<Proxy>,
    /// The dedicated Postgres, if there is one.
    pub engine: Option<Engine>,
}

impl Bench {
    /// Configures a bench.
    pub fn builder() -> BenchBuilder {
        BenchBuilder::default()
    }

    /// The first account.
    ///
    /// # Panics
    /// If there is none.
    #[expect(clippy::indexing_slicing, reason = "a scenario that counts wrong fails")]
    pub fn account(&self) -> AccountId {
        self.accounts[0].id
    }

    /// The tenant with its calls directed to one replica.
    pub fn at(&self, replica: usize) -> Tenant {
        self.tenant.at(self.stack.server(replica).public_url())
    }

    /// The proxy between the servers and Postgres.
    pub fn proxy(&self) -> Result<&Proxy> {
        self.proxy.as_ref().context("this bench has no proxy")
    }

    /// The dedicated Postgres.
    pub fn engine(&self) -> Result<&Engine> {
        self.engine.as_ref().context("this bench has no dedicated Postgres")
    }

    /// Expires the access token of an account, in the database and at Dropbox.
    pub async fn expire(&self, account: AccountId) -> Result<()> {
        self.set_life(account, 0).await?;
        let provider = self
            .direct
            .text(&format!("SELECT provider_account_id FROM accounts WHERE id = '{}'", account.uuid()))
            .await?;
        self.ledger.expired();
        for grant in self.stack.dropbox.grants(Reveal::No) {
            if grant.account_id == provider && grant.alive {
                self.stack.dropbox.expire_tokens(Some(grant.id));
            }
        }
        Ok(())
    }

    /// Sets the remaining lifetime of an account's access token in seconds, by the database's clock.
    pub async fn set_life(&self, account: AccountId, seconds: i64) -> Result<()> {
        let change = format!("access_expires_at = now() + interval '{seconds} seconds'");
        let account = format!("id = '{}'", account.uuid());
        let edited = self.stack.resealer().edit_accounts(&change, &account).await?;
        ensure!(edited == 1, "there is no such account");
        Ok(())
    }

    /// Ends the pauses after failed refreshes, of accounts and connectors, so that scenarios need not wait for them.
    pub async fn end_cool_downs(&self) -> Result<()> {
        self.direct.execute("UPDATE refresh_leases SET cool_down_until = NULL").await?;
        // The state of the circuit breakers; a breaker without a row is closed.
        if self.direct.count("SELECT count(to_regclass('connector_health'))").await? == 1 {
            self.direct.execute("DELETE FROM connector_health").await?;
        }
        Ok(())
    }

    /// The generation of an account.
    pub async fn generation(&self, account: AccountId) -> Result<i64> {
        let sql = format!("SELECT generation::text FROM accounts WHERE id = '{}'", account.uuid());
        Ok(self.direct.text(&sql).await?.parse()?)
    }

    /// Links a new Dropbox user completely.
    pub async fn link(&self, user: &str) -> Result<Account> {
        let account = Person::new(&self.stack, "new").links(&self.stack, &self.tenant, user).await?;
        self.ledger.linked(account.id);
        Ok(account)
    }

    /// Revokes an account, and has it probed from then on if the revocation was acknowledged.
    pub async fn revoke(&self, account: AccountId) -> Result<()> {
        self.ledger.revoking(account);
        let answer = self.tenant.revoke(account).await?;
        ensure!(answer.status == 202, "the revoke was refused: {}", answer.text());
        self.ledger.revoked(account);
        self.prober.add(account);
        Ok(())
    }

    /// The last warnings and errors in the logs of all servers, to help find a cause.
    pub fn warnings(&self) -> String {
        let logs = self.stack.logs();
        let told = |line: &&str| {
            (line.contains("\"WARN\"") || line.contains("\"ERROR\"")) && !line.contains("rocket::launch")
        };
        let mut lines: Vec<&str> = logs.lines().rev().filter(told).take(12).collect();
        lines.reverse();
        lines.join("\n")
    }

    /// Waits until every replica returns tokens; returns how long that took.
    pub async fn healed(&self) -> Result<Duration> {
        let started = std::time::Instant::now();
        for tenant in self.fleet.all() {
            bowline_tests::until("a token to be had again", async || {
                tenant.try_token(self.account()).await.ok().filter(|answer| answer.status == 200)
            })
            .await?;
        }
        Ok(started.elapsed())
    }
}
