//! `cargo faults`: runs every fault many times with the invariant checker, prints a table, and fails unless every row
//! passes.

use bowline_stdio::{eprintln, println};
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context as _, bail, ensure};
use bowline_faults::list::find;
use bowline_faults::report::{Row, json, markdown};
use bowline_faults::{Plan, SCENARIOS, Scenario};
use bowline_tests::scratch;
use bowline_verify::packages::{self, Need};
use clap::Parser;
use futures_util::FutureExt as _;

/// Break everything that tokens depend on, many times, and check the invariants
#[derive(Debug, Parser)]
#[command(name = "cargo faults", bin_name = "cargo faults", version)]
struct Arguments {
    /// Run only the fault with this name as shown by --list; may be repeated
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Number of times that each fault is injected, instead of the number shown by --list
    #[arg(long)]
    times: Option<usize>,
    /// Size of the load beside the faults: 1 as in `cargo verify`, 10 for 10,000 callers and ten minutes
    #[arg(long, default_value_t = 10)]
    size: usize,
    /// List the faults and exit
    #[arg(long)]
    list: bool,
    /// Use the programs from the last build
    #[arg(long)]
    no_build: bool,
    /// Directory for the results as JSON and as a table [default: tmp/faults below the target directory]
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
        // A scenario that panics counts as failed.
        let outcome = match AssertUnwindSafe((scenario.run)(plan)).catch_unwind().await {
            Ok(Ok(seen)) => Ok(seen),
            Ok(Err(error)) => Err(format!("{error:#}")),
            Err(_) => Err("panicked: see above".to_owned()),
        };
        let row = Row { scenario, outcome, took: started.elapsed() };
        println!("{}", row.line())?;
        rows.push(row);
        // The results are written after each scenario, so that an interrupted run keeps them.
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

/// Builds the programs under test from this source, in the same profile as this program.
fn build() -> anyhow::Result<()> {
    let mut command = bowline_verify::cargo::command();
    command.args(["build", "--quiet", "--workspace", "--bins"]);
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    if !command.status().context("cannot run cargo")?.success() {
        bail!("the programs could not be built");
    }
    Ok(())
}
