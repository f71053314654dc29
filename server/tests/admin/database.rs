//! A migrated database for each test, in the Postgres of `BOWLINE_TEST_POSTGRES` or in one of this process.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use bowline_postgres::{Cluster, Options};
use bowline_server::store::migrate;
use secrecy::SecretString;
use tokio_postgres::NoTls;

/// The private Postgres, for as long as a test uses it.
static OWN: Mutex<Weak<Cluster>> = Mutex::new(Weak::new());

/// A database of one test.
pub(crate) struct Database {
    superuser_url: String,
    name: String,
    own: Option<Arc<Cluster>>,
}

impl Database {
    pub(crate) async fn fresh() -> Self {
        Self::fresh_with("").await
    }

    /// With these options of `CREATE DATABASE`.
    pub(crate) async fn fresh_with(options: &str) -> Self {
        let shared = std::env::var("BOWLINE_TEST_POSTGRES").ok();
        let own = match shared {
            Some(_) => None,
            None => Some(tokio::task::spawn_blocking(own).await.unwrap()),
        };
        let superuser_url =
            shared.or_else(|| own.as_ref().map(|cluster| cluster.url("postgres", "postgres"))).unwrap();
        let admin = connect(&superuser_url).await;
        let row = admin.query_one("SELECT 'admin_test_' || replace(gen_random_uuid()::text, '-', '')", &[]);
        let name: String = row.await.unwrap().get(0);
        admin.batch_execute(&format!("CREATE DATABASE {name} {options}")).await.unwrap();
        let database = Self { superuser_url, name, own };
        migrate::run(&SecretString::from(database.url("postgres")), None).await.unwrap();
        database
    }

    /// The address of this database for `user`, whom the cluster must trust.
    pub(crate) fn url(&self, user: &str) -> String {
        let (head, query) = self.superuser_url.split_once('?').unwrap_or((&self.superuser_url, ""));
        let (authority, _) = head.strip_prefix("postgresql://").unwrap().split_once('/').unwrap();
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        format!("postgresql://{user}@{host}/{}?{query}", self.name)
    }

    /// A connection that row-level security does not bind.
    pub(crate) async fn superuser(&self) -> tokio_postgres::Client {
        connect(&self.url("postgres")).await
    }

    /// Runs statements as the superuser.
    pub(crate) async fn execute(&self, sql: &str) {
        self.superuser().await.batch_execute(sql).await.unwrap();
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if self.own.is_some() {
            // Its files go with the cluster.
            return;
        }
        let (url, sql) = (self.superuser_url.clone(), format!("DROP DATABASE {} WITH (FORCE)", self.name));
        // A destructor cannot wait in the runtime that it runs in.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async { connect(&url).await.batch_execute(&sql).await.unwrap() });
        });
        dropped.join().ok();
    }
}

fn own() -> Arc<Cluster> {
    let mut own = OWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(cluster) = own.upgrade() {
        return cluster;
    }
    let cluster = Arc::new(Cluster::start(Options::temporary()).unwrap());
    *own = Arc::downgrade(&cluster);
    cluster
}

async fn connect(url: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}
