//! Runs a private Postgres until its standard input ends, for trying a statement by hand and for the tests of this crate.

use std::io::Read as _;
use std::process::ExitCode;

use bowline_postgres::{Cluster, Error, Options, SUPERUSER};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bowline-postgres: {error}");
            ExitCode::FAILURE
        }
    }
}

/// `bowline-postgres [DIRECTORY]`: without one everything is deleted at the end.
fn run() -> Result<(), Error> {
    let options = std::env::args_os().nth(1).map_or_else(Options::temporary, Options::in_directory);
    let cluster = Cluster::start(options)?;
    println!("{}", cluster.url(SUPERUSER, SUPERUSER));
    let mut ignored = Vec::new();
    std::io::stdin().read_to_end(&mut ignored).map_err(Error::Stop)?;
    cluster.stop()
}
