//! `bowline tenants list`, `freeze` and `thaw`.

use std::io::{IsTerminal as _, stdin};
use std::process::ExitCode;

use bowline_api::admin::Tenant;
use clap::{Args, Subcommand};
use secrecy::ExposeSecret as _;

use crate::client::{Act, TenantRef};
use crate::screen::label::marked;
use crate::terminal::{Asking, PromptAnswer, ask};
use crate::text::sanitize;
use crate::when::stamp;

use super::CliError;
use super::act::CommandChange;
use super::output::Output;
use super::page::{PageArgs, list};
use super::target::CommandTarget;

/// Commands for tenants.
#[derive(Debug, Subcommand)]
pub enum TenantsCommand {
    /// List tenants
    List(PageArgs),
    /// Freeze a tenant, the kill switch: every replica refuses its API keys, no token leaves, and nobody links
    Freeze {
        /// Which tenant, and why.
        #[command(flatten)]
        which: WhichTenant,
        /// The tenant as you have named it, once more; without it you are asked
        #[arg(long, value_name = "TENANT")]
        confirm: Option<String>,
    },
    /// Thaw a tenant: its API keys work again
    Thaw(WhichTenant),
}

/// A tenant, and why it is changed.
#[derive(Debug, Args)]
pub struct WhichTenant {
    /// Tenant: short name or id
    pub tenant: TenantRef,
    /// Reason for the audit log: 3 to 500 characters
    #[arg(long)]
    pub reason: String,
}

/// Runs a command for tenants.
pub(super) async fn run(
    target: &CommandTarget,
    command: &TenantsCommand,
    out: &mut Output,
) -> Result<ExitCode, CliError> {
    let client = target.client()?;
    match command {
        TenantsCommand::List(page) => {
            let titles = ["TENANT", "NAME", "ID", "ADDED", "FROZEN"];
            list(page, async |place| client.tenants(place).await, titles, tenant_row, out).await
        }
        TenantsCommand::Freeze { which, confirm } => {
            let change = CommandChange::begin(target, &client, &format!("freeze tenant {}", which.tenant))?;
            must_confirm(&which.tenant, confirm.as_deref()).await?;
            let reason = which.reason.trim().to_owned();
            change.print(Act::FreezeTenant { tenant: which.tenant.clone(), reason }, out).await
        }
        TenantsCommand::Thaw(which) => {
            let change = CommandChange::begin(target, &client, &format!("thaw tenant {}", which.tenant))?;
            let reason = which.reason.trim().to_owned();
            change.print(Act::ThawTenant { tenant: which.tenant.clone(), reason }, out).await
        }
    }
}

/// All users of a tenant feel its freeze, so its name is typed twice.
async fn must_confirm(tenant: &TenantRef, confirm: Option<&str>) -> Result<(), CliError> {
    let expected = tenant.to_string();
    let typed = if let Some(confirm) = confirm {
        confirm.to_owned()
    } else {
        if !stdin().is_terminal() {
            let text = format!("there is no terminal for a confirmation; pass --confirm {expected}");
            return Err(CliError::NotConfirmed(text));
        }
        let question = format!(
            "Every replica will refuse all API keys of {expected}. Type {expected} once more to confirm: "
        );
        match ask(&sanitize(&question), Asking::Confirmation).await? {
            PromptAnswer::Line(line) => line.expose_secret().trim().to_owned(),
            PromptAnswer::Ended(code) => return Err(CliError::Ended(code)),
        }
    };
    if typed == expected { Ok(()) } else { Err(CliError::NotConfirmed("that is not the tenant".to_owned())) }
}

fn tenant_row(tenant: &Tenant) -> [String; 5] {
    let frozen = tenant.frozen.as_ref().map(|freeze| {
        let by = freeze.by.as_deref().unwrap_or("an operator");
        format!("since {} by {by}: {}", stamp(freeze.since), freeze.reason)
    });
    [
        tenant.slug.clone(),
        marked(&tenant.name, tenant.sandbox),
        tenant.id.to_string(),
        stamp(tenant.created_at),
        frozen.unwrap_or_default(),
    ]
}
