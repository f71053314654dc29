//! The start of most commands: the key ring, the services, and the checks before they are used.

use std::sync::Arc;

use anyhow::Context as _;
use bowline_vault::KeyRing;

use crate::app::App;
use crate::service::{readiness, upgrade};
use crate::settings::{Configuration, Settings};
use crate::store::pg::migrate;

/// The key ring that the settings name.
///
/// # Errors
/// If none is configured, or the file is not a key ring.
pub(super) fn key_ring(settings: &Settings) -> anyhow::Result<KeyRing> {
    let file = settings.key_ring_file.as_deref().context(
        "no key ring is configured: make one with `bowline-server keys init --file FILE` and set bowline.key_ring_file",
    )?;
    KeyRing::load(file).with_context(|| format!("the key ring {}", file.display()))
}

/// The services, for a single command. Fails if the key ring does not belong to the database.
pub(super) async fn app(configuration: Configuration) -> anyhow::Result<Arc<App>> {
    let ring = key_ring(&configuration.settings)?;
    let app = App::new(configuration.settings, ring)?;
    boot_checks(&app).await?;
    Ok(app)
}

/// Refuses to serve from a database that does not fit, or whose upgrade is due.
pub(super) async fn boot_checks(app: &App) -> anyhow::Result<()> {
    fits(app).await?;
    if upgrade::is_due(app).await? {
        anyhow::bail!(upgrade::UPGRADE_DUE);
    }
    Ok(())
}

/// Refuses a wrong key ring, missing migrations, and a role that row-level security does not bind.
pub(super) async fn fits(app: &App) -> anyhow::Result<()> {
    let powers = app.store.platform(async |tx| tx.powers().await).await?;
    if powers.too_many() {
        anyhow::bail!(
            "the database role {} passes row-level security or owns tables; connect as bowline_server",
            powers.role
        );
    }
    let applied = app.store.platform(async |tx| tx.applied_migrations().await).await;
    let applied = applied.context("run `bowline-server migrate` first")?;
    if usize::try_from(applied).is_ok_and(|applied| applied < migrate::known()) {
        anyhow::bail!("the database lacks migrations; run `bowline-server migrate` first");
    }
    let tables = app.store.platform(async |tx| tx.unprotected_tables().await).await?;
    let open: Vec<_> = tables.into_iter().filter(|table| !table.enabled).collect();
    if !open.is_empty() {
        anyhow::bail!("row-level security is {}", readiness::protection(&open));
    }
    app.vault.check(&app.store).await?;
    Ok(())
}
