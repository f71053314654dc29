//! `bowline-server audit`: verifies the log and writes checkpoints, from a shell on the machine. Operators do the same
//! from afar with `bowline audit` (`tui/src/cli/audit.rs`).

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use bowline_stdio::println;

use super::output::{Format, table};
use super::startup;
use super::tenant;
use crate::app::App;
use crate::service::audit::checkpoint;
use crate::service::audit::checkpoint::Checkpoint;
use crate::service::audit::verify;
use crate::service::audit::verify::LogVerification;
use crate::settings::Configuration;

/// The subcommands of `audit`.
#[derive(Debug, clap::Subcommand)]
pub(super) enum AuditCommand {
    /// Print a signed checkpoint of every log as JSON. Store it where nobody with write access to the database can
    /// write.
    Checkpoint,
    /// Verify every log from its first entry to its last; fail if a log was edited, truncated or extended.
    Verify {
        /// Only the log of this tenant: short name or id.
        #[arg(long)]
        tenant: Option<String>,
        /// Checkpoint: also check that nothing before it was changed or removed.
        #[arg(long, value_name = "FILE")]
        since: Option<PathBuf>,
        #[command(flatten)]
        format: Format,
    },
}

/// Runs the subcommand.
pub(super) async fn run(command: AuditCommand, configuration: Configuration) -> anyhow::Result<()> {
    let app = startup::app(configuration).await?;
    match command {
        AuditCommand::Checkpoint => {
            let taken = checkpoint::take(&app).await?;
            println!("{}", serde_json::to_string(&taken)?)?;
            Ok(())
        }
        AuditCommand::Verify { tenant, since, format } => {
            let since = since.map(|file| read_checkpoint(&app, &file)).transpose()?;
            let found = match tenant {
                Some(name) => {
                    let tenant = tenant::named(&app, &name).await?;
                    verify::verify_one(&app, tenant, since.as_ref()).await?
                }
                None => verify::verify_all(&app, since.as_ref()).await?,
            };
            format.print(&found, |found| report_log(found))?;
            let broken = found.iter().filter(|one| !one.verification.intact).count();
            if broken > 0 {
                anyhow::bail!(
                    "{broken} of {} logs are not as they were written: follow docs/runbooks/BowlineAuditLogBroken.md",
                    found.len()
                );
            }
            Ok(())
        }
    }
}

fn read_checkpoint(app: &App, file: &Path) -> anyhow::Result<Checkpoint> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    Checkpoint::read(&text, app.store.audit_keys())
        .with_context(|| format!("the checkpoint {}", file.display()))
}

fn report_log(found: &[LogVerification]) -> String {
    let row = |one: &LogVerification| {
        let found = &one.verification;
        [
            one.tenant_id.map_or_else(|| "(the service)".to_owned(), |id| id.to_string()),
            found.checked.to_string(),
            found.finding.as_ref().map_or("intact", bowline_api::Named::as_str).to_owned(),
            found.broken_at.map_or_else(String::new, |at| at.to_string()),
        ]
    };
    table(["LOG", "CHECKED", "FOUND", "AT ENTRY"], found.iter().map(row))
}
