//! `bowline api-keys list` and `revoke`.

use std::process::ExitCode;

use bowline_api::ApiKeyId;
use bowline_api::admin::ApiKey;
use clap::Subcommand;

use crate::client::{Act, TenantRef};
use crate::dialog::confirmation::end_of;
use crate::when::stamp;

use super::CliError;
use super::act::perform;
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
    /// Revoke an API key permanently: no server accepts it any more
    Revoke {
        /// `key_…`
        id: ApiKeyId,
        /// Its tenant: short name or id
        #[arg(long)]
        tenant: TenantRef,
        /// The last 6 characters of the id, as a confirmation
        #[arg(long, value_name = "END")]
        confirm: String,
    },
}

/// Runs a command for API keys.
pub(super) async fn run(target: &Target, command: &ApiKeys, out: &mut Output) -> Result<ExitCode, CliError> {
    let client = target.client()?;
    let tenant = match command {
        ApiKeys::List { tenant } => tenant,
        ApiKeys::Revoke { id, tenant, confirm } => {
            if confirm != end_of(&id.to_string()) {
                return Err(CliError::NotConfirmed("--confirm is not the end of the id".to_owned()));
            }
            return perform(&client, Act::RevokeApiKey { tenant: tenant.clone(), id: *id }, out).await;
        }
    };
    let found = client.api_keys(tenant).await?;
    print(&found, ["KEY", "NAME", "PERMISSIONS", "MADE", "STATE"], row, out)
}

fn row(key: &ApiKey) -> [String; 5] {
    let permissions: Vec<_> = key.permissions.iter().map(|permission| permission.as_str()).collect();
    let state = match (key.revoked_at, &key.suspended, key.expires_at) {
        (Some(at), ..) => format!("revoked {}", stamp(at)),
        (None, Some(stop), _) => format!("suspended {}: {}", stamp(stop.since), stop.reason),
        (None, None, Some(at)) => format!("until {}", stamp(at)),
        (None, None, None) => "valid".to_owned(),
    };
    [key.id.to_string(), key.name.clone(), permissions.join(" "), stamp(key.created_at), state]
}
