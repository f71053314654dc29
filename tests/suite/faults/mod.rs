//! What fails, in the short form: `cargo faults` does the same many times. What is expected stands in `bowline-faults`'s catalogue.

mod database;
mod dropbox;
mod postgres;
mod process;

use anyhow::{Context as _, Result};
use bowline_faults::{Plan, catalogue};

/// The fault comes so often, and everything that must hold does.
pub(crate) async fn holds(name: &str, times: usize) -> Result<()> {
    let scenario = catalogue::find(name).context("there is no such fault")?;
    let seen = (scenario.run)(Plan { times, size: 1 }).await?;
    eprintln!("{name}: {} × {}", seen.times, seen.text);
    Ok(())
}
