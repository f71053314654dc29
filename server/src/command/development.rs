//! `serve --dev`: a private Postgres and a key ring, created at the first start and reused afterwards.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use bowline_postgres::{Cluster, Options};
use bowline_vault::KeyRing;
use secrecy::SecretString;

use super::startup::key_ring;
use crate::app::App;
use crate::service::upgrade;
use crate::settings::{self, Configuration, Settings};
use crate::store::pg::migrate;

/// The database's name in the private cluster.
const DEV_DATABASE: &str = "bowline";

/// The processes that `--dev` started and has to stop.
pub(super) struct Development {
    cluster: Cluster,
}

impl Development {
    /// Stops Postgres cleanly.
    ///
    /// # Errors
    /// If it does not stop in time.
    pub(super) async fn stop(self) -> anyhow::Result<()> {
        tokio::task::spawn_blocking(move || self.cluster.stop())
            .await?
            .context("stopping the private Postgres")
    }
}

/// Starts Postgres, updates its schema and completes the configuration.
///
/// # Errors
/// If Postgres is not installed (the error says what to install) or cannot start.
pub(super) async fn prepare(
    data: Option<PathBuf>,
    configuration: Configuration,
) -> anyhow::Result<(Configuration, Development)> {
    let directory = data.unwrap_or_else(Options::default_directory);
    let (cluster, key_file) = tokio::task::spawn_blocking(move || start_postgres(&directory)).await??;
    let owner_url = cluster.url("postgres", DEV_DATABASE);
    let done = migrate::run(&SecretString::from(owner_url.clone()), None).await?;
    tracing::info!(migrations = done, socket = %cluster.socket_dir().display(), "the private Postgres is ready");
    let mut figment = configuration.figment.merge(("bowline.development", true));
    if configuration.settings.key_ring_file.is_none() {
        figment = figment.merge(("bowline.key_ring_file", key_file));
    }
    let figment = figment
        .merge(("bowline.database.url", cluster.url("bowline_server", DEV_DATABASE)))
        .merge(("bowline.database.owner_url", owner_url));
    let configuration = settings::from(figment)?;
    upgraded_database(&configuration.settings).await?;
    Ok((configuration, Development { cluster }))
}

/// Nobody else can run the command while this database runs, and broken values in it do not matter.
async fn upgraded_database(settings: &Settings) -> anyhow::Result<()> {
    let app = App::new(settings.clone(), key_ring(settings)?)?;
    let report = upgrade::run(&app, true, &|line| tracing::info!("{line}")).await?;
    app.store.close();
    if report.was_due {
        tracing::info!(left = report.broken.len(), "the database of an earlier version was upgraded");
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "the key ring notes when it was made")]
fn start_postgres(directory: &Path) -> anyhow::Result<(Cluster, PathBuf)> {
    let cluster = Cluster::start(Options::in_directory(directory.join("postgres")))?;
    if cluster.create_database(DEV_DATABASE, None).is_err() {
        // It exists from an earlier start, or the migrations will report what is wrong.
        tracing::debug!("the development database exists already");
    }
    let key_file = directory.join("keys.toml");
    if !key_file.exists() {
        KeyRing::generate(chrono::Utc::now())?.create_file(&key_file)?;
    }
    Ok((cluster, key_file))
}
