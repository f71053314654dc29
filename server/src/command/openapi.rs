//! `bowline-server openapi`: prints the OpenAPI document.

use bowline_stdio::println;

use crate::route;

/// Prints the document that `/openapi.json` serves.
pub(super) fn run() -> anyhow::Result<()> {
    Ok(println!("{}", route::document::whole().to_pretty_json()?)?)
}
