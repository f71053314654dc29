//! The order of the scenarios, and the servers on which they run.

use bowline_stdio::eprintln;
use std::path::Path;

use dropbox_sim::{AppConfig, Simulator};

use crate::arguments::{Arguments, Size};
use crate::data::rows::Condition;
use crate::data::{Data, tenants};
use crate::plot;
use crate::postgres::Postgres;
use crate::report::{DataNote, Report};
use crate::scenario::sizes::Sizes;
use crate::scenario::{
    Scenario, Session, batch, first, list, mixed, neighbour, notices, open, revoke, rounds, search,
    thundering, webhooks,
};
use crate::server::{Programs, Server};

/// The limits of the server's memory right after its start and under load, in MiB.
const IDLE_MIB: f64 = 40.0;
const LOADED_MIB: f64 = 120.0;

/// Runs all requested scenarios. A failed scenario is recorded, and the others still run.
pub(crate) async fn run_all(
    arguments: &Arguments,
    programs: &Programs,
    postgres: &Postgres,
    report: &mut Report,
    output: &Path,
) -> anyhow::Result<()> {
    let dropbox = simulator(arguments).await?;
    for size in arguments.sealed_sizes() {
        let data = Data::open(arguments, programs, postgres, *size).await?;
        report.data.push(note(&data));
    }
    let stage = Stage { arguments, programs, postgres, dropbox: &dropbox };
    if Scenario::ONE_SERVER.iter().any(|one| arguments.wants(*one)) {
        let outcome = stage.one_server(report).await;
        report.noted("one server", outcome);
    }
    if arguments.wants(Scenario::Latency) && !report.curve.is_empty() {
        let caption = format!("Token fetch, {} accounts: latency over load", arguments.main_size());
        plot::draw(&report.curve, &caption, &output.join("latency.svg"))?;
    }
    if arguments.wants(Scenario::Sizes) {
        let outcome = stage.sizes(report).await;
        report.noted("sizes", outcome);
    }
    if arguments.wants(Scenario::List) {
        let outcome = stage.lists(report).await;
        report.noted("list", outcome);
    }
    if arguments.wants(Scenario::Search) {
        let outcome = search::run(arguments, programs, postgres, report).await;
        report.noted("search", outcome);
    }
    if arguments.wants(Scenario::Neighbour) {
        let outcome = stage.neighbour(report).await;
        report.noted("neighbour", outcome);
    }
    if arguments.wants(Scenario::Thundering) {
        let outcome = stage.thundering(report).await;
        report.noted("thundering", outcome);
    }
    if arguments.wants(Scenario::Webhooks) {
        let outcome = stage.webhooks(report).await;
        report.noted("webhooks", outcome);
    }
    dropbox.stop().await;
    Ok(())
}

/// The simulated Dropbox with the apps of all tenants.
async fn simulator(arguments: &Arguments) -> anyhow::Result<Simulator> {
    let mut builder = Simulator::builder();
    for number in 0..usize::try_from(arguments.tenants)? {
        builder = builder.app(AppConfig::new(tenants::app_key(number), tenants::app_secret(number)));
    }
    Ok(builder.start().await?)
}

/// The resources for starting servers.
struct Stage<'a> {
    arguments: &'a Arguments,
    programs: &'a Programs,
    postgres: &'a Postgres,
    dropbox: &'a Simulator,
}

