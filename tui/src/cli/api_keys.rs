//! `bowline api-keys list`.

use std::process::ExitCode;

use bowline_api::admin::ApiKey;
use clap::Subcommand;

use crate::client::TenantRef;
use crate::when::stamp;

use super::CliError;
use super::output::Output;
use super::page::print;
use super::target::Target;

/// Commands for API keys.
#[derive(Debug, Subcommand)]
pub enum ApiKeys {
    /// List a tenant's API keys, without their secrets
    List {
        /// Tenant: short name or id
        #[arg(long)]
        tenant: TenantRef,
    },
}

/// Runs a command for API keys.
pub(super) async fn run(target: &Target, command: &ApiKeys, out: &mut Output) -> Result<ExitCode, CliError> {
    let ApiKeys::List { tenant } = command;
    let found = target.client()?.api_keys(tenant).await?;
    print(&found, ["KEY", "NAME", "PERMISSIONS", "MADE", "STATE"], row, out)
}

fn row(key: &ApiKey) -> [String; 5] {
    let permissions: Vec<_> = key.permissions.iter().map(|permission| permission.as_str()).collect();
    let state = match (key.revoked_at, key.expires_at) {
        (Some(at), _) => format!("revoked {}", stamp(at)),
        (None, Some(at)) => format!("until {}", stamp(at)),
        (None, None) => "valid".to_owned(),
    };
    [key.id.to_string(), key.name.clone(), permissions.join(" "), stamp(key.created_at), state]
}
