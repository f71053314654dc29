//! `cargo demo`: everything running together until Ctrl-C.

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;

use bowline_demo::DemoOptions;
use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// Runs Bowline, a simulated Dropbox and a sample tenant app together on this machine
#[derive(Debug, Parser)]
#[command(name = "cargo demo", version)]
struct Arguments {
    /// First of four ports in a row [default: 8000, or any that are free]
    #[arg(long)]
    port: Option<u16>,
    /// Keep all data in this directory and go on with it the next time
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// Use the programs as they were built last
    #[arg(long)]
    no_build: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let Arguments { port, keep, no_build } = Arguments::parse();
    // Rocket's notices are about the simulator's inside and Acme's; RUST_LOG shows them all the same.
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,rocket=error"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    log.with_ansi(std::io::stderr().is_terminal()).init();
    let outcome = match stop_signal() {
        Ok(stop) => bowline_demo::run(DemoOptions { port, keep, build: !no_build }, stop).await,
        Err(error) => Err(error.into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => bowline_stdio::failed("cargo demo", error.as_ref()),
    }
}

/// Resolves at the first Ctrl-C, SIGTERM or end of the terminal.
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => (),
            _ = terminate.recv() => (),
            _ = hang_up.recv() => (),
        }
    })
}
