//! Writes the counts of repeated issues every second, in small parts that leave the machine to the calls in between.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use bowline_api::TenantId;

use super::holding::{Narrowed, Pending};
use crate::app::App;
use crate::domain::{Error, Result, entropy};
use crate::store::tokens::holdings::Holding;
use crate::store::tokens::repeats::{Repeat, RepeatsRow};
use crate::store::tokens::uses::NarrowedUse;

/// The maximum number of holdings that a flush updates in place. If there are more, they go into the journal, which is
/// cheap to write, and [`super::fold`] adds them to their holdings later.
const HOLDINGS_IN_PLACE: usize = 1000;
/// The number of holdings that one transaction updates in place.
const HOLDINGS_UPDATED_AT_ONCE: usize = 50;
/// The number of holdings that one transaction adds to the journal, and the maximum length of a journal row.
const HOLDINGS_JOURNALED_AT_ONCE: usize = 500;
/// The pause after each part, as a multiple of the time that the part took. While a part is written, it competes with
/// calls for processors; in one piece, the counts of a busy second delayed every call by 10 ms.
const FLUSH_PAUSE_FACTOR: u32 = 2;
/// The maximum total of a flush's pauses, so that a count is written within two seconds.
const MOST_FLUSH_PAUSES: Duration = Duration::from_millis(500);

/// Writes all pending counts. Counts that the database refuses stay pending.
///
/// # Errors
/// The first error. The counts of the other tenants are written nevertheless, unless a commit was not confirmed.
pub async fn flush(app: &App) -> Result<()> {
    let mut parts = flush_parts(app.holdings.take(), app.store.is_sharded()).into_iter();
    let began = Instant::now();
    let mut outcome = Ok(());
    for part in parts.by_ref() {
        let part_began = Instant::now();
        match part.write(app).await {
            Ok(()) => part.count(app),
            Err(error @ Error::Unconfirmed(_)) => {
                // Only the confirmation of the commit is missing, so the part counts as written. If it were written
                // again while a synchronous standby is away, its issues would be counted many times. If Postgres
                // crashed, they are not counted.
                part.count(app);
                outcome = outcome.and(Err(error));
                break;
            }
            Err(error) => {
                app.holdings.put_back(part.into_pending());
                outcome = outcome.and(Err(error));
            }
        }
        if began.elapsed() < MOST_FLUSH_PAUSES && !app.is_draining() {
            tokio::time::sleep(part_began.elapsed() * FLUSH_PAUSE_FACTOR).await;
        }
    }
    // The next commits would not be confirmed either.
    parts.for_each(|unwritten| app.holdings.put_back(unwritten.into_pending()));
    outcome
}

/// The part of a flush that one transaction writes.
enum FlushPart {
    InPlace(TenantId, Vec<Repeat>),
    Narrowed(TenantId, Vec<NarrowedUse>),
    Journal(Vec<RepeatsRow>),
}

impl FlushPart {
    async fn write(&self, app: &App) -> Result<()> {
        match self {
            Self::InPlace(tenant, repeats) => {
                app.store.scoped(*tenant, async |tx| tx.add_repeats(repeats).await).await
            }
            Self::Narrowed(tenant, uses) => {
                app.store.scoped(*tenant, async |tx| tx.add_narrowed_uses(uses).await).await
            }
            Self::Journal(rows) => {
                // The worker's role may add to the journal of all tenants but cannot read it.
                app.store.worker(async |tx| tx.insert_repeats(rows).await).await
            }
        }
    }

    /// Counts the issues of this part for the overview. First issues were counted when they were recorded.
    fn count(&self, app: &App) {
        match self {
            Self::InPlace(tenant, repeats) => {
                app.activity.issued(*tenant, repeats.iter().map(|repeat| i64::from(repeat.issues)).sum());
            }
            Self::Narrowed(tenant, uses) => {
                app.activity.issued(*tenant, uses.iter().map(|used| i64::from(used.issues)).sum());
            }
            Self::Journal(rows) => rows.iter().for_each(|row| {
                app.activity.issued(row.tenant_id.into(), row.counts.iter().copied().map(i64::from).sum());
            }),
        }
    }

