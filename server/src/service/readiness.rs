//! Whether this process should receive requests: the checks behind `/readyz` (migrations, keys, roles, the database).

use serde::Serialize;

use crate::app::App;
use crate::domain::{Result, chain};
use crate::service::upgrade;
use crate::store::pg::catalogue::Unprotected;
use crate::store::pg::migrate;

/// The check whether the database itself isolates tenants.
pub const ROW_LEVEL_SECURITY: &str = "row-level security";

/// A condition for readiness.
#[derive(Debug, Clone, Serialize)]
pub struct Check {
    /// `draining`, `database`, `migrations`, `row-level security`, `keys` or `upgrade`.
    pub name: &'static str,
    /// Whether the readiness check is met.
    pub ok: bool,
    /// A short explanation of the readiness check for people, without secrets.
    pub detail: String,
}

/// All conditions. Those that depend on the database are omitted while it is unreachable.
pub async fn checks(app: &App) -> Vec<Check> {
    let draining = app.is_draining();
    let detail = if draining { "about to stop" } else { "taking requests" };
    let mut checks = vec![Check { name: "draining", ok: !draining, detail: detail.to_owned() }];
    match migrations_applied(app).await {
        Ok(applied) => {
            let known = i64::try_from(migrate::known()).unwrap_or(i64::MAX);
            checks.push(Check { name: "database", ok: true, detail: "reachable".to_owned() });
            // A larger number is a newer version's work, which this version must be able to work with.
            let detail = format!("{applied} applied, {known} known");
            checks.push(Check { name: "migrations", ok: applied >= known, detail });
            checks.push(row_level_security(app).await);
            checks.push(keys_usable(app).await);
            checks.push(database_upgraded(app).await);
        }
        Err(error) => {
            tracing::warn!(error = %chain(&error), "the database cannot be queried; the replica is not ready");
            checks.push(Check {
                name: "database",
                ok: false,
                detail: "cannot be queried; see the log".to_owned(),
            });
        }
    }
    checks
}

async fn migrations_applied(app: &App) -> Result<i64> {
    app.store.platform(async |tx| tx.applied_migrations().await).await
}

/// A table that only exempts its owner (for example while its shards are moved, see `docs/sharding.md`) is reported but
/// does not stop requests, because the server is not its owner.
async fn row_level_security(app: &App) -> Check {
    match unprotected_tables(app).await {
        Ok(tables) => Check {
            name: ROW_LEVEL_SECURITY,
            ok: tables.iter().all(|table| table.enabled),
            detail: protection(&tables),
        },
        Err(error) => {
            tracing::warn!(error = %chain(&error), "row-level security cannot be queried; the replica is not ready");
            let detail = "cannot be queried; see the log".to_owned();
            Check { name: ROW_LEVEL_SECURITY, ok: false, detail }
        }
    }
}

async fn unprotected_tables(app: &App) -> Result<Vec<Unprotected>> {
    app.store.platform(async |tx| tx.unprotected_tables().await).await
}

/// Describes how the tables of tenants are protected, and what to do.
pub fn protection(tables: &[Unprotected]) -> String {
    let names = |which: fn(&&Unprotected) -> bool| {
        tables.iter().filter(which).map(|table| table.name.as_str()).collect::<Vec<_>>().join(", ")
    };
    let found = [
        ("off on", names(|table| !table.enabled), "run ALTER TABLE … ENABLE ROW LEVEL SECURITY"),
        (
            "not forced on",
            names(|table| table.enabled && !table.forced),
            "run ALTER TABLE … FORCE ROW LEVEL SECURITY",
        ),
        (
            "without the owner's policy on",
            names(|table| table.enabled && table.forced),
            "run `bowline-server migrate`",
        ),
    ];
    let mut words = Vec::new();
    for (what, names, advice) in found.iter().filter(|(_, names, _)| !names.is_empty()) {
        words.push(format!("{what} {names}: {advice}"));
    }
    if words.is_empty() { "forced on every table of tenants".to_owned() } else { words.join("; ") }
}

async fn keys_usable(app: &App) -> Check {
    match app.vault.check(&app.store).await {
        Ok(()) => Check { name: "keys", ok: true, detail: "the key ring matches the database".to_owned() },
        Err(error) => {
            tracing::warn!(error = %chain(&error), "the key ring does not match the database; the replica is not ready");
            Check {
                name: "keys",
                ok: false,
                detail: "the key ring does not match the database; see the log".to_owned(),
            }
        }
    }
}

async fn database_upgraded(app: &App) -> Check {
    let (ok, detail) = match upgrade::is_due(app).await {
        Ok(false) => (true, "the database is upgraded"),
        Ok(true) => (false, upgrade::UPGRADE_DUE),
        Err(error) => {
            tracing::warn!(error = %chain(&error), "the upgrade state of the database cannot be queried; the replica is not ready");
            (false, "cannot be queried; see the log")
        }
    };
    Check { name: "upgrade", ok, detail: detail.to_owned() }
}
