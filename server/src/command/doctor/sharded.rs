//! The additional requirements of a sharded installation: the placement of tables, a setting, and logins between the
//! nodes.

use super::outcome::outcome;
use crate::app::App;
use crate::domain::Result;
use crate::service::readiness::Check;

/// One check without Citus, otherwise one per requirement.
pub(super) async fn checks(app: &App) -> Vec<Check> {
    match has_citus(app).await {
        Ok(false) => {
            let detail =
                "bowline.database.sharded is set and Citus is not there: one Postgres, with more trips";
            vec![Check { name: "shards", ok: true, detail: detail.to_owned() }]
        }
        Ok(true) => vec![
            outcome("sharded tables", tables_check(app).await),
            outcome("sharded settings", settings_check(app).await),
            outcome("logins between nodes", logins_check(app).await),
        ],
        Err(error) => vec![outcome("shards", Err(error))],
    }
}

async fn has_citus(app: &App) -> Result<bool> {
    app.store.platform(async |tx| tx.has_citus().await).await
}

async fn tables_check(app: &App) -> Result<(bool, String)> {
    let misplaced = app.store.platform(async |tx| tx.misplaced_tables().await).await?;
    let misplaced: Vec<String> = misplaced.into_iter().map(|table| table.name).collect();
    Ok(if misplaced.is_empty() {
        (true, "all distributed by tenant_id, beside each other".to_owned())
    } else {
        (false, format!("not where they belong: {}; see step 4 of docs/sharding.md", misplaced.join(", ")))
    })
}

async fn settings_check(app: &App) -> Result<(bool, String)> {
    Ok(if app.store.platform(async |tx| tx.hands_settings_on().await).await? {
        (true, "SET LOCAL reaches all nodes".to_owned())
    } else {
        let detail = "citus.propagate_set_commands is not 'local' for this role: no tenant has rows; see step 5 of docs/sharding.md";
        (false, detail.to_owned())
    })
}

/// Citus opens its connections as the current role, so each of the three must be able to log in.
async fn logins_check(app: &App) -> Result<(bool, String)> {
    let workers = app.store.platform(async |tx| tx.worker_nodes().await).await?;
    let mut refusals = app.store.platform(async |tx| tx.refusing_nodes().await).await?;
    refusals.extend(app.store.operator(async |tx| tx.refusing_nodes().await).await?);
    refusals.extend(app.store.worker(async |tx| tx.refusing_nodes().await).await?);
    let said: Vec<String> =
        refusals.into_iter().map(|no| format!("{} at {}: {}", no.role, no.node, no.result)).collect();
    Ok(match (workers, said.is_empty()) {
        (0, _) => (false, "the coordinator has no worker; see step 3 of docs/sharding.md".to_owned()),
        (_, true) => (true, format!("all roles can log in to {workers} workers")),
        (_, false) => (false, format!("{}; see step 2 of docs/sharding.md", said.join("; "))),
    })
}
