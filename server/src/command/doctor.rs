//! `bowline-server doctor`: reports what is wrong with this installation and what to do about it.

mod outcome;
mod sharded;

use std::sync::Arc;

use anyhow::bail;
use bowline_api::TenantId;
use bowline_api::status::ConnectorStatus;
use serde::Serialize;

use self::outcome::outcome;
use super::output::{Format, table};
use super::startup::key_ring;
use crate::app::App;
use crate::domain::Result;
use crate::service::readiness::{self, Check, ROW_LEVEL_SECURITY, protection};
use crate::service::{connector, tenant};
use crate::settings::{Configuration, LACKS_PROXIES};

/// The tolerated difference between this machine's clock and the database's, in seconds. Only logs and retry dates
/// depend on ours.
const CLOCK_TOLERANCE_SECONDS: f64 = 5.0;

/// The arguments of `doctor`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Also ask Dropbox whether it accepts each connector's app key and secret.
    #[arg(long)]
    connectors: bool,
    #[command(flatten)]
    format: Format,
}

#[derive(Debug, Serialize)]
struct Report {
    healthy: bool,
    /// Settings that work but are unsafe.
    warnings: Vec<String>,
    checks: Vec<Check>,
}

/// Checks everything and prints the results; fails if anything is wrong.
pub(super) async fn run(arguments: &Arguments, configuration: Configuration) -> anyhow::Result<()> {
    let ring = key_ring(&configuration.settings)?;
    let warnings = configuration.settings.warnings();
    let app = App::new(configuration.settings, ring)?;
    let mut checks = readiness::checks(&app).await;
    checks.push(proxies_check(&app));
    checks.extend(simulator_check(&app).await);
    if checks.iter().all(|check| check.name != "database" || check.ok) {
        checks.push(outcome("role", role_check(&app).await));
        checks.retain(|check| check.name != ROW_LEVEL_SECURITY);
        checks.push(outcome(ROW_LEVEL_SECURITY, row_level_security(&app).await));
        checks.push(outcome("clock", clock_check(&app).await));
        if app.settings.database.sharded {
            checks.extend(sharded::checks(&app).await);
        }
        if arguments.connectors {
            checks.extend(connectors_check(&app).await?);
        }
    }
    let report = Report { healthy: checks.iter().all(|check| check.ok), warnings, checks };
    arguments.format.print(&report, |report| {
        let row = |check: &Check| {
            [check.name.to_owned(), if check.ok { "ok" } else { "WRONG" }.to_owned(), check.detail.clone()]
        };
        let warnings =
            report.warnings.iter().map(|text| ["settings".to_owned(), "WARNING".to_owned(), text.clone()]);
        table(["CHECK", "", ""], report.checks.iter().map(row).chain(warnings))
    })?;
    if !report.healthy {
        bail!("something is wrong, see above");
    }
    Ok(())
}

/// Whether the simulator for sandboxes is there, if the settings name one.
async fn simulator_check(app: &App) -> Option<Check> {
    let answer = app.provider.ping_sandbox().await?;
    let detail = match &answer {
        Ok(()) => "the simulator for sandboxes is there".to_owned(),
        Err(failure) => {
            format!("no dropbox-sim, started with --sandbox, at bowline.sandbox.url: {}", failure.code())
        }
    };
    Some(Check { name: "sandbox", ok: answer.is_ok(), detail })
}

/// Whether client addresses can be told apart.
fn proxies_check(app: &App) -> Check {
    let listed = &app.settings.trusted_proxies;
    let detail = if app.settings.lacks_proxies() {
        LACKS_PROXIES.to_owned()
    } else if listed.is_empty() {
        "none are listed: right only where no proxy stands in front of this server".to_owned()
    } else {
        listed.iter().map(|proxy| proxy.0.to_string()).collect::<Vec<_>>().join(", ")
    };
    Check { name: "trusted proxies", ok: !app.settings.lacks_proxies(), detail }
}

async fn role_check(app: &App) -> Result<(bool, String)> {
    let powers = app.store.platform(async |tx| tx.powers().await).await?;
    Ok(if powers.too_many() {
        (
            false,
            format!("{} passes row-level security or owns tables: connect as bowline_server", powers.role),
        )
    } else {
        (true, format!("{} is bound by row-level security", powers.role))
    })
}

/// Stricter than readiness: a server may serve while row-level security does not bind the owner, but this must be
/// reported.
async fn row_level_security(app: &App) -> Result<(bool, String)> {
    let tables = app.store.platform(async |tx| tx.unprotected_tables().await).await?;
    Ok((tables.is_empty(), protection(&tables)))
}

#[expect(clippy::disallowed_methods, reason = "this is the clock that is being checked")]
async fn clock_check(app: &App) -> Result<(bool, String)> {
    let theirs = app.store.platform(async |tx| tx.clock_seconds().await).await?;
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let apart = (since.unwrap_or_default().as_secs_f64() - theirs).abs();
    Ok((apart <= CLOCK_TOLERANCE_SECONDS, format!("{apart:.1} s apart from the database's")))
}

async fn connectors_check(app: &Arc<App>) -> anyhow::Result<Vec<Check>> {
    let mut checks = Vec::new();
    let mut cursor = None;
    loop {
        let page = tenant::list(app, cursor.as_deref(), 200).await?;
        for one in page.items {
            checks.extend(connectors_of(app, one.id, &one.slug).await?);
        }
        cursor = page.next;
        if cursor.is_none() {
            return Ok(checks);
        }
    }
}

async fn connectors_of(app: &App, tenant: TenantId, slug: &str) -> anyhow::Result<Vec<Check>> {
    let mut checks = Vec::new();
    for one in connector::list(app, tenant).await?.items {
        if one.status == ConnectorStatus::Disabled {
            continue;
        }
        let asked = connector::check(app, tenant, one.id).await?;
        let said = asked
            .as_ref()
            .map_or_else(bowline_provider::Failure::code, |()| "Dropbox takes its key and secret");
        checks.push(Check {
            name: "connector",
            ok: asked.is_ok(),
            detail: format!("{slug}: {} ({}): {said}", one.name, one.id),
        });
    }
    Ok(checks)
}
