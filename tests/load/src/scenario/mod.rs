//! The scenarios and the resources that they use.

pub(crate) mod batch;
pub(crate) mod first;
mod kind;
pub(crate) mod list;
pub(crate) mod mixed;
pub(crate) mod neighbour;
pub(crate) mod notices;
pub(crate) mod open;
pub(crate) mod revoke;
pub(crate) mod rounds;
pub(crate) mod search;
pub(crate) mod sizes;
pub(crate) mod thundering;
pub(crate) mod webhooks;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use bowline_postgres::SUPERUSER;
use dropbox_sim::Simulator;

pub(crate) use kind::Scenario;

use crate::arguments::Arguments;
use crate::data::Data;
use crate::generator::{Connection, fetch};
use crate::postgres::Postgres;
use crate::report::Report;
use crate::server::Server;

/// Longer than the interval between two flushes.
const FLUSHED: Duration = Duration::from_millis(1_500);
/// How long folding the journal of a run may take.
const SETTLED_WITHIN: Duration = Duration::from_mins(15);

/// The tables that are vacuumed because this much has changed. The threshold is lower than Postgres's own, which is a
/// tenth.
const CHANGED: &str = "
    SELECT format('VACUUM (ANALYZE) %I.%I', schemaname, relname) FROM pg_stat_user_tables
    WHERE greatest(n_dead_tup, n_mod_since_analyze) > 1000 + 0.05 * n_live_tup";

/// A server with data of one size, and the other resources of a scenario.
pub(crate) struct Session<'a> {
    pub(crate) arguments: &'a Arguments,
    pub(crate) postgres: &'a Postgres,
    pub(crate) data: &'a mut Data,
    pub(crate) server: &'a Server,
    pub(crate) dropbox: &'a Simulator,
    pub(crate) report: &'a mut Report,
}

impl Session<'_> {
    /// The duration of the warm-up in seconds.
    pub(crate) fn warm_up_seconds(&self) -> u64 {
        self.arguments.seconds().div_ceil(3)
    }

    /// The address of the public listener.
    pub(crate) fn address(&self) -> anyhow::Result<SocketAddr> {
        self.server.address().parse().context("the server's address is invalid")
    }

    /// The duration of one measured run.
    pub(crate) fn length(&self) -> Duration {
        Duration::from_secs(self.arguments.seconds())
    }

    /// Waits until the server has written everything that earlier load left behind, so that later runs do not measure
    /// it; returns how long that took. Then vacuums, which Postgres would otherwise do during a later run. A quick run
    /// does not wait.
    pub(crate) async fn settle(&self) -> anyhow::Result<Duration> {
        let started = Instant::now();
        if self.arguments.quick {
            return Ok(started.elapsed());
        }
        let client = self.postgres.connect(SUPERUSER, &self.data.database).await?;
        loop {
            // Counts in memory are written every second.
            tokio::time::sleep(FLUSHED).await;
            let left: bool = client.query_one("SELECT EXISTS (SELECT FROM token_repeats)", &[]).await?.get(0);
            if !left {
                let took = started.elapsed();
                clean_up(&client).await?;
                return Ok(took);
            }
            ensure!(started.elapsed() < SETTLED_WITHIN, "the journal of repeats is not folded");
        }
    }

    /// Checks that the tokens of some accounts are returned as they were sealed.
    pub(crate) async fn probe(&self) -> anyhow::Result<()> {
        let (address, host) = (self.address()?, self.server.address().to_owned());
        let accounts = self.data.record.accounts;
        let bytes = self.data.record.token_bytes;
        let wanted: Vec<(u64, String)> = [0, accounts / 3, accounts - 1]
            .map(|number| (number, self.data.record.tenant_of(number).key.clone()))
            .into();
        tokio::task::spawn_blocking(move || {
            let mut connection = Connection::open(address)?;
            for (number, key) in wanted {
                let mut request = Vec::new();
                fetch(&host, number, &key, &mut request);
                let status = connection.exchange(&request)?;
                let text = String::from_utf8_lossy(connection.body());
                let token = crate::data::identity::access_token(number, bytes);
                ensure!(
                    status == 200 && text.contains(&token),
                    "account {number} is answered {status}: make the data anew with --rebuild"
                );
            }
            Ok(())
        })
        .await?
    }
}

/// Vacuums what autovacuum would soon vacuum.
async fn clean_up(client: &tokio_postgres::Client) -> anyhow::Result<()> {
    for row in client.query(CHANGED, &[]).await? {
        let vacuum: String = row.get(0);
        client.batch_execute(&vacuum).await.with_context(|| vacuum.clone())?;
    }
    Ok(())
}
