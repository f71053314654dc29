//! `bowline drain-stop show`, `set`, `announce` and `resume`.

use std::process::ExitCode;

use bowline_api::ApiKeyId;
use bowline_api::admin::{DrainStop, SetDrainStop};
use clap::Subcommand;

use crate::client::{Act, TenantRef};
use crate::when::stamp;

use super::act::perform;
use super::output::Output;
use super::target::Target;
use super::{CliError, Outcome};

/// Commands for the automatic stop of API keys that fetch the tokens of far more accounts than they are used to.
#[derive(Debug, Subcommand)]
pub enum DrainStops {
    /// Show whether and when an API key of a tenant is suspended by itself
    Show {
        /// Tenant: short name or id
        tenant: TenantRef,
    },
    /// Turn the automatic stop of a tenant on, change its limits, or turn it off with --off
    Set {
        /// Tenant: short name or id
        tenant: TenantRef,
        /// How many times its largest minute of the last seven days a key may fetch in a minute; 10 if omitted
        #[arg(long, value_name = "NUMBER")]
        times: Option<u32>,
        /// The number of accounts in a minute up to which no key is suspended; 1000 if omitted
        #[arg(long, value_name = "NUMBER")]
        least: Option<u32>,
        /// Turn it off; keys that are suspended stay so
        #[arg(long, conflicts_with_all = ["times", "least"])]
        off: bool,
        /// Reason for the audit log: 3 to 500 characters
        #[arg(long)]
        reason: String,
    },
    /// Announce a mass fetch of a tenant: for so long no API key is suspended, and nothing becomes a habit
    Announce {
        /// Tenant: short name or id
        tenant: TenantRef,
        /// How long it may take from now, at most a week; 0 ends an announcement
        #[arg(long, value_name = "NUMBER")]
        minutes: u32,
        /// Reason for the audit log: 3 to 500 characters
        #[arg(long)]
        reason: String,
    },
    /// Let an API key work again that was suspended; what it was suspended for is its habit from now on
    Resume {
        /// Tenant: short name or id
        tenant: TenantRef,
        /// `key_…`
        id: ApiKeyId,
        /// Reason for the audit log: 3 to 500 characters
        #[arg(long)]
        reason: String,
    },
}

/// Runs a command for automatic stops.
pub(super) async fn run(
    target: &Target,
    command: &DrainStops,
    out: &mut Output,
) -> Result<ExitCode, CliError> {
    let client = target.client()?;
    let act = match command {
        DrainStops::Show { tenant } => {
            let stop = client.drain_stop(tenant).await?;
            out.json_or(&stop, &in_words(&stop))?;
            return Ok(Outcome::Success.into());
        }
        DrainStops::Set { tenant, times, least, off, reason } => {
            let reason = reason.trim().to_owned();
            let wanted = SetDrainStop { enabled: !off, times: *times, least: *least, reason };
            Act::SetDrainStop { tenant: tenant.clone(), wanted: Box::new(wanted) }
        }
        DrainStops::Announce { tenant, minutes, reason } => {
            Act::AnnounceFetch { tenant: tenant.clone(), minutes: *minutes, reason: reason.trim().to_owned() }
        }
        DrainStops::Resume { tenant, id, reason } => {
            Act::ResumeApiKey { tenant: tenant.clone(), id: *id, reason: reason.trim().to_owned() }
        }
    };
    perform(&client, act, out).await
}

/// An automatic stop, in words.
pub(super) fn in_words(stop: &DrainStop) -> String {
    if !stop.enabled {
        return "off: no API key is suspended by itself".to_owned();
    }
    let DrainStop { times, least, .. } = stop;
    let announced = stop.announced_until.map(|until| format!("; not before {}, a mass fetch is announced", stamp(until)));
    format!(
        "on: a key is suspended above {times} times its largest minute of the last seven days, and above {least} accounts a minute{}",
        announced.unwrap_or_default()
    )
}
