//! `bowline api-keys list`, `create`, `rotate` and `revoke`.

use std::io::{self, IsTerminal as _};
use std::process::ExitCode;

use bowline_api::admin::{ApiKey, NewApiKey};
use bowline_api::status::Permission;
use bowline_api::{ApiKeyId, TenantId};
use chrono::{DateTime, Utc};
use clap::Subcommand;
use secrecy::ExposeSecret as _;

use crate::client::{Act, Answer, Proof, TenantRef};
use crate::dialog::confirmation::end_of;
use crate::found_secret::found_secret;
use crate::when::stamp;

use super::act::CommandChange;
use super::output::Output;
use super::page::print;
use super::secret::{ask_secret, password_from_stdin};
use super::shown_once::{lost, must_be_seen};
use super::target::CommandTarget;
use super::{CliError, Outcome};

/// Commands for API keys.
#[derive(Debug, Subcommand)]
pub enum ApiKeysCommand {
    /// List a tenant's API keys, without their secrets
    List {
        /// Tenant: short name or id
        #[arg(long)]
        tenant: TenantRef,
    },
    /// Find whose a leaked API key is, and list that tenant's keys: the key is read from standard input and sent nowhere
    Find,
    /// Create an API key and print its secret, which is never shown again; asks for your password
    Create {
        /// A name for the key: 1 to 100 characters
        name: String,
        /// Its tenant: short name or id
        #[arg(long)]
        tenant: TenantRef,
        /// What it may do: link, accounts:read, accounts:write, token, sign or webhooks; can be given several times; all but sign if omitted
        #[arg(long = "permission", value_name = "PERMISSION")]
        permissions: Vec<Permission>,
        /// When it expires, such as 2027-01-31T00:00:00Z; never if omitted
        #[arg(long, value_name = "TIME")]
        expires_at: Option<DateTime<Utc>>,
    },
    /// Replace an API key: create one with the same permissions, print its secret, which is never shown again, and let the old key
    /// expire; asks for your password
    Rotate {
        /// `key_…`
        id: ApiKeyId,
        /// Its tenant: short name or id
        #[arg(long)]
        tenant: TenantRef,
        /// How many hours the old key still works, 0 to 720
        #[arg(long, value_name = "HOURS", default_value_t = 24, value_parser = clap::value_parser!(u32).range(0..=720))]
        overlap: u32,
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
pub(super) async fn run(
    target: &CommandTarget,
    command: &ApiKeysCommand,
    out: &mut Output,
) -> Result<ExitCode, CliError> {
    let client = target.client()?;
    let found;
    let tenant = match command {
        ApiKeysCommand::List { tenant } => tenant,
        ApiKeysCommand::Find => {
            found = TenantRef::Id(tenant_of_leaked_key().await?);
            &found
        }
        ApiKeysCommand::Create { name, tenant, permissions, expires_at } => {
            must_be_seen()?;
            let change =
                CommandChange::begin(target, &client, &format!("create API key {name} of tenant {tenant}"))?;
            let act = Act::CreateApiKey {
                tenant: tenant.clone(),
                name: name.clone(),
                permissions: (!permissions.is_empty()).then(|| permissions.clone()),
                expires_at: *expires_at,
                proof: Proof::empty(),
            };
            if let Answer::NewApiKey(new) = change.make(act).await? {
                let shown = if out.is_json() { out.json(&new) } else { show_secret(&new, out) };
                shown.map_err(lost(after_unseen_secret(&new)))?;
            }
            return Ok(Outcome::Success.into());
        }
        ApiKeysCommand::Rotate { id, tenant, overlap } => {
            must_be_seen()?;
            let what =
                format!("replace API key {id} of tenant {tenant}, which then works for {overlap} hours");
            let change = CommandChange::begin(target, &client, &what)?;
            let (tenant, overlap_hours) = (tenant.clone(), Some(*overlap));
            let act = Act::RotateApiKey { tenant, id: *id, overlap_hours, proof: Proof::empty() };
            if let Answer::RotatedApiKey(rotated) = change.make(act).await? {
                let is_lost = lost(after_unseen_secret(&rotated.new));
                if out.is_json() {
                    out.json(&rotated).map_err(is_lost)?;
                } else {
                    show_secret(&rotated.new, out).map_err(is_lost)?;
                    let end = rotated.old.expires_at.map(stamp).unwrap_or_default();
                    out.line(&format!("the old key works until {end}: {}", rotated.old.id))?;
                }
            }
            return Ok(Outcome::Success.into());
        }
        ApiKeysCommand::Revoke { id, tenant, confirm } => {
            if confirm != end_of(&id.to_string()) {
                return Err(CliError::NotConfirmed("--confirm is not the end of the id".to_owned()));
            }
            let change =
                CommandChange::begin(target, &client, &format!("revoke API key {id} of tenant {tenant}"))?;
            return change.print(Act::RevokeApiKey { tenant: tenant.clone(), id: *id }, out).await;
        }
    };
    let keys = client.api_keys(tenant).await?;
    print(&keys, ["KEY", "NAME", "PERMISSIONS", "MADE", "USED ON", "STATE"], api_key_row, out)
}

/// The tenant of the API key that standard input has.
async fn tenant_of_leaked_key() -> Result<TenantId, CliError> {
    let secret = if io::stdin().is_terminal() {
        ask_secret("the leaked key: ").await?
    } else {
        password_from_stdin()?
    };
    let found = found_secret(secret.expose_secret());
    let found =
        found.ok_or_else(|| CliError::Usage("this is no secret of Bowline, such as bwl_sk_…".to_owned()))?;
    let tenant = found.tenant.ok_or_else(|| CliError::Usage(found.sentence()))?;
    Output::remark(&format!("{} ({tenant})", found.sentence()));
    Ok(tenant)
}

fn show_secret(new: &NewApiKey, out: &mut Output) -> io::Result<()> {
    out.line(&format!("{}  {}", new.key.id, new.key.name))?;
    out.line("its secret, which is shown only now:")?;
    out.line(&new.secret)
}

/// What to do about a key whose secret nobody has seen.
fn after_unseen_secret(new: &NewApiKey) -> String {
    format!("revoke API key {} and create another one", new.key.id)
}

fn api_key_row(key: &ApiKey) -> [String; 6] {
    let permissions: Vec<_> = key.permissions.iter().map(bowline_api::Named::as_str).collect();
    let state = match (key.revoked_at, &key.suspended, key.expires_at) {
        (Some(at), ..) => format!("revoked {}", stamp(at)),
        (None, Some(stop), _) => format!("suspended {}: {}", stamp(stop.since), stop.reason),
        (None, None, Some(at)) => format!("until {}", stamp(at)),
        (None, None, None) => "valid".to_owned(),
    };
    let used = key.last_used_on.map_or_else(|| "–".to_owned(), |day| day.to_string());
    [key.id.to_string(), key.name.clone(), permissions.join(" "), stamp(key.created_at), used, state]
}
