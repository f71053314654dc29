//! Whether this process should get requests.

use serde::Serialize;

use crate::app::App;
use crate::domain::Result;
use crate::guard::problem::chain;
use crate::store::migrate;

/// One thing that has to hold.
#[derive(Debug, Clone, Serialize)]
pub struct Check {
    /// `draining`, `database`, `migrations` or `keys`.
    pub name: &'static str,
    /// Whether it holds.
    pub ok: bool,
    /// A few words for people; nothing secret.
    pub detail: String,
}

/// Everything that has to hold. What depends on the database is left out while it cannot be reached.
pub async fn checks(app: &App) -> Vec<Check> {
    let draining = app.is_draining();
    let detail = if draining { "about to stop" } else { "taking requests" };
    let mut checks = vec![Check { name: "draining", ok: !draining, detail: detail.to_owned() }];
    match applied(app).await {
        Ok(applied) => {
            let known = i64::try_from(migrate::known()).unwrap_or(i64::MAX);
            checks.push(Check { name: "database", ok: true, detail: "reachable".to_owned() });
            // More than known is a newer version's work, which this one must be able to live with.
            let detail = format!("{applied} applied, {known} known");
            checks.push(Check { name: "migrations", ok: applied >= known, detail });
            checks.push(keys(app).await);
        }
        Err(error) => {
            tracing::warn!(error = %chain(&error), "not ready: the database");
            checks.push(Check {
                name: "database",
                ok: false,
                detail: "cannot be asked; see the log".to_owned(),
            });
        }
    }
    checks
}

async fn applied(app: &App) -> Result<i64> {
    let mut tx = app.store.platform().await?;
    let applied = tx.applied_migrations().await;
    tx.finish(applied).await
}

async fn keys(app: &App) -> Check {
    match compare_keys(app).await {
        Ok(()) => Check { name: "keys", ok: true, detail: "the key ring fits".to_owned() },
        Err(error) => {
            tracing::warn!(error = %chain(&error), "not ready: the key ring");
            Check { name: "keys", ok: false, detail: "the key ring does not fit; see the log".to_owned() }
        }
    }
}

async fn compare_keys(app: &App) -> Result<()> {
    let mut tx = app.store.platform().await?;
    let compared = app.vault.check(&mut tx).await;
    tx.finish(compared).await
}
