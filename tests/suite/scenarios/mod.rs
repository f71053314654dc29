//! Short runs of the fault scenarios, which `cargo faults` runs many times. The list in `bowline-faults` describes
//! the expected outcomes.

mod database;
mod dropbox;
mod postgres;
mod process;

use anyhow::{Context as _, Result, ensure};
use bowline_faults::{Plan, list};

/// Injects the fault this many times and checks all invariants.
pub(crate) async fn holds(name: &str, times: usize) -> Result<()> {
    let scenario = list::find(name).context("there is no such fault")?;
    let seen = (scenario.run)(Plan { times, size: 1 }).await?;
    eprintln!("{name}: {} × {}", seen.times, seen.text);
    // A developer's account may lack the right to mount or to trace; CI has both.
    ensure!(seen.times > 0 || std::env::var_os("CI").is_none(), "{name} {}", seen.text);
    Ok(())
}
