//! Runs a private Postgres until standard input ends, for manual experiments and for the tests of this crate.

use std::io::Read as _;
use std::path::PathBuf;
use std::process::ExitCode;

use bowline_postgres::{Cluster, Options, SUPERUSER};
use bowline_stdio::println;

/// Run a private Postgres until standard input ends, and print its superuser URL
#[derive(Debug, clap::Parser)]
#[command(name = "bowline-postgres", version)]
struct Arguments {
    /// Directory for the data, which is kept; without it, the data is temporary and deleted at the end
    directory: Option<PathBuf>,
}

fn main() -> ExitCode {
    match run(bowline_stdio::arguments("bowline-postgres")) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => bowline_stdio::failed("bowline-postgres", error.as_ref()),
    }
}

fn run(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let options = arguments.directory.map_or_else(Options::temporary, Options::in_directory);
    let cluster = Cluster::start(options)?;
    // If this fails, the cluster is dropped, which stops it.
    println!("{}", cluster.url(SUPERUSER, SUPERUSER))?;
    let mut ignored = Vec::new();
    std::io::stdin().read_to_end(&mut ignored)?;
    Ok(cluster.stop()?)
}
