//! `bowline-server export`: writes the grants of a tenant's accounts to a file that is sealed for a public key.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;
use bowline_api::ConnectorId;
use secrecy::zeroize::Zeroizing;

use super::output::Format;
use super::{sealed_file, startup, tenant};
use crate::domain::Actor;
use crate::service::moving::{self, Exported, GrantRecord, Selection};
use crate::settings::Configuration;

/// The arguments of `export`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Tenant whose accounts are exported: short name or id.
    #[arg(long)]
    tenant: String,
    /// Only the accounts of this connector.
    #[arg(long)]
    connector: Option<ConnectorId>,
    /// Public key of whoever may open the file (age), as `age-keygen` prints it: age1…
    #[arg(long, value_name = "KEY")]
    recipient: String,
    /// File to write, which must not exist. Only its owner can read it.
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
    #[command(flatten)]
    format: Format,
}

/// Exports the accounts. If that fails, no file is left.
pub(super) async fn run(arguments: Arguments, configuration: Configuration) -> anyhow::Result<()> {
    let recipient = sealed_file::recipient(&arguments.recipient)?;
    let app = startup::app(configuration).await?;
    let tenant = tenant::named(&app, &arguments.tenant).await?;
    let mut file = sealed_file::create(&arguments.output, &recipient)?;
    let mut write = |grant: &GrantRecord| {
        let mut line = Zeroizing::new(serde_json::to_vec(grant)?);
        line.push(b'\n');
        file.write_all(&line)
    };
    let recipient = recipient.to_string();
    let selection = Selection { connector: arguments.connector, recipient: &recipient };
    let exported = moving::export(&app, &Actor::CommandLine, tenant, selection, &mut write).await;
    let finished = match exported {
        Ok(exported) => file.finish().map(|()| exported).context("the file cannot be written"),
        Err(error) => Err(error.into()),
    };
    let exported = match finished {
        Ok(exported) => exported,
        Err(error) => {
            let removed = std::fs::remove_file(&arguments.output);
            removed.with_context(|| format!("deleting {}", arguments.output.display()))?;
            return Err(error);
        }
    };
    arguments.format.print(&exported, |Exported { exported, left_out }| {
        format!("{exported} grants exported, {left_out} accounts left out, which are not active or have no refresh token")
    })
}
