//! `bowline drain-stop show`, `set`, `announce` and `resume`.

use std::process::ExitCode;

use bowline_api::ApiKeyId;
use bowline_api::admin::DrainStop;
use clap::Subcommand;

use crate::client::{Act, Answer, Proof, TenantRef, WantedStop};
use crate::when::stamp;

use super::act::CommandChange;
use super::output::Output;
use super::target::CommandTarget;
use super::{CliError, Outcome};

/// Commands for the automatic stop of API keys that fetch the tokens of far more accounts than they are used to.
#[derive(Debug, Subcommand)]
pub enum DrainStopCommand {
    /// Show whether and when an API key of a tenant is suspended by itself
    Show {
        /// Tenant: short name or id
        tenant: TenantRef,
    },
    /// Turn the automatic stop of a tenant on, change its limits, or turn it off with --off; asks for your password
    Set {
        /// Tenant: short name or id
        tenant: TenantRef,
        /// How many times its largest minute of the last seven days a key may fetch in a minute; 10 if omitted
        #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(2..=1000))]
        times: Option<u32>,
        /// The number of accounts in a minute up to which no key is suspended; 1000 if omitted
        #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(10..=10_000_000))]
        least: Option<u32>,
        /// Turn it off; keys that are suspended stay so
        #[arg(long, conflicts_with_all = ["times", "least"])]
        off: bool,
        /// Reason for the audit log: 3 to 500 characters
        #[arg(long)]
        reason: String,
    },
    /// Announce a mass fetch of a tenant: for so long no API key is suspended, or only the named one is not, and what they fetch
    /// becomes no habit; asks for your password
    Announce {
        /// Tenant: short name or id
        tenant: TenantRef,
        /// How long it may take from now, at most 10080 (a week); 0 ends an announcement
        #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(0..=10_080))]
        minutes: u32,
        /// The only API key that will fetch, `key_…`; all keys of the tenant if omitted
        #[arg(long, value_name = "KEY")]
        key: Option<ApiKeyId>,
        /// Reason for the audit log: 3 to 500 characters
        #[arg(long)]
        reason: String,
    },
    /// Let an API key work again that was suspended; what it was suspended for is its habit from now on. Asks for your password
    Resume {
        /// `key_…`
        id: ApiKeyId,
        /// Its tenant: short name or id
        #[arg(long)]
        tenant: TenantRef,
        /// Reason for the audit log: 3 to 500 characters
        #[arg(long)]
        reason: String,
    },
}

/// Runs a command for automatic stops.
pub(super) async fn run(
    target: &CommandTarget,
    command: &DrainStopCommand,
    out: &mut Output,
) -> Result<ExitCode, CliError> {
    let client = target.client()?;
    let trimmed = |reason: &str| reason.trim().to_owned();
    let (what, act) = match command {
        DrainStopCommand::Show { tenant } => {
            let stop = client.drain_stop(tenant).await?;
            out.json_or(&stop, &in_words(&stop))?;
            return Ok(Outcome::Success.into());
        }
        DrainStopCommand::Set { tenant, times, least, off, reason } => {
            let wanted = WantedStop { enabled: !off, times: *times, least: *least };
            let (tenant, reason) = (tenant.clone(), trimmed(reason));
            let what =
                format!("turn {} the automatic stop of tenant {tenant}", if *off { "off" } else { "on" });
            (what, Act::SetDrainStop { tenant, wanted, reason, proof: Proof::empty() })
        }
        DrainStopCommand::Announce { tenant, minutes, key, reason } => {
            let (tenant, minutes, key, reason) = (tenant.clone(), *minutes, *key, trimmed(reason));
            let whose = key.map_or_else(|| "all keys".to_owned(), |key| key.to_string());
            let what = format!("announce a mass fetch by {whose} of tenant {tenant} for {minutes} minutes");
            (what, Act::AnnounceFetch { tenant, minutes, key, reason, proof: Proof::empty() })
        }
        DrainStopCommand::Resume { id, tenant, reason } => {
            let (tenant, reason) = (tenant.clone(), trimmed(reason));
            let what = format!("resume API key {id} of tenant {tenant}");
            (what, Act::ResumeApiKey { tenant, id: *id, reason, proof: Proof::empty() })
        }
    };
    match CommandChange::begin(target, &client, &what)?.make(act).await? {
        Answer::DrainStop(stop) => out.json_or(&stop, &in_words(&stop))?,
        Answer::ApiKey(key) => out.json_or(&key, &format!("{} is not suspended", key.id))?,
        _ => {}
    }
    Ok(Outcome::Success.into())
}

/// An automatic stop, in words.
fn in_words(stop: &DrainStop) -> String {
    if !stop.enabled {
        return "off: no API key is suspended by itself".to_owned();
    }
    let DrainStop { times, least, announced_until, announced_key, .. } = *stop;
    let by = announced_key.map_or_else(|| "all keys".to_owned(), |key| key.to_string());
    let announced =
        announced_until.map(|until| format!("; a mass fetch by {by} was announced until {}", stamp(until)));
    format!(
        "on: a key is suspended above {times} times its largest minute of the last seven days, and above {least} accounts a minute{}",
        announced.unwrap_or_default()
    )
}
