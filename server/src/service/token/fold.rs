//! Folds the journal of repeated issues into the holdings: many issues of one token become one change of its row.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use bowline_api::TenantId;

use crate::app::App;
use crate::domain::Result;
use crate::store::token_holdings::Holding;
use crate::store::token_repeats::Repeat;

/// How long a busy key's journal grows: the longer, the more issues of one token become one change.
const AT_LEAST: Duration = Duration::from_mins(5);
/// A journal that nobody has added to for as long is folded at once.
const QUIET: Duration = Duration::from_secs(5);
/// Rows of the journal that one transaction folds at most.
const ROWS: i64 = 64;

/// Folds what is due, a tenant after the other, at a pace that leaves most of the machine to the calls.
///
/// # Errors
/// Those of any statement.
pub async fn fold(app: &App) -> Result<usize> {
    let mut tx = app.store.worker().await?;
    let due = tx.tenants_with_due_repeats(AT_LEAST, QUIET).await;
    let due = tx.finish(due).await?;
    let mut folded = 0;
    for tenant in due {
        let began = Instant::now();
        folded += fold_tenant(app, tenant.into()).await?;
        // A third of one connection's time, at most.
        tokio::time::sleep(began.elapsed() * 2).await;
    }
    Ok(folded)
}

async fn fold_tenant(app: &App, tenant: TenantId) -> Result<usize> {
    let mut tx = app.store.scoped(tenant).await?;
    let outcome = async {
        let rows = tx.take_repeats(ROWS).await?;
        let mut sums: HashMap<Holding, Repeat> = HashMap::new();
        let count = rows.len();
        for (at, row) in rows {
            let columns = row.account_ids.into_iter().zip(row.generations).zip(row.counts);
            for ((account, generation), issues) in columns {
                let holding = Holding { account, api_key: row.api_key_id, generation };
                let sum = sums.entry(holding).or_insert(Repeat { holding, issues: 0, at: None });
                sum.issues = sum.issues.saturating_add(issues);
                sum.at = sum.at.max(Some(at));
            }
        }
        let sums: Vec<Repeat> = sums.into_values().collect();
        tx.add_repeats(&sums).await?;
        Ok(count)
    };
    let outcome = outcome.await;
    tx.finish(outcome).await
}
