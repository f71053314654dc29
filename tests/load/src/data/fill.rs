//! Fills the large tables by COPY: one task seals rows, and another one sends them to Postgres.

use bowline_stdio::eprintln;
use std::ops::Range;
use std::pin::pin;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::mpsc;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Row};

use super::identity;
use super::record::Record;
use super::rows::{ACCOUNT_COLUMNS, ACCOUNT_TYPES, AccountRow, Condition, Sealer};

/// The number of rows that are passed between the tasks at a time.
const BATCH: u64 = 1_000;
const HOLDING_COLUMNS: &str =
    "tenant_id, account_id, api_key_id, generation, first_issued_at, last_issued_at, issues";
const HOLDING_TYPES: [Type; 7] =
    [Type::UUID, Type::UUID, Type::UUID, Type::INT8, Type::TIMESTAMPTZ, Type::TIMESTAMPTZ, Type::INT8];

/// Writes rows by COPY into the database of its client.
pub(super) struct Filler<'a> {
    pub(super) client: &'a Client,
    pub(super) record: &'a Record,
    pub(super) sealers: Arc<Vec<Sealer>>,
    pub(super) now: DateTime<Utc>,
    /// `, FREEZE` if the table was truncated in this transaction, otherwise empty.
    pub(super) option: &'static str,
}

impl Filler<'_> {
    /// The time by the database's clock.
    pub(super) async fn now(client: &Client) -> anyhow::Result<DateTime<Utc>> {
        let row: Row = client.query_one("SELECT now()", &[]).await?;
        Ok(row.get(0))
    }

    /// Writes the accounts of `ranges`, in the order of their numbers.
    pub(super) async fn accounts(&self, ranges: &[(Range<u64>, Condition)]) -> anyhow::Result<()> {
        let statement =
            format!("COPY accounts ({ACCOUNT_COLUMNS}) FROM STDIN WITH (FORMAT binary{})", self.option);
        let sink = self.client.copy_in(&statement).await?;
        let mut writer = pin!(BinaryCopyInWriter::new(sink, &ACCOUNT_TYPES));
        let total: u64 = ranges.iter().map(|(range, _)| range.end - range.start).sum();
        let mut progress = Progress::new("accounts", total);
        let mut batches = self.sealed(ranges.to_vec());
        while let Some(batch) = batches.recv().await {
            for row in batch? {
                writer.as_mut().write(&row.values()).await?;
                progress.step();
            }
        }
        writer.finish().await.context("COPY into accounts failed")?;
        Ok(())
    }

    /// Seals rows on a separate thread.
    fn sealed(
        &self,
        ranges: Vec<(Range<u64>, Condition)>,
    ) -> mpsc::Receiver<anyhow::Result<Vec<AccountRow>>> {
        let (sender, receiver) = mpsc::channel(4);
        let (sealers, now, token_bytes) = (Arc::clone(&self.sealers), self.now, self.record.token_bytes);
        tokio::task::spawn_blocking(move || {
            for (range, condition) in ranges {
                let mut start = range.start;
                while start < range.end {
                    let end = range.end.min(start + BATCH);
                    let batch = (start..end)
                        .map(|number| {
                            let index = usize::try_from(number % sealers.len() as u64)?;
                            sealers[index].account(number, condition, token_bytes, now)
                        })
                        .collect();
                    // The receiver is gone if Postgres has rejected an earlier batch.
                    if sender.blocking_send(batch).is_err() {
                        return;
                    }
                    start = end;
                }
            }
        });
        receiver
    }

    /// Records that the tenants' first keys hold the first tokens of these accounts.
    pub(super) async fn holdings(&self, numbers: Range<u64>) -> anyhow::Result<()> {
        let statement =
            format!("COPY token_holdings ({HOLDING_COLUMNS}) FROM STDIN WITH (FORMAT binary{})", self.option);
        let sink = self.client.copy_in(&statement).await?;
        let mut writer = pin!(BinaryCopyInWriter::new(sink, &HOLDING_TYPES));
        let mut progress = Progress::new("token holdings", numbers.end - numbers.start);
        let first = self.now - TimeDelta::hours(1);
        for number in numbers {
            let tenant = self.record.tenant_of(number);
            let (tenant_id, key_id) = (tenant.id.uuid(), tenant.key_id.uuid());
            let account = identity::account_uuid(number);
            let row: [&(dyn tokio_postgres::types::ToSql + Sync); 7] =
                [&tenant_id, &account, &key_id, &1_i64, &first, &self.now, &1_i64];
            writer.as_mut().write(&row).await?;
            progress.step();
        }
        writer.finish().await.context("COPY into token_holdings failed")?;
        Ok(())
    }
}

/// Reports progress from time to time, except for small numbers of rows.
struct Progress {
    what: &'static str,
    total: u64,
    done: u64,
    started: Instant,
}

impl Progress {
    const QUIET_BELOW: u64 = 500_000;

    fn new(what: &'static str, total: u64) -> Self {
        Self { what, total, done: 0, started: Instant::now() }
    }

    fn step(&mut self) {
        self.done += 1;
        if self.total >= Self::QUIET_BELOW && self.done.is_multiple_of(self.total.div_ceil(5)) {
            let seconds = self.started.elapsed().as_secs_f64();
            eprintln!("    {} of {} {}, {seconds:.0} s", self.done, self.total, self.what);
        }
    }
}
