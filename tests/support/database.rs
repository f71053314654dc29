//! A fresh, migrated database for each test, copied from a template that is created once for each Postgres.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use bowline_postgres::SUPERUSER;
use bowline_process::Program;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Row};

use crate::Postgres;
use crate::programs::program;

/// The role that the migrations create for the server.
pub(crate) const SERVER_ROLE: &str = "bowline_server";
/// The advisory lock under which one process creates the template.
const LOCK: i64 = 0x7465_6d70_6c61_7465;

/// The database of one test, which is dropped with this value.
#[derive(Debug)]
pub struct Database {
    postgres: Postgres,
    name: String,
    owner: String,
}

impl Database {
    /// A new database in the Postgres of this run.
    pub async fn fresh() -> anyhow::Result<Self> {
        Self::fresh_in(Postgres::shared().await?).await
    }

    /// A new database in `postgres`.
    pub async fn fresh_in(postgres: Postgres) -> anyhow::Result<Self> {
        let template = template(&postgres).await?;
        Self::create(postgres, &format!("TEMPLATE {template}")).await
    }

    /// A new database with these options of `CREATE DATABASE`, such as a locale.
    pub async fn fresh_with(options: &str) -> anyhow::Result<Self> {
        let database = Self::create(Postgres::shared().await?, options).await?;
        migrate(&database.owner_url()?).await?;
        Ok(database)
    }

    async fn create(postgres: Postgres, options: &str) -> anyhow::Result<Self> {
        let admin = postgres.connect(SUPERUSER, SUPERUSER).await?;
        let name: String = admin
            .query_one("SELECT 'bowline_test_' || replace(gen_random_uuid()::text, '-', '')", &[])
            .await?
            .get(0);
        admin.batch_execute(&format!("CREATE DATABASE {name} {options}")).await?;
        Ok(Self { postgres, name, owner: SUPERUSER.to_owned() })
    }

    /// A database that exists and is migrated already, and belongs to `owner`.
    pub fn of_owner(postgres: Postgres, owner: &str, name: &str) -> Self {
        Self { postgres, name: name.to_owned(), owner: owner.to_owned() }
    }

    /// The server's own URL.
    pub fn server_url(&self) -> anyhow::Result<String> {
        self.postgres.url(SERVER_ROLE, &self.name)
    }

    /// The owner's URL.
    pub fn owner_url(&self) -> anyhow::Result<String> {
        self.postgres.url(&self.owner, &self.name)
    }

    /// Its Postgres.
    pub fn postgres(&self) -> &Postgres {
        &self.postgres
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A connection as the superuser, which row-level security does not bind.
    pub async fn superuser(&self) -> anyhow::Result<Client> {
        self.postgres.connect(SUPERUSER, &self.name).await
    }

    /// A connection as the server's role.
    pub async fn server_role(&self) -> anyhow::Result<Client> {
        self.postgres.connect(SERVER_ROLE, &self.name).await
    }

    /// Runs one statement as the superuser and returns the number of affected rows.
    pub async fn execute(&self, sql: &str, parameters: &[&(dyn ToSql + Sync)]) -> anyhow::Result<u64> {
        Ok(self.superuser().await?.execute(sql, parameters).await?)
    }

    /// The rows of one query as the superuser.
    pub async fn rows(&self, sql: &str, parameters: &[&(dyn ToSql + Sync)]) -> anyhow::Result<Vec<Row>> {
        Ok(self.superuser().await?.query(sql, parameters).await?)
    }

    /// The single number that a query returns, as the superuser.
    pub async fn count(&self, sql: &str) -> anyhow::Result<i64> {
        Ok(self.superuser().await?.query_one(sql, &[]).await?.try_get(0)?)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let (postgres, name) = (self.postgres.clone(), self.name.clone());
        // A destructor cannot block on the runtime in which it runs.
        let dropped = std::thread::spawn(move || -> anyhow::Result<()> {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(postgres.execute(&format!("DROP DATABASE {name} WITH (FORCE)")))
        })
        .join();
        if !matches!(dropped, Ok(Ok(()))) {
            eprintln!("the database {} could not be dropped: {dropped:?}", self.name);
        }
    }
}

/// The migrated template of this build of the server, created by the first caller.
async fn template(postgres: &Postgres) -> anyhow::Result<String> {
    let built = std::fs::metadata(program("bowline-server")?)?;
    let mut hasher = DefaultHasher::new();
    (built.len(), built.modified()?).hash(&mut hasher);
    let name = format!("bowline_template_{:016x}", hasher.finish());

    let admin = postgres.connect(SUPERUSER, SUPERUSER).await?;
    admin.execute("SELECT pg_advisory_lock($1)", &[&LOCK]).await?;
    if admin.query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&name]).await?.is_none() {
        // The template gets its name last, so that an incomplete one is never used.
        admin.batch_execute("DROP DATABASE IF EXISTS bowline_unfinished WITH (FORCE)").await?;
        admin.batch_execute("CREATE DATABASE bowline_unfinished").await?;
        migrate(&postgres.url(SUPERUSER, "bowline_unfinished")?).await?;
        admin.batch_execute("ALTER DATABASE bowline_unfinished ALLOW_CONNECTIONS false").await?;
        admin.batch_execute(&format!("ALTER DATABASE bowline_unfinished RENAME TO {name}")).await?;
    }
    // The lock ends with the connection.
    Ok(name)
}

async fn migrate(owner_url: &str) -> anyhow::Result<()> {
    let server = Program::new(program("bowline-server")?).variable("BOWLINE_DATABASE__OWNER_URL", owner_url);
    server.run(&["migrate", "--json"], None).await.map(drop)
}
