//! Runs the migrations as a deployment does: the owner is not a superuser, row-level security binds it, and there are
//! rows.

mod fill;

use std::fs;
use std::path::Path;

use bowline_postgres::{Cluster, Options, SUPERUSER};
use diesel_migrations::FileBasedMigrations;
use tokio_postgres::{Client, NoTls};

use super::*;

/// The owner that `docs/running.md` describes.
const MIGRATION_OWNER: &str = "bowline_owner";

fn cluster() -> Cluster {
    Cluster::start(Options::temporary()).unwrap()
}

async fn client(cluster: &Cluster, user: &str, database: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(&cluster.url(user, database), NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// A database of `owner`, and a connection to it that sees everything.
async fn database(cluster: &Cluster, name: &str, owner: &str) -> Client {
    let superuser = client(cluster, SUPERUSER, SUPERUSER).await;
    if owner != SUPERUSER {
        let role = format!("CREATE ROLE {owner} LOGIN CREATEDB CREATEROLE");
        superuser.batch_execute(&role).await.unwrap();
    }
    superuser.batch_execute(&format!("CREATE DATABASE {name} OWNER {owner}")).await.unwrap();
    client(cluster, SUPERUSER, name).await
}

/// Runs one migration after another.
struct Owner(Option<AsyncMigrationHarness<AsyncPgConnection>>);

impl Owner {
    async fn of(cluster: &Cluster, user: &str, database: &str) -> Self {
        let url = SecretString::from(cluster.url(user, database));
        Self(Some(AsyncMigrationHarness::new(connect(&url, None).await.unwrap())))
    }

    async fn with<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut AsyncMigrationHarness<AsyncPgConnection>) -> T + Send + 'static,
    ) -> T {
        let mut harness = self.0.take().unwrap();
        let worked = tokio::task::spawn_blocking(move || {
            let done = work(&mut harness);
            (harness, done)
        });
        let (harness, done) = worked.await.unwrap();
        self.0 = Some(harness);
        done
    }

    /// Runs the next migration and returns its version; `None` if all have been run.
    async fn next(&mut self) -> Option<String> {
        self.with(|harness| {
            let pending = harness.has_pending_migration(MIGRATIONS).unwrap();
            pending.then(|| harness.run_next_migration(Sighted(MIGRATIONS)).unwrap().to_string())
        })
        .await
    }

    /// Reverts the last migration and returns its version.
    async fn revert_last(&mut self) -> String {
        self.with(|harness| harness.revert_last_migration(Sighted(MIGRATIONS)).unwrap().to_string()).await
    }
}

/// Runs every migration, and fills each table as soon as it exists.
async fn filled_database(cluster: &Cluster, name: &str, owner: &str) -> Client {
    let client = database(cluster, name, owner).await;
    let mut harness = Owner::of(cluster, owner, name).await;
    let mut tables = fill::Tables::default();
    while let Some(version) = harness.next().await {
        tables.fill(&client, &version).await;
    }
    client
}

async fn count_rows(client: &Client, sql: &str) -> i64 {
    client.query_one(sql, &[]).await.unwrap().get(0)
}

const TABLES_NOT_FORCED: &str = "SELECT count(*) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attname = 'tenant_id' AND NOT c.relforcerowsecurity";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_filled_tables_each_migration_does_for_an_ordinary_owner_what_it_does_for_a_superuser() {
    let cluster = cluster();
    let bound = filled_database(&cluster, "bound", MIGRATION_OWNER).await;
    let unbound = filled_database(&cluster, "unbound", SUPERUSER).await;
    let tables = fill::tables(&bound).await;
    assert!(tables.len() > 15, "{tables:?}");
    for table in &tables {
        let (ours, theirs) = (fill::rows(&bound, table).await, fill::rows(&unbound, table).await);
        assert!(!ours.is_empty(), "{table} is empty after all migrations");
        assert_eq!(ours, theirs, "{table} is another for an owner that row-level security binds");
    }
    assert_eq!(count_rows(&bound, TABLES_NOT_FORCED).await, 0);

    let mut owner = Owner::of(&cluster, MIGRATION_OWNER, "bound").await;
    for _ in 0..known() {
        owner.revert_last().await;
    }
    assert_eq!(fill::tables(&bound).await, Vec::<String>::new(), "left behind by the way down");
    while owner.next().await.is_some() {}
    assert_eq!(fill::tables(&bound).await, tables);
}

fn write(directory: &Path, name: &str, up: &str, in_transaction: bool) {
    let directory = directory.join(name);
    fs::create_dir(&directory).unwrap();
    fs::write(directory.join("up.sql"), up).unwrap();
    fs::write(directory.join("down.sql"), "SELECT 1").unwrap();
    let metadata = format!("run_in_transaction = {in_transaction}");
    fs::write(directory.join("metadata.toml"), metadata).unwrap();
}

