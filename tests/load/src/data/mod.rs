//! The test data: one database per size, filled once and reused.

mod fill;
pub(crate) mod identity;
mod indexes;
pub(crate) mod record;
pub(crate) mod rows;
pub(crate) mod searched;
pub(crate) mod tenants;

use bowline_stdio::eprintln;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, ensure};
use bowline_postgres::SUPERUSER;
use bowline_vault::KeyRing;
use tokio_postgres::Client;

use crate::arguments::{Arguments, Size};
use crate::postgres::Postgres;
use crate::server::Programs;
use fill::Filler;
use identity::FIRST_OTHER;
use record::Record;
use rows::{Condition, Sealer};

/// One account in this many is not active; these accounts are added to the requested number.
const OTHER_SHARE: u64 = 50;

/// The disk space of one account with its holding and all indexes but without its access token, and the space that must
/// stay free.
const ACCOUNT_BYTES: u64 = 2_300;
const SPARE_BYTES: u64 = 4 << 30;

/// The tables and indexes that the token route and the folding of its journal read.
const TOKEN_ROUTE: &str = "
    SELECT pg_prewarm(oid, 'read') FROM pg_class WHERE relname IN ('token_holdings', 'token_holdings_pkey');
    SELECT pg_prewarm(oid, 'buffer') FROM pg_class
    WHERE relname IN ('accounts', 'accounts_id_idx', 'accounts_pkey')";
/// The indexes that operators' lists read in addition.
const LISTS: &str =
    "SELECT pg_prewarm(indexrelid, 'read') FROM pg_index WHERE indrelid = 'accounts'::regclass";

/// A filled database.
pub(crate) struct Data {
    /// The number of active accounts.
    pub(crate) size: Size,
    /// The record of the database's contents.
    pub(crate) record: Record,
    /// The name of the database.
    pub(crate) database: String,
    path: PathBuf,
    key_ring: PathBuf,
}

impl Data {
    /// Whether an earlier run has left the data of this size.
    pub(crate) fn is_there(arguments: &Arguments, directory: &Path, size: Size) -> bool {
        !arguments.rebuild && Self::load(arguments, directory, size).is_some()
    }

    fn path(directory: &Path, size: Size) -> PathBuf {
        directory.join(format!("{size}.json"))
    }

    fn load(arguments: &Arguments, directory: &Path, size: Size) -> Option<Record> {
        Record::load(&Self::path(directory, size), size.0, arguments.token_bytes, arguments.tenants)
    }

    /// Opens existing data and applies migrations that were added since.
    pub(crate) async fn open(
        arguments: &Arguments,
        programs: &Programs,
        postgres: &Postgres,
        size: Size,
    ) -> anyhow::Result<Self> {
        let record = Self::load(arguments, programs.directory(), size).context("the data is gone")?;
        let data = Self::at(programs, size, record);
        programs.migrate(&postgres.url(SUPERUSER, &data.database)).await?;
        Ok(data)
    }

    fn at(programs: &Programs, size: Size, record: Record) -> Self {
        Self {
            size,
            record,
            database: format!("load_{size}"),
            path: Self::path(programs.directory(), size),
            key_ring: programs.key_ring(),
        }
    }

    /// Creates the database again and fills it.
    pub(crate) async fn build(
        arguments: &Arguments,
        programs: &Programs,
        postgres: &Postgres,
        size: Size,
    ) -> anyhow::Result<()> {
        eprintln!("  {size} accounts");
        room_for(programs.directory(), size, ACCOUNT_BYTES + arguments.token_bytes as u64)?;
        let mut data = Self::at(programs, size, Record::new(size.0, arguments.token_bytes, Vec::new()));
        if data.path.exists() {
            std::fs::remove_file(&data.path)?;
        }
        postgres.recreate_database(&data.database)?;
        programs.migrate(&postgres.url(SUPERUSER, &data.database)).await?;
        let environment = programs.environment(postgres, &data.database, None);
        data.record.tenants = tenants::add(programs, &environment, arguments.tenants).await?;
        data.fill(postgres).await?;
        data.save()
    }

