//! `bowline audit list` and `audit verify`.

use std::process::ExitCode;

use bowline_api::admin::AuditEvent;
use chrono::SecondsFormat;
use clap::Subcommand;

use crate::client::{AuditSearch, TenantRef};
use crate::terminal::now;
use crate::when::{TIME_FORMS, point, stamp};

use super::output::Output;
use super::page::{PageArgs, list};
use super::target::CommandTarget;
use super::{CliError, Outcome};

/// Commands for the audit log.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// List events, newest first
    List {
        /// Log of this tenant: short name or id; the service's own log if omitted
        #[arg(long)]
        tenant: Option<TenantRef>,
        /// Logs of all tenants and of the service
        #[arg(long, conflicts_with = "tenant")]
        all_tenants: bool,
        /// Only what they did: an operator's name, `op_…`, `key_…`, operator, `api_key`, `end_user`, system or `command_line`
        #[arg(long)]
        actor: Option<String>,
        /// Only this action, such as account.revoked, or all with this first part, such as account
        #[arg(long)]
        action: Option<String>,
        /// Only about this id, such as `acct_…`
        #[arg(long, value_name = "ID")]
        subject: Option<String>,
        /// Only from this time on, such as 2h, 3d, yesterday, 2026-11-23 or 2026-11-23T18:35:07Z
        #[arg(long, value_name = "TIME")]
        since: Option<String>,
        /// Only before this time
        #[arg(long, value_name = "TIME")]
        until: Option<String>,
        /// The part of the list to print.
        #[command(flatten)]
        page: PageArgs,
    },
    /// Check that no entry was edited or removed
    Verify {
        /// Log of this tenant: short name or id; the service's own log if omitted
        #[arg(long)]
        tenant: Option<TenantRef>,
    },
}

/// Runs a command for the audit log.
pub(super) async fn run(
    target: &CommandTarget,
    command: &AuditCommand,
    out: &mut Output,
) -> Result<ExitCode, CliError> {
    let client = target.client()?;
    match command {
        AuditCommand::List { tenant, all_tenants, actor, action, subject, since, until, page } => {
            let search = AuditSearch {
                tenant: tenant.clone(),
                all: *all_tenants,
                actor: actor.clone(),
                action: action.clone(),
                subject: subject.clone(),
                since: since.as_deref().map(time_argument).transpose()?,
                until: until.as_deref().map(time_argument).transpose()?,
            };
            let fetch = async |place| client.audit(&search, place).await;
            list(page, fetch, ["AT", "ACTION", "WHO", "SUBJECT", "DETAIL"], row, out).await
        }
        AuditCommand::Verify { tenant } => {
            let checked = client.verify_audit(tenant.as_ref()).await?;
            if out.is_json() {
                out.json(&checked)?;
            } else if checked.intact {
                out.line(&format!("intact: {} entries checked", checked.checked))?;
            } else {
                let place = checked.broken_at.map_or_else(String::new, |at| format!(" at entry {at}"));
                let finding = checked.finding.as_ref().map_or("modified", bowline_api::Named::as_str);
                out.line(&format!("BROKEN{place}: {finding} ({} entries checked)", checked.checked))?;
            }
            Ok(if checked.intact { Outcome::Success } else { Outcome::LogBroken }.into())
        }
    }
}

/// A point in time as the server takes it.
fn time_argument(text: &str) -> Result<String, CliError> {
    let at = point(text, now()).map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true));
    at.ok_or_else(|| CliError::Usage(format!("{text:?} is not a time; write {TIME_FORMS}")))
}

/// An event as a row: time, action, actor, subject and details.
pub(super) fn row(event: &AuditEvent) -> [String; 5] {
    [
        stamp(event.at),
        event.action.clone(),
        crate::screen::label::actor_label(&event.actor),
        event.subject.clone().unwrap_or_else(|| "–".to_owned()),
        crate::screen::label::detail_text(event),
    ]
}
