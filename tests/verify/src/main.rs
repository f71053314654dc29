//! `cargo verify`: the only test command. It installs what it needs and runs every check; `.ci/run` calls it.

mod arguments;
mod bare;
mod deny;
mod repository;
mod runner;

use bowline_stdio::eprintln;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use arguments::Arguments;
use bowline_postgres::{Cluster, Options, SUPERUSER};
use bowline_verify::packages::{self, Need};
use runner::{Runner, cargo, run};

/// The environment variable that gives tests a Postgres in which they may create databases.
const POSTGRES_VARIABLE: &str = "BOWLINE_TEST_POSTGRES";
/// The limit is high because tests run in parallel and their servers hold connection pools.
const POSTGRES_CONNECTIONS: u16 = 500;

fn main() -> ExitCode {
    match verify() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => bowline_stdio::failed("cargo verify", error.as_ref()),
    }
}

fn verify() -> anyhow::Result<()> {
    let arguments: Arguments = bowline_stdio::arguments("cargo verify");
    let root = workspace_root()?;
    std::env::set_current_dir(&root).with_context(|| format!("cannot enter {}", root.display()))?;
    match &arguments.inside {
        Some(directory) => bare::run_inside(&root, directory, &arguments),
        None if arguments.bare => bare::run(&root, &arguments),
        None => check(&root, &arguments),
    }
}

/// Runs every check on this machine.
fn check(root: &Path, arguments: &Arguments) -> anyhow::Result<()> {
    let mut runner = Runner::default();
    // This is the first step, because an installation may replace a running Postgres.
    if !runner.step("packages", || bring_packages(arguments.no_install)) {
        return runner.finish();
    }
    runner.step("repository", || repository::check(root));
    runner.step("format", || run(&mut cargo("fmt --all --check")));
    if !arguments.quick {
        runner.step("deny", || deny::check(root));
        runner.step("clippy", || run(&mut cargo("clippy --workspace --all-targets -- -D warnings")));
        runner.step("docs", || run(cargo("doc --workspace --no-deps").env("RUSTDOCFLAGS", "-D warnings")));
    }
    // The end-to-end tests start programs of other crates, which building only the tests would not build.
    if !runner.step("build", || run(&mut cargo("build --workspace --bins"))) {
        return runner.finish();
    }
    if arguments.filter.is_none() {
        runner.step("documentation tests", || run(&mut cargo("test --workspace --doc --quiet")));
    }
    runner.step("tests", || run_tests(arguments.filter.as_deref()));
    runner.finish()
}

fn bring_packages(no_install: bool) -> anyhow::Result<()> {
    let missing: Vec<Need> = Need::ALL.into_iter().filter(|need| !need.is_met()).collect();
    if no_install && !missing.is_empty() {
        bail!("missing: {missing:?}");
    }
    packages::ensure(&missing)?;
    eprintln!("all there: {:?}", Need::ALL);
    Ok(())
}

/// Runs all tests against a Postgres that is started for this run and deleted afterwards; uses nextest if it is
/// installed.
fn run_tests(filter: Option<&str>) -> anyhow::Result<()> {
    let cluster = Cluster::start(Options::temporary().max_connections(POSTGRES_CONNECTIONS))?;
    let has_nextest = cargo("nextest --version").output().is_ok_and(|output| output.status.success());
    let url = cluster.url(SUPERUSER, SUPERUSER);
    let outcome = if has_nextest { with_nextest(filter, &url) } else { with_cargo_test(filter, &url) };
    outcome.and(cluster.stop().map_err(Into::into))
}

fn with_nextest(filter: Option<&str>, postgres: &str) -> anyhow::Result<()> {
    let mut command = cargo("nextest run --workspace --no-fail-fast");
    command.args(filter.map(|expression| ["-E", expression]).into_iter().flatten());
    run(command.env(POSTGRES_VARIABLE, postgres))
}

/// Runs tests with `cargo test`; `filter` contains test names separated by spaces.
fn with_cargo_test(filter: Option<&str>, postgres: &str) -> anyhow::Result<()> {
    // A test starts one of the examples, which nextest would build by itself.
    run(&mut cargo("build --workspace --examples"))?;
    let mut command = cargo("test --workspace --no-fail-fast --lib --bins --tests --");
    command.args(filter.into_iter().flat_map(str::split_whitespace));
    run(command.env(POSTGRES_VARIABLE, postgres))
}

/// The root of the workspace that contains the current directory.
fn workspace_root() -> anyhow::Result<PathBuf> {
    let output =
        cargo("locate-project --workspace --message-format plain").output().context("cannot run cargo")?;
    let manifest = PathBuf::from(String::from_utf8(output.stdout)?.trim());
    manifest.parent().map(PathBuf::from).context("there is no Cargo.toml here")
}
