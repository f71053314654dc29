//! What fails, in the short form: `cargo faults` does the same many times. What is expected stands in `bowline-faults`'s catalogue.

mod database;
mod dropbox;
mod postgres;
mod process;

use anyhow::{Context as _, Result, ensure};
use bowline_faults::{Plan, catalogue};

/// Runs a fault this many times and checks all invariants.
pub(crate) async fn holds(name: &str, times: usize) -> Result<()> {
    let scenario = catalogue::find(name).context("there is no such fault")?;
    let seen = (scenario.run)(Plan { times, size: 1 }).await?;
    eprintln!("{name}: {} × {}", seen.times, seen.text);
    // A developer's account may lack the right to mount or to trace; what is merged has been through all of it.
    ensure!(seen.times > 0 || std::env::var_os("CI").is_none(), "{name} {}", seen.text);
    Ok(())
}
