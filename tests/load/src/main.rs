//! `cargo load`: prepares the data, runs the scenarios, and reports which targets are met.

mod arguments;
mod data;
mod generator;
mod huge_pages;
mod machine;
mod memory;
mod pgbench;
mod plot;
mod postgres;
mod report;
mod scenario;
mod server;
mod session;
mod wrk;

use bowline_stdio::{eprintln, println};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, ensure};
use arguments::{Arguments, Size};
use bowline_verify::packages::{self, Need};
use data::Data;
use machine::Machine;
use postgres::{Postgres, Purpose};
use report::Report;
use server::Programs;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = match bowline_stdio::arguments::<Arguments>("cargo load").complete() {
        Ok(arguments) => arguments,
        Err(error) => return bowline_stdio::failed("cargo load", error.as_ref()),
    };
    let check = arguments.check;
    match measure(arguments).await {
        Ok(report) if check && !report.is_good() => ExitCode::FAILURE,
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => bowline_stdio::failed("cargo load", error.as_ref()),
    }
}

async fn measure(arguments: Arguments) -> anyhow::Result<Report> {
    // The process may already have installed a cryptography provider.
    let _: Result<(), _> = rustls::crypto::ring::default_provider().install_default();
    let output = output_directory(&arguments)?;
    std::fs::create_dir_all(&output).with_context(|| output.display().to_string())?;
    bring_tools(&arguments)?;
    let before = Machine::now();
    eprintln!("server");
    let directory = arguments.data.clone().unwrap_or_else(|| std::env::temp_dir().join("bowline-load"));
    let programs = Programs::prepare(&arguments, &directory).await?;
    eprintln!("data in {}", programs.directory().display());
    prepare_data(&arguments, &programs).await?;
    let postgres = Postgres::start(&arguments, programs.directory(), Purpose::Measure).await?;
    let mut report = Report::new(before, postgres.version().await?, arguments.seconds(), arguments.runs());
    let outcome = session::run_all(&arguments, &programs, &postgres, &mut report, &output).await;
    report.after = Some(Machine::now());
    report.save(&output)?;
    println!("{report}\n{}", output.join("report.json").display())?;
    postgres.stop().await?;
    outcome.map(|()| report)
}

/// `target/load` in the target directory that contains this program.
fn output_directory(arguments: &Arguments) -> anyhow::Result<PathBuf> {
    if let Some(directory) = &arguments.output {
        return Ok(directory.clone());
    }
    let own = std::env::current_exe()?;
    let target = own.ancestors().nth(2).context("this program has no directory")?;
    Ok(target.join("load"))
}

fn bring_tools(arguments: &Arguments) -> anyhow::Result<()> {
    let missing: Vec<Need> = Need::LOAD.into_iter().filter(|need| !need.is_met()).collect();
    ensure!(!arguments.no_install || missing.is_empty(), "missing: {missing:?}");
    packages::ensure(&missing)
}

/// Creates the missing databases with a Postgres that is configured for filling.
async fn prepare_data(arguments: &Arguments, programs: &Programs) -> anyhow::Result<()> {
    let is_missing = |size: &&Size| !Data::is_there(arguments, programs.directory(), **size);
    let missing: Vec<Size> = arguments.sealed_sizes().iter().filter(is_missing).copied().collect();
    if missing.is_empty() {
        return Ok(());
    }
    let postgres = Postgres::start(arguments, programs.directory(), Purpose::Fill).await?;
    for size in missing {
        Data::build(arguments, programs, &postgres, size).await?;
    }
    postgres.stop().await
}