    fn into_pending(self) -> Pending {
        match self {
            Self::InPlace(tenant, repeats) => {
                repeats.into_iter().map(|repeat| (tenant, repeat.holding, repeat.issues)).collect()
            }
            Self::Narrowed(tenant, uses) => {
                Pending::of_narrowed(uses.into_iter().map(|used| pending(tenant, used)))
            }
            Self::Journal(rows) => rows
                .iter()
                .flat_map(|row| {
                    let tenant = TenantId::from(row.tenant_id);
                    row.issues().map(move |(holding, issues)| (tenant, holding, issues))
                })
                .collect(),
        }
    }
}

/// Narrowed issues are last, because a token with all scopes that was issued after one has already taken its scopes away.
fn flush_parts(mut pending: Pending, sharded: bool) -> Vec<FlushPart> {
    let narrowed = narrowed_parts(std::mem::take(&mut pending.narrowed));
    let mut parts =
        if pending.len() <= HOLDINGS_IN_PLACE { in_place(pending) } else { journal_parts(pending, sharded) };
    parts.extend(narrowed);
    parts
}

fn narrowed_parts(pending: HashMap<(TenantId, Holding), Narrowed>) -> Vec<FlushPart> {
    let mut tenants: HashMap<TenantId, Vec<NarrowedUse>> = HashMap::new();
    for ((tenant, holding), Narrowed { issues, scopes }) in pending {
        let scopes = scopes.map(|scopes| scopes.to_vec()).unwrap_or_default();
        tenants.entry(tenant).or_default().push(NarrowedUse { holding, issues, scopes });
    }
    let parts = tenants.into_iter().flat_map(|(tenant, uses)| {
        let parts: Vec<FlushPart> = uses
            .chunks(HOLDINGS_UPDATED_AT_ONCE)
            .map(|part| FlushPart::Narrowed(tenant, part.to_vec()))
            .collect();
        parts
    });
    parts.collect()
}

fn pending(tenant: TenantId, used: NarrowedUse) -> ((TenantId, Holding), Narrowed) {
    let scopes = Some(used.scopes).filter(|scopes| !scopes.is_empty()).map(Into::into);
    ((tenant, used.holding), Narrowed { issues: used.issues, scopes })
}

fn in_place(pending: Pending) -> Vec<FlushPart> {
    let mut tenants: HashMap<TenantId, Vec<Repeat>> = HashMap::new();
    for ((tenant, api_key), counts) in pending.by_key {
        let repeat = |((account, generation), issues)| Repeat {
            holding: Holding { account, api_key, generation },
            issues,
            at: None,
        };
        tenants.entry(tenant).or_default().extend(counts.into_iter().map(repeat));
    }
    let parts = tenants.into_iter().flat_map(|(tenant, repeats)| {
        let parts: Vec<FlushPart> = repeats
            .chunks(HOLDINGS_UPDATED_AT_ONCE)
            .map(|part| FlushPart::InPlace(tenant, part.to_vec()))
            .collect();
        parts
    });
    parts.collect()
}

/// The journal rows, for all tenants together unless the database is sharded.
fn journal_parts(pending: Pending, sharded: bool) -> Vec<FlushPart> {
    let mut parts: Vec<FlushPart> = Vec::new();
    let mut part: Vec<RepeatsRow> = Vec::new();
    let mut holdings = 0;
    for row in journal_rows(pending) {
        let is_full = holdings + row.counts.len() > HOLDINGS_JOURNALED_AT_ONCE;
        let is_elsewhere = sharded && part.last().is_some_and(|last| last.tenant_id != row.tenant_id);
        if is_full || is_elsewhere {
            parts.push(FlushPart::Journal(std::mem::take(&mut part)));
            holdings = 0;
        }
        holdings += row.counts.len();
        part.push(row);
    }
    if !part.is_empty() {
        parts.push(FlushPart::Journal(part));
    }
    parts
}

