//! `bowline tenants list`.

use std::process::ExitCode;

use bowline_api::admin::Tenant;
use clap::Subcommand;

use crate::when::stamp;

use super::CliError;
use super::output::Output;
use super::page::{PageArgs, gather, print};
use super::target::Target;

/// Commands for tenants.
#[derive(Debug, Subcommand)]
pub enum Tenants {
    /// List tenants
    List(PageArgs),
}

/// Runs a command for tenants.
pub(super) async fn run(target: &Target, command: &Tenants, out: &mut Output) -> Result<ExitCode, CliError> {
    let client = target.client()?;
    let Tenants::List(page) = command;
    let found = gather(page, async |place| client.tenants(place).await).await?;
    print(&found, ["TENANT", "NAME", "ID", "ADDED"], row, out)
}

fn row(tenant: &Tenant) -> [String; 4] {
    [tenant.slug.clone(), tenant.name.clone(), tenant.id.to_string(), stamp(tenant.created_at)]
}