async fn run_migrations(cluster: &Cluster, directory: &Path) -> Result<usize> {
    let url = SecretString::from(cluster.url(MIGRATION_OWNER, "bound"));
    run_from(&url, None, FileBasedMigrations::from_path(directory).unwrap()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_data_migration_and_a_new_foreign_key_see_the_rows_of_all_tenants() {
    let cluster = cluster();
    let client = filled_database(&cluster, "bound", MIGRATION_OWNER).await;
    let accounts = count_rows(&client, "SELECT count(*) FROM accounts").await;
    let directory = tempfile::tempdir().unwrap();
    let forced = format!(
        "DO $$ BEGIN IF ({TABLES_NOT_FORCED}) > 0 THEN RAISE 'not forced while a migration runs'; END IF; END $$;"
    );
    write(
        directory.path(),
        "2099-01-01-000001_notes",
        &format!(
            "{forced} UPDATE accounts SET display_name = display_name || ' (moved)';
             CREATE TABLE notes (tenant_id uuid NOT NULL, account_id uuid NOT NULL, note text NOT NULL);
             INSERT INTO notes SELECT tenant_id, id, display_name FROM accounts;
             ALTER TABLE notes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;"
        ),
        true,
    );
    write(
        directory.path(),
        "2099-01-01-000002_key",
        "ALTER TABLE notes ADD CONSTRAINT notes_account_fkey
            FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id);",
        true,
    );
    write(directory.path(), "2099-01-01-000003_outside", "UPDATE notes SET note = note || '.'", false);
    assert_eq!(run_migrations(&cluster, directory.path()).await.unwrap(), 3);
    let moved = "SELECT count(*) FROM accounts WHERE display_name LIKE '% (moved)'";
    assert_eq!(count_rows(&client, moved).await, accounts);
    assert_eq!(count_rows(&client, "SELECT count(*) FROM notes WHERE note LIKE '%(moved).'").await, accounts);
    assert_eq!(count_rows(&client, TABLES_NOT_FORCED).await, 0);

    // Rows that violate a new key are seen as well, and a failed migration leaves everything unchanged.
    write(
        directory.path(),
        "2099-01-01-000004_wrong",
        "ALTER TABLE notes ADD CONSTRAINT notes_key_fkey
            FOREIGN KEY (tenant_id, account_id) REFERENCES api_keys (tenant_id, id);",
        true,
    );
    run_migrations(&cluster, directory.path()).await.unwrap_err();
    assert_eq!(count_rows(&client, TABLES_NOT_FORCED).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_owner_who_does_not_ask_for_all_tenants_fails_and_changes_nothing_silently() {
    let cluster = cluster();
    let client_of_all = filled_database(&cluster, "bound", MIGRATION_OWNER).await;
    let owner = client(&cluster, MIGRATION_OWNER, "bound").await;
    let update = "UPDATE connectors SET name = 'other'";
    let error = owner.batch_execute(update).await.unwrap_err();
    assert!(error.as_db_error().unwrap().message().contains("bowline.all_tenants"), "{error:?}");
    owner.batch_execute("BEGIN; SET LOCAL bowline.all_tenants = 'on'; COMMIT").await.unwrap();
    owner.batch_execute(update).await.unwrap_err();
    owner.batch_execute(&format!("SET bowline.all_tenants = 'on'; {update}")).await.unwrap();
    assert_eq!(count_rows(&client_of_all, "SELECT count(*) FROM connectors WHERE name <> 'other'").await, 0);
    // The setting is for the owner: the server's role gains nothing from it.
    let server = client(&cluster, "bowline_server", "bound").await;
    server.batch_execute("SET bowline.all_tenants = 'on'").await.unwrap();
    assert_eq!(count_rows(&server, "SELECT count(*) FROM connectors").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_that_another_owner_took_over_gets_its_policy_with_the_next_run() {
    let cluster = cluster();
    let client = filled_database(&cluster, "bound", MIGRATION_OWNER).await;
    client
        .batch_execute(
            "CREATE ROLE heir LOGIN CREATEROLE IN ROLE bowline_tokens;
             REASSIGN OWNED BY bowline_owner TO heir; ALTER DATABASE bound OWNER TO heir",
        )
        .await
        .unwrap();
    let url = SecretString::from(cluster.url("heir", "bound"));
    assert_eq!(super::run(&url, None).await.unwrap(), 0);
    let others = "SELECT count(*) FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
        WHERE p.polname LIKE '%\\_migrations' AND p.polroles <> ARRAY[c.relowner]";
    assert_eq!(count_rows(&client, others).await, 0);
}
