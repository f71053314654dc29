//! `cargo faults`: every fault, many times, with the invariant checker; ends with a table and fails if a row does or was not run.

use bowline_stdio::{eprintln, println};
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Context as _, bail, ensure};
use bowline_faults::catalogue::find;
use bowline_faults::report::{Row, json, markdown};
use bowline_faults::{Plan, SCENARIOS, Scenario};
use bowline_tests::scratch;
use bowline_verify::packages::{self, Need};
use clap::Parser;
use futures_util::FutureExt as _;

/// Breaks everything that tokens depend on, many times, and checks what holds
#[derive(Debug, Parser)]
#[command(name = "cargo faults", bin_name = "cargo faults", version)]
struct Arguments {
    /// Only the fault of this name, which --list shows; once for each
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// How often each fault is tried, instead of as often as --list says
    #[arg(long)]
    times: Option<usize>,
    /// Size of the load beside the faults: 1 as in `cargo verify`, 10 for 10,000 callers and ten minutes
    #[arg(long, default_value_t = 10)]
    size: usize,
    /// Lists the faults and ends
    #[arg(long)]
    list: bool,
    /// Uses the programs as they were built last
    #[arg(long)]
    no_build: bool,
    /// Where the results go as JSON and as a table [default: tmp/faults below the target directory]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(bowline_stdio::arguments("cargo faults")).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => bowline_stdio::failed("cargo faults", error.as_ref()),
    }
}

async fn run(arguments: Arguments) -> anyhow::Result<()> {
    if arguments.list {
        for Scenario { name, fault, expected, times, .. } in SCENARIOS {
            println!("{name:<22}{times:>4} ×  {fault}\n{:>31}{expected}", "→ ")?;
        }
        return Ok(());
    }
    let chosen = chosen(&arguments.only)?;
    packages::ensure(&Need::FAULTS)?;
    if !arguments.no_build {
        build()?;
    }
    let out = arguments.out.map_or_else(|| scratch("faults"), Ok)?;
    std::fs::create_dir_all(&out)?;
    let mut rows = Vec::new();
    for scenario in chosen {
        let plan = Plan { times: arguments.times.unwrap_or(scenario.times), size: arguments.size };
        eprintln!("… {}: {} ({} ×)", scenario.name, scenario.fault, plan.times);
        let started = Instant::now();
        // One that panics is a row that fails.
        let outcome = match AssertUnwindSafe((scenario.run)(plan)).catch_unwind().await {
            Ok(Ok(seen)) => Ok(seen),
            Ok(Err(error)) => Err(format!("{error:#}")),
            Err(_) => Err("panicked: see above".to_owned()),
        };
        let row = Row { scenario, outcome, took: started.elapsed() };
        println!("{}", row.line())?;
        rows.push(row);
        // After each, so that an interrupted run has its figures.
        std::fs::write(out.join("faults.json"), serde_json::to_string_pretty(&json(&rows))?)?;
        std::fs::write(out.join("faults.md"), markdown(&rows))?;
    }
    eprintln!("\nwritten to {}", out.display());
    let lacking: Vec<&str> =
        rows.iter().filter(|row| !row.has_passed()).map(|row| row.scenario.name).collect();
    ensure!(lacking.is_empty(), "failed or not run: {}", lacking.join(", "));
    Ok(())
}

fn chosen(only: &[String]) -> anyhow::Result<Vec<&'static Scenario>> {
    if only.is_empty() {
        return Ok(SCENARIOS.iter().collect());
    }
    only.iter()
        .map(|name| find(name).with_context(|| format!("there is no fault {name:?}: see --list")))
        .collect()
}

/// The programs that are broken must be those of this source, in the profile that this one was built in.
fn build() -> anyhow::Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "--workspace", "--bins"]);
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    if !command.status().context("cargo")?.success() {
        bail!("the programs could not be built");
    }
    Ok(())
}
