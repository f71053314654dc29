//! Repeated issues of a token that the key has held before: counted in memory, written every second.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use bowline_api::TenantId;
use uuid::Uuid;

use crate::app::App;
use crate::domain::Result;
use crate::store::token_holdings::Holding;

/// What is not yet written of the issues of this process. First issues are never here: they are written before the token leaves.
#[derive(Default)]
pub struct HoldingLog {
    pending: Mutex<HashMap<TenantId, Pending>>,
}

#[derive(Default)]
struct Pending {
    repeats: HashMap<Holding, i64>,
    used: HashSet<Uuid>,
}

impl HoldingLog {
    /// A token went out to a key that has held it before.
    pub(super) fn repeated(&self, tenant: TenantId, holding: Holding) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        let pending = pending.entry(tenant).or_default();
        *pending.repeats.entry(holding).or_default() += 1;
        pending.used.insert(holding.account);
    }

    /// A token went out to a key for the first time, which is on record; the account's last use is not yet.
    pub(super) fn first(&self, tenant: TenantId, holding: Holding) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        pending.entry(tenant).or_default().used.insert(holding.account);
    }

    /// How many holdings are not yet written.
    pub fn pending(&self) -> usize {
        let pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        pending.values().map(|pending| pending.repeats.len().max(pending.used.len())).sum()
    }

    fn take(&self) -> HashMap<TenantId, Pending> {
        std::mem::take(&mut *self.pending.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn put_back(&self, tenant: TenantId, pending: Pending) {
        let mut all = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        let target = all.entry(tenant).or_default();
        for (holding, repeats) in pending.repeats {
            *target.repeats.entry(holding).or_default() += repeats;
        }
        target.used.extend(pending.used);
    }
}

/// Writes what is pending; what cannot be written stays pending.
///
/// # Errors
/// The first failure of the database, after every tenant was tried.
pub async fn flush(app: &App) -> Result<()> {
    let mut outcome = Ok(());
    for (tenant, pending) in app.holdings.take() {
        if let Err(error) = write(app, tenant, &pending).await {
            app.holdings.put_back(tenant, pending);
            outcome = outcome.and(Err(error));
        }
    }
    outcome
}

async fn write(app: &App, tenant: TenantId, pending: &Pending) -> Result<()> {
    let mut tx = app.store.scoped(tenant).await?;
    // In one order in every process, so that two that write the same rows never wait for each other.
    let mut repeats: Vec<_> = pending.repeats.iter().collect();
    repeats.sort_unstable_by_key(|(holding, _)| (holding.account, holding.api_key, holding.generation));
    for (holding, repeats) in repeats {
        tx.add_repeats(*holding, *repeats).await?;
    }
    let mut used: Vec<Uuid> = pending.used.iter().copied().collect();
    used.sort_unstable();
    tx.touch_accounts(&used).await?;
    tx.commit().await
}
