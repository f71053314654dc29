//! Folds the journal of repeated issues into the holdings: many issues of one token become one update of its row.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use bowline_api::TenantId;
use uuid::Uuid;

use crate::app::App;
use crate::domain::Result;
use crate::store::TenantTx;
use crate::store::tokens::holdings::Holding;
use crate::store::tokens::repeats::{DueJournal, Repeat};

/// How long a busy key's journal grows. The longer, the more issues of one token become one update.
const JOURNAL_GROWS_FOR: Duration = Duration::from_mins(5);
/// A journal without additions for this long is folded immediately.
const QUIET_JOURNAL: Duration = Duration::from_secs(5);
/// A journal older than this is folded without pauses.
const LATE_JOURNAL: Duration = Duration::from_mins(10);
/// The maximum number of journal rows that one transaction reads, and of holdings that it updates. They keep it well
/// below the statement timeout, so that nobody waits long for an account's row.
const JOURNAL_ROWS_FOLDED: i64 = 100;
const HOLDINGS_FOLDED: usize = 2500;

/// Folds what is due, one tenant after another, at a rate that leaves most of the machine to calls. The failure of one
/// tenant does not delay the others.
///
/// # Errors
/// The first database error, after every tenant was tried.
pub async fn fold(app: &App) -> Result<usize> {
    let due = app
        .store
        .worker(async |tx| tx.tenants_with_due_repeats(JOURNAL_GROWS_FOR, QUIET_JOURNAL).await)
        .await?;
    let mut outcome = Ok(0);
    for tenant in due {
        match fold_tenant(app, &tenant).await {
            Ok(rows) => outcome = outcome.map(|before| before + rows),
            Err(error) => outcome = outcome.and(Err(error)),
        }
    }
    outcome
}

/// Continues until everything that was in the journal at the start is folded, or the process stops.
async fn fold_tenant(app: &App, due: &DueJournal) -> Result<usize> {
    let mut folded = 0;
    while !app.is_draining() {
        let began = Instant::now();
        let rows = app.store.scoped(TenantId::from(due.tenant), async |tx| fold_part(tx, due).await).await?;
        if rows == 0 {
            break;
        }
        folded += rows;
        if (due.now - due.oldest).to_std().unwrap_or_default() < LATE_JOURNAL {
            // At most a third of one connection's time.
            tokio::time::sleep(began.elapsed() * 2).await;
        }
    }
    Ok(folded)
}

/// Folds the oldest rows, as many as one transaction should update.
async fn fold_part(tx: &mut TenantTx, due: &DueJournal) -> Result<usize> {
    let rows = tx.oldest_repeats(due.now, JOURNAL_ROWS_FOLDED).await?;
    let mut sums: HashMap<Holding, Repeat> = HashMap::new();
    let mut taken: Vec<Uuid> = Vec::new();
    for (at, row) in rows {
        if !taken.is_empty() && sums.len() + row.account_ids.len() > HOLDINGS_FOLDED {
            break;
        }
        taken.push(row.id);
        for (holding, issues) in row.issues() {
            let sum = sums.entry(holding).or_insert(Repeat { holding, issues: 0, at: None });
            sum.issues = sum.issues.saturating_add(issues);
            sum.at = sum.at.max(Some(at));
        }
    }
    let sums: Vec<Repeat> = sums.into_values().collect();
    tx.add_repeats(&sums).await?;
    tx.delete_repeats(&taken).await?;
    Ok(taken.len())
}
