//! Repeated issues of a token that the key has held before: counted in memory, written every second.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use bowline_api::TenantId;

use crate::app::App;
use crate::domain::{Result, entropy};
use crate::store::token_holdings::Holding;
use crate::store::token_repeats::{Repeat, RepeatsRow};

/// Holdings up to which a flush changes their own rows at once. More are written down in a few long rows, which cost next to
/// nothing, and folded into their own rows later: see [`super::fold`].
const FEW: usize = 1000;
/// Holdings of one key that one such long row has at most; a row is folded as a whole.
const LONGEST: usize = 1000;
/// Rows that one statement writes; the protocol counts its parameters in 16 bits.
const ROWS_AT_ONCE: usize = 1000;

/// What is not yet written of the issues of this process. First issues are never here: they are written before the token
/// leaves, and only that the account was used is still to be noted.
#[derive(Default)]
pub struct HoldingLog {
    pending: Mutex<Pending>,
}

type Pending = HashMap<(TenantId, Holding), i32>;

impl HoldingLog {
    /// A token went out to a key that has held it before.
    pub(super) fn repeated(&self, tenant: TenantId, holding: Holding) {
        self.add(tenant, holding, 1);
    }

    /// A token went out to a key for the first time, which is on record; the account's last use is not yet.
    pub(super) fn first(&self, tenant: TenantId, holding: Holding) {
        self.add(tenant, holding, 0);
    }

    /// Holdings that wait to be written.
    pub fn waiting(&self) -> usize {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    fn add(&self, tenant: TenantId, holding: Holding, issues: i32) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        let count = pending.entry((tenant, holding)).or_default();
        *count = count.saturating_add(issues);
    }

    fn take(&self) -> Pending {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        let room = pending.len();
        std::mem::replace(&mut *pending, HashMap::with_capacity(room))
    }

    fn put_back(&self, unwritten: impl IntoIterator<Item = (TenantId, Repeat)>) {
        for (tenant, repeat) in unwritten {
            self.add(tenant, repeat.holding, repeat.issues);
        }
    }
}

/// Writes what is pending; what cannot be written stays pending.
///
/// # Errors
/// The first failure of the database, after every tenant was tried.
pub async fn flush(app: &App) -> Result<()> {
    let pending = app.holdings.take();
    let few = pending.len() <= FEW;
    let mut tenants: HashMap<TenantId, Vec<Repeat>> = HashMap::new();
    for ((tenant, holding), issues) in pending {
        tenants.entry(tenant).or_default().push(Repeat { holding, issues, at: None });
    }
    if few { write_each(app, tenants).await } else { write_down(app, tenants).await }
}

async fn write_each(app: &App, tenants: HashMap<TenantId, Vec<Repeat>>) -> Result<()> {
    let mut outcome = Ok(());
    for (tenant, repeats) in tenants {
        if let Err(error) = write(app, tenant, &repeats).await {
            app.holdings.put_back(repeats.into_iter().map(|repeat| (tenant, repeat)));
            outcome = outcome.and(Err(error));
        }
    }
    outcome
}

async fn write(app: &App, tenant: TenantId, repeats: &[Repeat]) -> Result<()> {
    let mut tx = app.store.scoped(tenant).await?;
    let written = tx.add_repeats(repeats).await;
    tx.finish(written).await
}

/// By the role that may add to the journal and not read it. All tenants' together, unless they lie on several shards.
async fn write_down(app: &App, tenants: HashMap<TenantId, Vec<Repeat>>) -> Result<()> {
    if !app.store.is_sharded() {
        return write_rows(app, tenants).await;
    }
    let mut outcome = Ok(());
    for one in tenants {
        outcome = outcome.and(write_rows(app, HashMap::from([one])).await);
    }
    outcome
}

/// One transaction; what it could not write is put back.
async fn write_rows(app: &App, tenants: HashMap<TenantId, Vec<Repeat>>) -> Result<()> {
    let outcome = async {
        let rows = journal(&tenants);
        let mut tx = app.store.worker().await?;
        let mut written = Ok(());
        for part in rows.chunks(ROWS_AT_ONCE) {
            written = tx.insert_repeats(part).await;
            if written.is_err() {
                break;
            }
        }
        tx.finish(written).await
    };
    let outcome = outcome.await;
    if outcome.is_err() {
        let all = tenants.into_iter();
        app.holdings.put_back(all.flat_map(|(tenant, all)| all.into_iter().map(move |one| (tenant, one))));
    }
    outcome
}

fn journal(tenants: &HashMap<TenantId, Vec<Repeat>>) -> Vec<RepeatsRow> {
    let mut rows = Vec::new();
    for (tenant, repeats) in tenants {
        let mut keys: HashMap<_, Vec<&Repeat>> = HashMap::new();
        for repeat in repeats {
            keys.entry(repeat.holding.api_key).or_default().push(repeat);
        }
        for (api_key_id, repeats) in keys {
            rows.extend(repeats.chunks(LONGEST).map(|part| RepeatsRow {
                tenant_id: tenant.uuid(),
                id: entropy::owner(),
                api_key_id,
                account_ids: part.iter().map(|repeat| repeat.holding.account).collect(),
                generations: part.iter().map(|repeat| repeat.holding.generation).collect(),
                counts: part.iter().map(|repeat| repeat.issues).collect(),
            }));
        }
    }
    rows
}
