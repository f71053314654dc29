//! Which scenarios run on which server, in which order.

use std::path::Path;

use dropbox_sim::{AppConfig, Simulator};

use crate::arguments::{Arguments, Size};
use crate::data::{Data, tenants};
use crate::note;
use crate::postgres::Postgres;
use crate::report::Report;
use crate::scenario::{Scenario, Session, open, rounds};
use crate::server::Programs;

/// Most that the server may have right after its start, and under load, in MiB.
const IDLE_MIB: f64 = 40.0;
const LOADED_MIB: f64 = 120.0;

/// Runs everything that was asked for; a scenario that fails is noted and the others still run.
pub(crate) async fn run_all(
    arguments: &Arguments,
    programs: &Programs,
    postgres: &Postgres,
    report: &mut Report,
    _output: &Path,
) -> anyhow::Result<()> {
    let dropbox = simulator(arguments).await?;
    for size in &arguments.accounts {
        let data = Data::open(arguments, programs, postgres, *size).await?;
        report.data.push(note(&data));
    }
    let wants_one = Scenario::ONE_SERVER.iter().chain(&[Scenario::Memory]).any(|one| arguments.wants(*one));
    if wants_one {
        let stage = Stage { arguments, programs, postgres, dropbox: &dropbox };
        stage.one_server(report, arguments.main_size()).await?;
    }
    dropbox.stop().await;
    Ok(())
}

/// Simulated Dropbox with the app of every tenant.
async fn simulator(arguments: &Arguments) -> anyhow::Result<Simulator> {
    let mut builder = Simulator::builder();
    for number in 0..usize::try_from(arguments.tenants)? {
        builder = builder.app(AppConfig::new(tenants::app_key(number), tenants::app_secret(number)));
    }
    Ok(builder.start().await?)
}

/// Where servers are started.
struct Stage<'a> {
    arguments: &'a Arguments,
    programs: &'a Programs,
    postgres: &'a Postgres,
    dropbox: &'a Simulator,
}

impl Stage<'_> {
    async fn one_server(&self, report: &mut Report, size: Size) -> anyhow::Result<()> {
        let mut data = Data::open(self.arguments, self.programs, self.postgres, size).await?;
        eprintln!("one server, {size} accounts");
        let dropbox_url = self.dropbox.http_url();
        let environment = self.programs.environment(self.postgres, &data.database, Some(&dropbox_url));
        let server = self.programs.serve("server", &environment).await?;
        let booted = server.memory()?;
        data.warm(self.postgres).await?;
        let mut session = Session {
            arguments: self.arguments,
            postgres: self.postgres,
            data: &mut data,
            server: &server,
            dropbox: self.dropbox,
            report,
        };
        session.probe().await?;
        rounds::tokens(&session, session.warm_up_seconds(), 77).await?;
        run(&mut session).await;
        let loaded = server.memory()?;
        if self.arguments.wants(Scenario::Memory) {
            report.memory("after the start", booted);
            report.memory("after all load", loaded);
            report.at_most("memory after the start, MiB RSS", mib(booted.rss_kib), IDLE_MIB);
            report.at_most("memory at most, MiB RSS", mib(loaded.peak_rss_kib), LOADED_MIB);
        }
        server.stop().await
    }
}

async fn run(session: &mut Session<'_>) {
    let wants_round = [Scenario::Static, Scenario::Pgbench, Scenario::Token];
    if wants_round.iter().any(|one| session.arguments.wants(*one)) {
        let outcome = rounds::run(session).await;
        session.noted("token and its floors", outcome);
    }
    if session.arguments.wants(Scenario::TokenHalf) {
        let outcome = open::half(session).await;
        session.noted("token-half", outcome);
    }
    if session.arguments.wants(Scenario::Flood) {
        let outcome = open::flood(session).await;
        session.noted("flood", outcome);
    }
    if session.arguments.wants(Scenario::Latency) {
        let outcome = open::curve(session).await;
        session.noted("latency", outcome);
    }
}

impl Session<'_> {
    fn noted(&mut self, what: &str, outcome: anyhow::Result<()>) {
        if let Err(error) = outcome {
            eprintln!("  {what} failed: {error:#}");
            self.report.failures.push(format!("{what}: {error:#}"));
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "memory of one process in KiB is far below 2^52")]
fn mib(kib: u64) -> f64 {
    kib as f64 / 1024.0
}
