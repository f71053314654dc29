//! Writes what was counted of repeated issues, every second: few holdings at once, many by way of the journal.

use std::collections::HashMap;

use bowline_api::TenantId;

use super::holding::{Doubted, Pending};
use crate::app::App;
use crate::domain::{Error, Result, entropy};
use crate::store::token_holdings::Holding;
use crate::store::token_repeats::{Repeat, RepeatsRow};
use crate::store::{Fate, TransactionId, Tx};

/// Holdings up to which a flush changes their own rows at once. More are written down in a few long rows, which cost next to
/// nothing, and folded into their own rows later: see [`super::fold`].
const FEW: usize = 1000;
/// Holdings of one key that one such long row has at most; a row is folded as a whole.
const LONGEST: usize = 1000;
/// Rows that one statement writes; the protocol counts its parameters in 16 bits.
const ROWS_AT_ONCE: usize = 1000;
/// Holdings that one statement writes: about 40 bytes each, and a connection keeps as much room as its longest statement took.
const HOLDINGS_AT_ONCE: usize = 5000;

/// Writes what is pending; what cannot be written stays pending. While a flush before is still being committed nothing is: it
/// would have to wait for the same, with one connection more.
///
/// # Errors
/// The first failure of the database; other tenants are tried all the same.
pub async fn flush(app: &App) -> Result<()> {
    let settled = settle(app).await;
    if let Err(Error::Unconfirmed(_)) = settled {
        return settled;
    }
    let pending = app.holdings.take();
    let written =
        if pending.len() <= FEW { write_each(app, pending).await } else { write_down(app, pending).await };
    settled.and(written)
}

/// Finds out what became of earlier parts whose COMMIT was not answered. None is written twice; one may be lost where the
/// database itself lost it in a crash or a failover ([`Store::fate`](crate::store::Store::fate)).
async fn settle(app: &App) -> Result<()> {
    let mut outcome = Ok(());
    let mut all = app.holdings.take_doubted().into_iter();
    for doubted in all.by_ref() {
        match app.store.fate(&doubted.transaction).await {
            Ok(Fate::Committed) => {}
            Ok(Fate::Aborted) => app.holdings.put_back(doubted.issues),
            Ok(Fate::InProgress) => {
                app.holdings.doubt(doubted);
                outcome = Err(Error::Unconfirmed("a flush before is still being committed".into()));
            }
            Err(error) => {
                app.holdings.doubt(doubted);
                outcome = outcome.and(Err(error));
                break;
            }
        }
    }
    all.for_each(|unasked| app.holdings.doubt(unasked));
    outcome
}

/// Why a part was not written, or the transaction that may have written it.
struct Unwritten {
    error: Error,
    doubt: Option<TransactionId>,
}

impl From<Error> for Unwritten {
    fn from(error: Error) -> Self {
        Self { error, doubt: None }
    }
}

impl Unwritten {
    /// Puts the part's issues back, or aside.
    fn keep(self, app: &App, issues: impl Iterator<Item = (TenantId, Holding, i32)>) -> Error {
        let issues = issues.collect();
        match self.doubt {
            Some(transaction) => app.holdings.doubt(Doubted { transaction, issues }),
            None => app.holdings.put_back(issues),
        }
        self.error
    }
}

async fn write_each(app: &App, pending: Pending) -> Result<()> {
    let mut tenants: HashMap<TenantId, Vec<Repeat>> = HashMap::new();
    for ((tenant, api_key), counts) in pending.by_key {
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
        let issues = || repeats.iter().map(|repeat| (tenant, repeat.holding, repeat.issues));
        if let Err(Error::Unconfirmed(_)) = outcome {
            // It would wait for the same.
            app.holdings.put_back(issues().collect());
        } else if let Err(unwritten) = write(app, tenant, &repeats).await {
            outcome = outcome.and(Err(unwritten.keep(app, issues())));
        }
    }
    outcome
}

async fn write(app: &App, tenant: TenantId, repeats: &[Repeat]) -> Result<(), Unwritten> {
    let mut tx = app.store.scoped(tenant).await?;
    let id = tx.id().await?;
    let written = tx.add_repeats(repeats).await;
    finish(tx, id, written).await
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

async fn write_rows(app: &App, rows: &[RepeatsRow]) -> Result<()> {
    insert(app, rows).await.map_err(|unwritten| {
        let issues = rows.iter().flat_map(|row| {
            row.issues().map(|(holding, issues)| (TenantId::from(row.tenant_id), holding, issues))
        });
        unwritten.keep(app, issues)
    })
}

/// In one transaction.
async fn insert(app: &App, rows: &[RepeatsRow]) -> Result<(), Unwritten> {
    let mut tx = app.store.worker().await?;
    let id = tx.id().await?;
    let mut inserted = Ok(());
    for part in statements(rows) {
        inserted = tx.insert_repeats(part).await;
        if inserted.is_err() {
            break;
        }
    }
    finish(tx, id, inserted).await
}

/// Whatever a COMMIT that was sent is answered but success, what became of it is to be asked.
async fn finish<Scope>(tx: Tx<Scope>, id: TransactionId, written: Result<()>) -> Result<(), Unwritten> {
    let doubt = written.is_ok().then_some(id);
    tx.finish(written).await.map_err(|error| Unwritten { error, doubt })
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
    let mut rows = Vec::with_capacity(pending.by_key.len());
    for ((tenant, api_key_id), counts) in pending.by_key {
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
    use uuid::Uuid;

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
        assert_eq!(all.len(), 7 * 2_300);
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
