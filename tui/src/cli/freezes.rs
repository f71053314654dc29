//! `bowline freezes list` and `lift`: what operators have suspended, including revoked accounts.

use std::process::ExitCode;

use bowline_api::admin::Freeze;
use clap::Subcommand;

use crate::client::{Act, TenantRef};
use crate::when::stamp;

use super::act::CommandChange;
use super::output::Output;
use super::page::{PageArgs, list};
use super::target::CommandTarget;
use super::{CliError, Outcome};

/// Commands for freezes.
#[derive(Debug, Subcommand)]
pub enum FreezesCommand {
    /// List freezes, including those of revoked accounts
    List {
        /// Only of this tenant: short name or id
        #[arg(long)]
        tenant: Option<TenantRef>,
        /// The part of the list to print.
        #[command(flatten)]
        page: PageArgs,
    },
    /// Lift the freeze of a Dropbox account
    Lift {
        /// Tenant: short name or id
        #[arg(long)]
        tenant: TenantRef,
        /// Dropbox account id as listed, `dbid:…`
        #[arg(long, value_name = "ID")]
        provider_account: String,
        /// Reason for the audit log: 3 to 500 characters
        #[arg(long)]
        reason: String,
    },
}

/// Runs a command for freezes.
pub(super) async fn run(
    target: &CommandTarget,
    command: &FreezesCommand,
    out: &mut Output,
) -> Result<ExitCode, CliError> {
    let client = target.client()?;
    match command {
        FreezesCommand::List { tenant, page } => {
            let fetch = async |place| client.freezes(tenant.as_ref(), place).await;
            let titles = ["DROPBOX ACCOUNT", "TENANT", "ACCOUNT", "SINCE", "BY", "REASON"];
            list(page, fetch, titles, freeze_row, out).await
        }
        FreezesCommand::Lift { tenant, provider_account, reason } => {
            let act = Act::LiftFreeze {
                tenant: tenant.clone(),
                provider_account_id: provider_account.clone(),
                reason: reason.trim().to_owned(),
            };
            let what = format!("lift the freeze of {provider_account} of tenant {tenant}");
            CommandChange::begin(target, &client, &what)?.make(act).await?;
            if out.is_json() {
                out.json(&serde_json::json!({ "provider_account_id": provider_account, "lifted": true }))?;
            } else {
                out.line(&format!("{provider_account} is no longer frozen"))?;
            }
            Ok(Outcome::Success.into())
        }
    }
}

fn freeze_row(freeze: &Freeze) -> [String; 6] {
    [
        freeze.provider_account_id.clone(),
        freeze.tenant_id.to_string(),
        freeze.account_id.to_string(),
        stamp(freeze.placed_at),
        freeze.placed_by.clone().unwrap_or_default(),
        freeze.reason.clone(),
    ]
}
