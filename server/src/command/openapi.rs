//! `bowline-server openapi`

use crate::route;

/// Prints the document that `/openapi.json` serves.
pub(super) fn run() -> anyhow::Result<()> {
    println!("{}", route::openapi::document().to_pretty_json()?);
    Ok(())
}
