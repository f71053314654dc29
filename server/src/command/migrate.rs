//! `bowline-server migrate`: runs the migrations as the database's owner.

use serde_json::json;

use super::output::Format;
use crate::settings::Settings;
use crate::store::pg::migrate;

/// The arguments of `migrate`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    format: Format,
}

/// Runs the pending migrations.
pub(super) async fn run(arguments: &Arguments, settings: &Settings) -> anyhow::Result<()> {
    let done = migrate::run(&settings.owner_url()?, settings.database.ca_file.as_deref()).await?;
    arguments.format.print(&json!({ "migrations": done }), |_| match done {
        0 => "the database is up to date".to_owned(),
        _ => format!("{done} migrations done"),
    })
}
