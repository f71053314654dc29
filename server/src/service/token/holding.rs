//! Repeated issues of a token that the key has held before: counted in memory, written every second.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bowline_api::TenantId;
use uuid::Uuid;

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
/// Holdings that one statement writes: about 40 bytes each, and a connection keeps as much room as its longest statement took.
const HOLDINGS_AT_ONCE: usize = 5000;

/// What is not yet written of the issues of this process. First issues are never here: they are written before the token
/// leaves, and only that the account was used is still to be noted.
#[derive(Default)]
pub struct HoldingLog {
    pending: Mutex<Pending>,
}

/// Holdings by whose hand they are in: a busy second has tens of thousands of them, and few keys.
#[derive(Default)]
struct Pending {
    hands: HashMap<Hand, Counts>,
    holdings: usize,
}

/// A tenant and one of its keys.
type Hand = (TenantId, Uuid);
/// Issues by account and generation.
type Counts = HashMap<(Uuid, i64), i32>;

impl Pending {
    fn add(&mut self, tenant: TenantId, holding: Holding, issues: i32) {
        let counts = self.hands.entry((tenant, holding.api_key)).or_default();
        let before = counts.len();
        let count = counts.entry((holding.account, holding.generation)).or_default();
        *count = count.saturating_add(issues);
        self.holdings += counts.len() - before;
    }
}

impl HoldingLog {
    /// A token went out to a key that has held it before.
    pub(super) fn repeated(&self, tenant: TenantId, holding: Holding) {
        self.pending().add(tenant, holding, 1);
    }

    /// A token went out to a key for the first time, which is on record; the account's last use is not yet.
    pub(super) fn first(&self, tenant: TenantId, holding: Holding) {
        self.pending().add(tenant, holding, 0);
    }

    /// Holdings that wait to be written.
    pub fn waiting(&self) -> usize {
        self.pending().holdings
    }

    fn take(&self) -> Pending {
        std::mem::take(&mut *self.pending())
    }

    /// What could not be written waits again, beside what came meanwhile.
    fn put_back(&self, tenant: TenantId, issues: impl Iterator<Item = (Holding, i32)>) {
        let mut pending = self.pending();
        for (holding, issues) in issues {
            pending.add(tenant, holding, issues);
        }
    }

    fn pending(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes what is pending; what cannot be written stays pending.
///
/// # Errors
/// The first failure of the database, after every tenant was tried.
pub async fn flush(app: &App) -> Result<()> {
    let pending = app.holdings.take();
    if pending.holdings <= FEW { write_each(app, pending).await } else { write_down(app, pending).await }
}

async fn write_each(app: &App, pending: Pending) -> Result<()> {
    let mut tenants: HashMap<TenantId, Vec<Repeat>> = HashMap::new();
    for ((tenant, api_key), counts) in pending.hands {
        tenants.entry(tenant).or_default().extend(counts.into_iter().map(
            |((account, generation), issues)| Repeat {
                holding: Holding { account, api_key, generation },
                issues,
                at: None,
            },
        ));
    }
    let mut outcome = Ok(());
    for (tenant, repeats) in tenants {
        if let Err(error) = write(app, tenant, &repeats).await {
            app.holdings.put_back(tenant, repeats.iter().map(|repeat| (repeat.holding, repeat.issues)));
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
async fn write_down(app: &App, pending: Pending) -> Result<()> {
    let mut rows = journal(pending);
    if !app.store.is_sharded() {
        return write_rows(app, &rows).await;
    }
    rows.sort_unstable_by_key(|row| row.tenant_id);
    let mut outcome = Ok(());
    for of_one_tenant in rows.chunk_by(|one, next| one.tenant_id == next.tenant_id) {
        outcome = outcome.and(write_rows(app, of_one_tenant).await);
    }
    outcome
}

/// One transaction; what it could not write is put back.
async fn write_rows(app: &App, rows: &[RepeatsRow]) -> Result<()> {
    let written = insert(app, rows).await;
    if written.is_err() {
        for row in rows {
            app.holdings.put_back(row.tenant_id.into(), row.issues());
        }
    }
    written
}

async fn insert(app: &App, rows: &[RepeatsRow]) -> Result<()> {
    let mut tx = app.store.worker().await?;
    let mut inserted = Ok(());
    for part in statements(rows) {
        inserted = tx.insert_repeats(part).await;
        if inserted.is_err() {
            break;
        }
    }
    tx.finish(inserted).await
}

/// The rows of each statement.
fn statements(mut rows: &[RepeatsRow]) -> impl Iterator<Item = &[RepeatsRow]> {
    std::iter::from_fn(move || {
        let mut holdings = 0;
        let fitting = rows.iter().take(ROWS_AT_ONCE).take_while(|row| {
            holdings += row.counts.len();
            holdings <= HOLDINGS_AT_ONCE
        });
        let (part, rest) = rows.split_at(fitting.count());
        rows = rest;
        (!part.is_empty()).then_some(part)
    })
}

fn journal(pending: Pending) -> Vec<RepeatsRow> {
    let mut rows = Vec::with_capacity(pending.hands.len());
    for ((tenant, api_key_id), counts) in pending.hands {
        let mut counts = counts.into_iter();
        while counts.len() > 0 {
            let length = counts.len().min(LONGEST);
            let mut row = RepeatsRow {
                tenant_id: tenant.uuid(),
                id: entropy::owner(),
                api_key_id,
                account_ids: Vec::with_capacity(length),
                generations: Vec::with_capacity(length),
                counts: Vec::with_capacity(length),
            };
            for ((account, generation), issues) in counts.by_ref().take(length) {
                row.account_ids.push(account);
                row.generations.push(generation);
                row.counts.push(issues);
            }
            rows.push(row);
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pending(hands: u128, holdings: u128) -> Pending {
        let mut pending = Pending::default();
        for hand in 0..hands {
            for account in 0..holdings {
                let (account, api_key) = (Uuid::from_u128(account), Uuid::from_u128(hand));
                for _ in 0..2 {
                    pending.add(
                        Uuid::from_u128(hand / 2).into(),
                        Holding { account, api_key, generation: 1 },
                        1,
                    );
                }
            }
        }
        pending
    }

    #[test]
    fn every_holding_is_in_one_row_of_its_hand_and_no_row_or_statement_is_too_long() {
        let all = pending(7, 2_300);
        assert_eq!(all.holdings, 7 * 2_300);
        let rows = journal(all);
        assert_eq!(rows.len(), 7 * 3);
        let lengths = |rows: &[RepeatsRow]| rows.iter().map(|row| row.counts.len()).sum::<usize>();
        assert_eq!(lengths(&rows), 7 * 2_300);
        assert!(rows.iter().all(|row| row.counts.iter().all(|count| *count == 2)));
        assert!(rows.iter().all(|row| row.counts.len() <= LONGEST));
        let parts: Vec<_> = statements(&rows).collect();
        assert_eq!(parts.concat().len(), rows.len());
        assert!(parts.iter().all(|part| lengths(part) <= HOLDINGS_AT_ONCE));
        assert_eq!(statements(&journal(pending(1_500, 1))).map(<[_]>::len).collect::<Vec<_>>(), [1_000, 500]);
    }
}
