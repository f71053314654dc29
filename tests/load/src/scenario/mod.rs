//! What is measured, and with what at hand.

pub(crate) mod batch;
pub(crate) mod first;
mod kind;
pub(crate) mod list;
pub(crate) mod mixed;
pub(crate) mod neighbour;
pub(crate) mod open;
pub(crate) mod revoke;
pub(crate) mod rounds;
pub(crate) mod sizes;
pub(crate) mod thundering;

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

/// More than the time between two flushes.
const FLUSHED: Duration = Duration::from_millis(1_500);
/// How long the journal of a run may take to be folded.
const SETTLED_WITHIN: Duration = Duration::from_mins(15);

/// Tables of which so much has changed are vacuumed: less than what wakes Postgres itself, which is a tenth.
const CHANGED: &str = "
    SELECT format('VACUUM (ANALYZE) %I.%I', schemaname, relname) FROM pg_stat_user_tables
    WHERE greatest(n_dead_tup, n_mod_since_analyze) > 1000 + 0.05 * n_live_tup";

/// A server on one size of the data, and everything else that a scenario needs.
pub(crate) struct Session<'a> {
    pub(crate) arguments: &'a Arguments,
    pub(crate) postgres: &'a Postgres,
    pub(crate) data: &'a mut Data,
    pub(crate) server: &'a Server,
    pub(crate) dropbox: &'a Simulator,
    pub(crate) report: &'a mut Report,
}

impl Session<'_> {
    /// Seconds of load before anything is measured.
    pub(crate) fn warm_up_seconds(&self) -> u64 {
        self.arguments.seconds().div_ceil(3)
    }

    /// The public listener.
    pub(crate) fn address(&self) -> anyhow::Result<SocketAddr> {
        self.server.address().parse().context("the server's address")
    }

    /// How long one measured run is.
    pub(crate) fn length(&self) -> Duration {
        Duration::from_secs(self.arguments.seconds())
    }

    /// Waits until the server has written down all that earlier load has left it to write, so that it is not measured twice;
    /// answers how long that took. Then cleans up after it, which Postgres would otherwise do in the midst of a later run. A quick
    /// run does not wait.
    pub(crate) async fn settle(&self) -> anyhow::Result<Duration> {
        let started = Instant::now();
        if self.arguments.quick {
            return Ok(started.elapsed());
        }
        let client = self.postgres.connect(SUPERUSER, &self.data.database).await?;
        loop {
            // What is counted in memory is written every second.
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

    /// Sees that the tokens of some accounts are handed out, and are what was sealed.
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

/// Does what autovacuum would come to do soon.
async fn clean_up(client: &tokio_postgres::Client) -> anyhow::Result<()> {
    for row in client.query(CHANGED, &[]).await? {
        let vacuum: String = row.get(0);
        client.batch_execute(&vacuum).await.with_context(|| vacuum.clone())?;
    }
    Ok(())
}