fn journal_rows(pending: Pending) -> impl Iterator<Item = RepeatsRow> {
    pending.by_key.into_iter().flat_map(|((tenant, api_key_id), counts)| {
        let mut counts = counts.into_iter().peekable();
        std::iter::from_fn(move || {
            counts.peek()?;
            let length = counts.len().min(HOLDINGS_JOURNALED_AT_ONCE);
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
            Some(row)
        })
    })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::super::holding::HoldingLog;
    use super::*;
    use crate::store::tokens::path::Issue;

    fn issued_pending(keys: u128, holdings: u128) -> Pending {
        let mut pending = Pending::default();
        for key in 0..keys {
            for account in 0..holdings {
                let (account, api_key) = (Uuid::from_u128(account), Uuid::from_u128(key));
                for _ in 0..2 {
                    pending.add(
                        Uuid::from_u128(key / 2).into(),
                        Holding { account, api_key, generation: 1 },
                        1,
                    );
                }
            }
        }
        pending
    }

    fn holdings_in_part(part: &FlushPart) -> usize {
        match part {
            FlushPart::InPlace(_, repeats) => repeats.len(),
            FlushPart::Narrowed(_, uses) => uses.len(),
            FlushPart::Journal(rows) => rows.iter().map(|row| row.counts.len()).sum(),
        }
    }

    #[test]
    fn every_count_is_in_one_part_and_no_part_is_too_large() {
        for (keys, each, sharded) in [(7, 2_300, false), (1_500, 1, false), (1_500, 1, true), (3, 300, false)]
        {
            let all = issued_pending(keys, each);
            let most = if all.len() <= HOLDINGS_IN_PLACE {
                HOLDINGS_UPDATED_AT_ONCE
            } else {
                HOLDINGS_JOURNALED_AT_ONCE
            };
            let parts = flush_parts(all, sharded);
            assert!(parts.iter().all(|part| (1..=most).contains(&holdings_in_part(part))));
            let written: Pending =
                parts.into_iter().flat_map(|part| part.into_pending().into_issues()).collect();
            assert_eq!(written.len(), usize::try_from(keys * each).unwrap());
            assert!(written.into_issues().all(|(_, _, issues)| issues == 2));
        }
    }

    #[test]
    fn narrowed_issues_are_written_with_their_last_scopes() {
        let log = HoldingLog::default();
        let (tenant, scopes) = (TenantId::from(Uuid::from_u128(1)), ["account_info.read".to_owned()]);
        let holding = |account| Holding {
            account: Uuid::from_u128(account),
            api_key: Uuid::from_u128(1),
            generation: 1,
        };
        log.narrowed(tenant, holding(1), Issue::First, &scopes);
        log.narrowed(tenant, holding(1), Issue::Repeated, &scopes);
        // The app gets a token with all scopes after the narrowed one, and before it.
        log.narrowed(tenant, holding(2), Issue::Repeated, &scopes);
        log.repeated(tenant, holding(2));
        log.repeated(tenant, holding(3));
        log.narrowed(tenant, holding(3), Issue::Repeated, &scopes);
        let uses = |parts: &[FlushPart]| {
            let mut uses: Vec<(u128, i32, usize)> = parts
                .iter()
                .filter_map(|part| if let FlushPart::Narrowed(_, uses) = part { Some(uses) } else { None })
                .flatten()
                .map(|used| (used.holding.account.as_u128(), used.issues, used.scopes.len()))
                .collect();
            uses.sort_unstable();
            uses
        };
        let first = flush_parts(log.take(), false);
        assert_eq!(uses(&first), [(1, 1, 1), (2, 1, 0), (3, 1, 1)]);
        // The database refuses all of it. Which of two issues was last is not known later, and the one of all scopes counts.
        for part in first {
            log.put_back(part.into_pending());
        }
        assert_eq!(log.waiting(), 5);
        assert_eq!(uses(&flush_parts(log.take(), false)), [(1, 1, 1), (2, 1, 0), (3, 1, 0)]);
    }

    #[test]
    fn with_shards_no_part_has_the_counts_of_two_tenants() {
        for part in flush_parts(issued_pending(1_500, 2), true) {
            let FlushPart::Journal(rows) = part else { panic!("so many go into the journal") };
            assert!(rows.iter().all(|row| row.tenant_id == rows[0].tenant_id));
        }
    }
}
