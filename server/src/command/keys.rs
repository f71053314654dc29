//! `bowline-server keys`: makes a key ring and lists its versions.

use std::path::PathBuf;

use anyhow::Context as _;
use bowline_vault::KeyRing;
use serde_json::json;

use super::output::{Format, table};
use super::startup::key_ring;
use crate::settings::Settings;

/// The subcommands of `keys`.
#[derive(Debug, clap::Subcommand)]
pub(super) enum KeysCommand {
    /// Create a key ring with one master key, in a file that only you can read; never overwrite an existing file.
    Init {
        /// File of the key ring; `bowline.key_ring_file` if omitted.
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
        #[command(flatten)]
        format: Format,
    },
    /// Show the versions in the key ring, but no keys.
    List {
        #[command(flatten)]
        format: Format,
    },
}

/// Runs the subcommand.
#[expect(clippy::disallowed_methods, reason = "the key ring notes when it was made")]
pub(super) fn run(command: KeysCommand, settings: &Settings) -> anyhow::Result<()> {
    match command {
        KeysCommand::Init { file, format } => {
            let file = file.or_else(|| settings.key_ring_file.clone()).context("say where: --file FILE")?;
            let ring = KeyRing::generate(chrono::Utc::now())?;
            ring.create_file(&file).with_context(|| format!("the key ring {}", file.display()))?;
            let printed = format.print(&json!({ "file": file, "active": ring.active() }), |_| {
                format!(
                    "{} made, with master key 1.\nBack it up apart from the database: without it nothing that is sealed can be opened.",
                    file.display()
                )
            });
            if printed.is_err() {
                // Its creator could not be told, and nothing is sealed with it yet.
                std::fs::remove_file(&file).with_context(|| format!("deleting {}", file.display()))?;
            }
            printed.context("nothing was made")
        }
        KeysCommand::List { format } => {
            let ring = key_ring(settings)?;
            let versions: Vec<_> = ring
                .versions()
                .map(|info| json!({ "version": info.version, "state": info.state, "created": info.created }))
                .collect();
            format.print(&versions, |versions| {
                let cell = |value: &serde_json::Value| value.to_string().trim_matches('"').to_owned();
                let row =
                    |one: &serde_json::Value| ["version", "state", "created"].map(|name| cell(&one[name]));
                table(["VERSION", "STATE", "CREATED"], versions.iter().map(row))
            })
        }
    }
}
