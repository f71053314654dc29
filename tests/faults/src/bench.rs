//! A whole service with things to break.

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
use crate::watch::{Direct, Generations, Prober};

/// What a bench is to be like.
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
    /// So many servers.
    #[must_use]
    pub fn replicas(mut self, replicas: usize) -> Self {
        self.replicas = replicas;
        self
    }

    /// So many linked accounts.
    #[must_use]
    pub fn accounts(mut self, accounts: usize) -> Self {
        self.accounts = accounts;
        self
    }

    /// A [`Proxy`] between the servers and Postgres.
    #[must_use]
    pub fn proxied(mut self) -> Self {
        self.proxied = true;
        self
    }

    /// A Postgres of its own, to be stopped and killed.
    #[must_use]
    pub fn own_postgres(mut self) -> Self {
        self.own_engine = true;
        self
    }

    /// This Postgres.
    #[must_use]
    pub fn engine(mut self, engine: Engine) -> Self {
        self.engine = Some(engine);
        self
    }

    /// A setting of the servers, named like their environment variable.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "scenarios pass literals")]
    pub fn setting(mut self, name: &str, value: impl ToString) -> Self {
        self.settings.push((name.to_owned(), value.to_string()));
        self
    }

    /// Starts it all, and links the accounts.
    ///
    /// # Errors
    /// Where a part of it does not start.
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
        // Under load a log of every statement would be most of the work.
        let mut stack = Stack::builder().replicas(self.replicas).setting("BOWLINE_LOG", "info");
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

/// Where the proxy carries its bytes.
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
    // Dropped in this order: nobody talks to what is gone.
    pub(crate) prober: Prober,
    pub(crate) generations: Generations,
    /// The replicas that callers may use.
    pub fleet: Arc<Fleet>,
    /// The tenant.
    pub tenant: Tenant,
    pub(crate) operator: tokio::sync::Mutex<Operator>,
    /// Its linked accounts, which no background work touches.
    pub accounts: Vec<Account>,
    /// What was acknowledged.
    pub ledger: Arc<Ledger>,
    /// A way to the database past the proxy.
    pub(crate) direct: Direct,
    /// The servers and Dropbox.
    pub stack: Stack,
    /// Between the servers and Postgres, if it was wished for.
    pub proxy: Option<Proxy>,
    /// The Postgres, if it is one of our own.
    pub engine: Option<Engine>,
}

impl Bench {
    /// One with wishes.
    pub fn builder() -> BenchBuilder {
        BenchBuilder::default()
    }

    /// The first account.
    ///
    /// # Panics
    /// Where there is none.
    #[expect(clippy::indexing_slicing, reason = "a scenario that counts wrong fails")]
    pub fn account(&self) -> AccountId {
        self.accounts[0].id
    }

    /// The tenant at a replica.
    pub fn at(&self, replica: usize) -> Tenant {
        self.tenant.at(self.stack.server(replica).public_url())
    }

    /// The proxy.
    ///
    /// # Errors
    /// Where none was wished for.
    pub fn proxy(&self) -> Result<&Proxy> {
        self.proxy.as_ref().context("this bench has no proxy")
    }

    /// The Postgres.
    ///
    /// # Errors
    /// Where it is not our own.
    pub fn engine(&self) -> Result<&Engine> {
        self.engine.as_ref().context("this bench has no Postgres of its own")
    }

    /// Lets the access token of an account run out, here and at Dropbox.
    ///
    /// # Errors
    /// Where there is no such account.
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

    /// Lets the access token of an account live so many seconds more by the database's clock.
    ///
    /// # Errors
    /// Where there is no such account.
    pub async fn set_life(&self, account: AccountId, seconds: i64) -> Result<()> {
        let change = format!("access_expires_at = now() + interval '{seconds} seconds'");
        let account = format!("id = '{}'", account.uuid());
        let edited = self.stack.resealer().edit_accounts(&change, &account).await?;
        ensure!(edited == 1, "there is no such account");
        Ok(())
    }

    /// Ends the pauses after failed refreshes, of accounts and of connectors, which nobody waits for here.
    ///
    /// # Errors
    /// Those of the statements.
    pub async fn end_cool_downs(&self) -> Result<()> {
        self.direct.execute("UPDATE refresh_leases SET cool_down_until = NULL").await?;
        // Where the circuit breaker remembers; no row is a breaker that is closed.
        if self.direct.count("SELECT count(to_regclass('connector_health'))").await? == 1 {
            self.direct.execute("DELETE FROM connector_health").await?;
        }
        Ok(())
    }

    /// The generation of an account.
    ///
    /// # Errors
    /// Where there is no such account.
    pub async fn generation(&self, account: AccountId) -> Result<i64> {
        let sql = format!("SELECT generation::text FROM accounts WHERE id = '{}'", account.uuid());
        Ok(self.direct.text(&sql).await?.parse()?)
    }

    /// Links a new Dropbox user, to the end.
    ///
    /// # Errors
    /// Where a step is refused.
    pub async fn link(&self, user: &str) -> Result<Account> {
        let account = Person::new(&self.stack, "new").links(&self.stack, &self.tenant, user).await?;
        self.ledger.linked(account.id);
        Ok(account)
    }

    /// Revokes an account, and has it probed from then on if that was acknowledged.
    ///
    /// # Errors
    /// Where it is refused.
    pub async fn revoke(&self, account: AccountId) -> Result<()> {
        self.ledger.revoking(account);
        let answer = self.tenant.revoke(account).await?;
        ensure!(answer.status == 202, "the revoke was refused: {}", answer.text());
        self.ledger.revoked(account);
        self.prober.add(account);
        Ok(())
    }

    /// The last warnings and errors in the logs of all servers, for whoever looks for a cause.
    pub fn warnings(&self) -> String {
        let logs = self.stack.logs();
        let told = |line: &&str| {
            (line.contains("\"WARN\"") || line.contains("\"ERROR\"")) && !line.contains("rocket::launch")
        };
        let mut lines: Vec<&str> = logs.lines().rev().filter(told).take(12).collect();
        lines.reverse();
        lines.join("\n")
    }

    /// A token can be had at every replica.
    ///
    /// # Errors
    /// Where none is to be had in time.
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