    async fn fill(&mut self, postgres: &Postgres) -> anyhow::Result<()> {
        let client = postgres.connect(SUPERUSER, &self.database).await?;
        let others = FIRST_OTHER..FIRST_OTHER + self.size.0 / OTHER_SHARE;
        let started = Instant::now();
        // The rows satisfy the foreign keys by construction; checking each one would take longer than everything else.
        client
            .batch_execute("SET session_replication_role = replica; BEGIN; TRUNCATE accounts CASCADE")
            .await?;
        let dropped = indexes::drop_all(&client).await?;
        let filler = self.filler(&client, ", FREEZE").await?;
        filler.accounts(&[(0..self.size.0, Condition::Valid), (others, Condition::Other)]).await?;
        filler.holdings(0..self.size.0).await?;
        client.batch_execute("COMMIT").await?;
        let rows = started.elapsed();
        indexes::create_all(&client, &dropped).await?;
        let indexed = started.elapsed();
        client.batch_execute("VACUUM ANALYZE").await?;
        client.batch_execute("CHECKPOINT").await?;
        let vacuumed = started.elapsed();
        self.record.fill_seconds = [rows, indexed.saturating_sub(rows), vacuumed.saturating_sub(indexed)]
            .map(|took| took.as_secs_f64());
        self.record.bytes =
            client.query_one("SELECT pg_database_size(current_database())", &[]).await?.get(0);
        eprintln!(
            "    filled in {:.0} s: rows {:.0} s, indexes {:.0} s, vacuum {:.0} s",
            vacuumed.as_secs_f64(),
            self.record.fill_seconds[0],
            self.record.fill_seconds[1],
            self.record.fill_seconds[2],
        );
        Ok(())
    }

    async fn filler<'a>(&'a self, client: &'a Client, option: &'static str) -> anyhow::Result<Filler<'a>> {
        let ring = KeyRing::load(&self.key_ring)?;
        let mut sealers = Vec::new();
        for tenant in &self.record.tenants {
            let (id, connector, holder) = (tenant.id.uuid(), tenant.connector.uuid(), tenant.key_id.uuid());
            sealers.push(Sealer::open(client, &ring, id, connector, holder).await?);
        }
        let now = Filler::now(client).await?;
        Ok(Filler { client, record: &self.record, sealers: Arc::new(sealers), now, option })
    }

    /// Adds accounts for one run to consume, and returns their numbers. The tenants' first keys hold the tokens of
    /// valid accounts.
    pub(crate) async fn add_accounts(
        &mut self,
        postgres: &Postgres,
        count: u64,
        condition: Condition,
    ) -> anyhow::Result<Range<u64>> {
        let client = postgres.connect(SUPERUSER, &self.database).await?;
        let tenants = self.record.tenants.len() as u64;
        // Each block begins with the first tenant.
        let start = self.record.next_extra.next_multiple_of(tenants);
        let numbers = start..start + count;
        let filler = self.filler(&client, "").await?;
        client.batch_execute("BEGIN").await?;
        filler.accounts(&[(numbers.clone(), condition)]).await?;
        if condition == Condition::Valid {
            filler.holdings(numbers.clone()).await?;
        }
        client.batch_execute("COMMIT").await?;
        self.record.next_extra = numbers.end;
        self.save()?;
        Ok(numbers)
    }

    /// Saves the record.
    pub(crate) fn save(&self) -> anyhow::Result<()> {
        self.record.save(&self.path)
    }

    /// Reads the data of the token route into Postgres's buffers, because the operating system may evict its page cache
    /// and runs must not measure the disk. Postgres may look up an account by either index. The data for folding the
    /// journal is read into the page cache.
    pub(crate) async fn warm(&self, postgres: &Postgres) -> anyhow::Result<()> {
        self.read(postgres, TOKEN_ROUTE).await
    }

    /// Like [`warm`](Self::warm), for operators' lists, whose indexes are read into the page cache.
    pub(crate) async fn warm_lists(&self, postgres: &Postgres) -> anyhow::Result<()> {
        self.read(postgres, &format!("{TOKEN_ROUTE}; {LISTS}")).await
    }

    async fn read(&self, postgres: &Postgres, what: &str) -> anyhow::Result<()> {
        let client = postgres.connect(SUPERUSER, &self.database).await?;
        client.batch_execute("CREATE EXTENSION IF NOT EXISTS pg_prewarm").await?;
        Ok(client.batch_execute(what).await?)
    }
}

/// Fails if the disk, which others may share, lacks the space for rows, indexes and their creation.
fn room_for(directory: &Path, size: Size, account_bytes: u64) -> anyhow::Result<()> {
    let disk = nix::sys::statvfs::statvfs(directory)?;
    let free = disk.blocks_available() * disk.fragment_size();
    let needed = size.0 * account_bytes + SPARE_BYTES;
    let gib = |bytes: u64| bytes >> 30;
    ensure!(
        free >= needed,
        "{size} accounts need {} GiB, and {} has {}; choose another place with --data",
        gib(needed),
        directory.display(),
        gib(free)
    );
    Ok(())
}
