//! `bowline-server api-key`: adds, lists and revokes tenants' API keys.

use anyhow::bail;
use bowline_api::ApiKeyId;
use bowline_api::admin::{ApiKey, NewApiKey};
use bowline_api::status::Permission;
use chrono::{DateTime, Utc};

use super::output::{Format, table};
use super::startup;
use super::tenant::named;
use crate::domain::Actor;
use crate::service::api_key::{self, WantedKey};
use crate::settings::Configuration;

/// The subcommands of `api-key`.
#[derive(Debug, clap::Subcommand)]
pub(super) enum ApiKeyCommand {
    /// Create an API key and print its secret, which is never shown again.
    Add {
        /// Tenant: short name or id.
        #[arg(long)]
        tenant: String,
        /// Name of the key: 1 to 100 characters.
        #[arg(long)]
        name: String,
        /// Permission: `link`, `accounts:read`, `accounts:write`, `token`, `sign` or `webhooks`; repeat it for several; all but `sign` if omitted.
        #[arg(long = "permission")]
        permissions: Vec<Permission>,
        /// When the key expires, such as 2027-01-31T00:00:00Z; never if omitted.
        #[arg(long)]
        expires_at: Option<DateTime<Utc>>,
        #[command(flatten)]
        format: Format,
    },
    /// List a tenant's API keys, without their secrets.
    List {
        /// Tenant: short name or id.
        #[arg(long)]
        tenant: String,
        #[command(flatten)]
        format: Format,
    },
    /// Revoke an API key, effective immediately on all replicas.
    Revoke {
        /// Tenant: short name or id.
        #[arg(long)]
        tenant: String,
        /// API key id: `key_…`.
        #[arg(long)]
        key: ApiKeyId,
        #[command(flatten)]
        format: Format,
    },
}

/// Runs the subcommand.
pub(super) async fn run(command: ApiKeyCommand, configuration: Configuration) -> anyhow::Result<()> {
    let app = startup::app(configuration).await?;
    match command {
        ApiKeyCommand::Add { tenant, name, permissions, expires_at, format } => {
            let tenant = named(&app, &tenant).await?;
            let permissions = Some(permissions).filter(|permissions| !permissions.is_empty());
            let wanted = WantedKey { name, permissions, expires_at };
            if bowline_stdio::is_discarded() {
                bail!(
                    "nothing was made: standard output is closed or /dev/null, and the secret is shown only once"
                );
            }
            let added = api_key::prepare(&app, &Actor::CommandLine, tenant, &wanted).await?;
            let words = |added: &NewApiKey| {
                format!("{} made. Its secret is shown this once:\n  {}", added.key.id, added.secret)
            };
            format.make(added, words).await
        }
        ApiKeyCommand::List { tenant, format } => {
            let keys = api_key::list(&app, named(&app, &tenant).await?).await?.items;
            format.print(&keys, |keys| {
                let state = |one: &ApiKey| match one.revoked_at {
                    Some(at) => format!("revoked {at:.0}"),
                    None => one.expires_at.map_or_else(String::new, |at| format!("expires {at:.0}")),
                };
                let row = |one: &ApiKey| {
                    let permissions: Vec<&str> =
                        one.permissions.iter().map(bowline_api::Named::as_str).collect();
                    [one.id.to_string(), one.name.clone(), permissions.join(" "), state(one)]
                };
                table(["ID", "NAME", "MAY", ""], keys.iter().map(row))
            })
        }
        ApiKeyCommand::Revoke { tenant, key, format } => {
            let tenant = named(&app, &tenant).await?;
            let revoked = api_key::revoke(&app, &Actor::CommandLine, tenant, key).await?;
            format.print(&revoked, |revoked| format!("{} is revoked", revoked.id))
        }
    }
}