impl Stage<'_> {
    async fn data(&self, size: Size) -> anyhow::Result<Data> {
        Data::open(self.arguments, self.programs, self.postgres, size).await
    }

    /// Starts a server with this data.
    async fn serve(&self, data: &Data, name: &str) -> anyhow::Result<Server> {
        self.programs.serve(name, &self.environment(data, &[])).await
    }

    /// The settings of a server with this data, and these.
    fn environment(&self, data: &Data, settings: &[(&str, &str)]) -> Vec<(String, String)> {
        let dropbox = self.dropbox.http_url();
        let mut all = self.programs.environment(self.postgres, &data.database, Some(&dropbox));
        all.extend(settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        all
    }

    fn session<'a>(&'a self, data: &'a mut Data, server: &'a Server, report: &'a mut Report) -> Session<'a> {
        let (arguments, postgres, dropbox) = (self.arguments, self.postgres, self.dropbox);
        Session { arguments, postgres, data, server, dropbox, report }
    }

    async fn one_server(&self, report: &mut Report) -> anyhow::Result<()> {
        let mut data = self.data(self.arguments.main_size()).await?;
        eprintln!("one server, {} accounts", data.size);
        let server = self.serve(&data, "server").await?;
        let booted = server.memory()?;
        data.warm(self.postgres).await?;
        let mut session = self.session(&mut data, &server, report);
        session.probe().await?;
        rounds::tokens(&session, session.warm_up_seconds(), 77).await?;
        let mut memory = vec![("the start".to_owned(), booted)];
        for scenario in Scenario::ONE_SERVER {
            if session.measure(scenario).await {
                memory.push((name(scenario), server.memory()?));
            }
        }
        session.settle().await?;
        memory.push(("all load".to_owned(), server.memory()?));
        if self.arguments.wants(Scenario::Memory) {
            let most = memory.iter().map(|(_, memory)| memory.peak_rss).max().unwrap_or_default();
            report.at_most("memory after the start, MiB RSS", mib(booted.rss), IDLE_MIB);
            report.at_most("memory at most, MiB RSS", mib(most), LOADED_MIB);
            for (what, memory) in memory {
                report.memory(&format!("after {what}"), memory);
            }
        }
        server.stop().await
    }

    /// Measures every size in each round, so that other load on the machine affects all of them. The first round is
    /// only a warm-up: with ten million accounts it reads pages from disk, which no later round does.
    async fn sizes(&self, report: &mut Report) -> anyhow::Result<()> {
        eprintln!("sizes");
        let mut sizes = Sizes::default();
        for run in 0..=self.arguments.runs() {
            for size in &self.arguments.accounts {
                let mut data = self.data(*size).await?;
                let server = self.serve(&data, "sizes").await?;
                data.warm(self.postgres).await?;
                let session = self.session(&mut data, &server, report);
                match run {
                    0 => drop(rounds::tokens(&session, self.arguments.seconds(), 999).await?),
                    _ => sizes.measure(&session, run).await?,
                }
                session.settle().await?;
                server.stop().await?;
            }
        }
        sizes.conclude(report);
        Ok(())
    }

    async fn lists(&self, report: &mut Report) -> anyhow::Result<()> {
        let mut data = self.data(self.arguments.largest()).await?;
        eprintln!("lists, {} accounts", data.size);
        let server = self.serve(&data, "list").await?;
        data.warm_lists(self.postgres).await?;
        let mut session = self.session(&mut data, &server, report);
        list::run(&mut session, self.programs).await?;
        server.stop().await
    }

    async fn neighbour(&self, report: &mut Report) -> anyhow::Result<()> {
        let mut data = self.data(self.arguments.main_size()).await?;
        eprintln!("a flood and its neighbour, {} accounts", data.size);
        let environment = self.environment(&data, &neighbour::DELIVERED);
        let server = self.programs.serve("neighbour", &environment).await?;
        data.warm(self.postgres).await?;
        let mut session = self.session(&mut data, &server, report);
        neighbour::run(&mut session).await?;
        server.stop().await
    }

    async fn webhooks(&self, report: &mut Report) -> anyhow::Result<()> {
        let mut data = self.data(self.arguments.accounts.first().copied().unwrap_or(Size(10_000))).await?;
        eprintln!("webhooks, {} accounts", data.size);
        let environment = self.environment(&data, &webhooks::SETTINGS);
        let server = self.programs.serve("webhooks", &environment).await?;
        let mut session = self.session(&mut data, &server, report);
        let outcome = webhooks::run(&mut session, self.programs, &environment).await;
        report.memory("after webhooks", server.memory()?);
        server.stop().await?;
        outcome
    }

    async fn thundering(&self, report: &mut Report) -> anyhow::Result<()> {
        let mut data = self.data(self.arguments.accounts.first().copied().unwrap_or(Size(10_000))).await?;
        eprintln!("{} servers, {} accounts", thundering::SERVERS, data.size);
        thundering::raise_open_files()?;
        let mut servers = Vec::new();
        for number in 0..thundering::SERVERS {
            servers.push(self.serve(&data, &format!("replica-{number}")).await?);
        }
        let numbers = data.add_accounts(self.postgres, 1, Condition::Expired).await?;
        let session = self.session(&mut data, &servers[0], report);
        session.plant(numbers.clone());
        let outcome =
            thundering::run(self.arguments, &data, numbers.start, &servers, self.dropbox, report).await;
        for server in servers {
            server.stop().await?;
        }
        outcome
    }
}

impl Session<'_> {
    /// Runs a scenario on one server if it was requested; returns whether anything was measured.
    async fn measure(&mut self, scenario: Scenario) -> bool {
        let is_floor = |one| matches!(one, Scenario::Static | Scenario::Pgbench | Scenario::Token);
        let outcome = match scenario {
            // The reference measurements alternate with the token route.
            Scenario::Token if self.arguments.only.iter().any(|one| is_floor(*one)) => {
                rounds::run(self).await
            }
            one if is_floor(one) || !self.arguments.wants(one) => return false,
            Scenario::TokenHalf => open::half(self).await,
            Scenario::Flood => open::flood(self).await,
            Scenario::Notices => notices::run(self).await,
            Scenario::First => first::run(self).await,
            Scenario::Mixed => mixed::run(self).await,
            Scenario::Batch => batch::tokens(self).await,
            Scenario::Link => batch::links(self).await,
            Scenario::Revoke => revoke::run(self).await,
            Scenario::Latency => open::curve(self).await,
            // Memory is read by the caller; the other scenarios need other servers.
            _ => return false,
        };
        self.report.noted(&name(scenario), outcome);
        true
    }
}

fn name(scenario: Scenario) -> String {
    format!("{scenario:?}").to_lowercase()
}

#[expect(clippy::cast_precision_loss, reason = "memory of one process in KiB is far below 2^52")]
fn mib(kib: u64) -> f64 {
    kib as f64 / 1024.0
}

/// How the data was created, for the report.
fn note(data: &Data) -> DataNote {
    let [rows_seconds, indexes_seconds, vacuum_seconds] = data.record.fill_seconds;
    DataNote {
        accounts: data.size.to_string(),
        rows_seconds,
        indexes_seconds,
        vacuum_seconds,
        megabytes: data.record.bytes / 1_000_000,
    }
}
