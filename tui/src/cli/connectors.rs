//! `bowline connectors list`, `disable` and `enable`.

use std::process::ExitCode;

use bowline_api::ConnectorId;
use bowline_api::admin::Connector;
use clap::{Args, Subcommand};

use crate::client::TenantRef;

use super::output::Output;
use super::page::print;
use super::target::Target;
use super::{CliError, Outcome};

/// Commands for connectors.
#[derive(Debug, Subcommand)]
pub enum Connectors {
    /// List a tenant's connectors
    List {
        /// Tenant: short name or id
        #[arg(long)]
        tenant: TenantRef,
    },
    /// Disable a connector: nobody links through it and no token is refreshed until it is enabled again
    Disable(SwitchConnector),
    /// Enable a connector that was disabled
    Enable(SwitchConnector),
}

/// Which connector is disabled or enabled, and why.
#[derive(Debug, Args)]
pub struct SwitchConnector {
    /// `conn_…`
    pub id: ConnectorId,
    /// Its tenant: short name or id
    #[arg(long)]
    pub tenant: TenantRef,
    /// Reason for the audit log: 3 to 500 characters
    #[arg(long)]
    pub reason: String,
}

/// Runs a command about connectors.
pub(super) async fn run(
    target: &Target,
    command: &Connectors,
    out: &mut Output,
) -> Result<ExitCode, CliError> {
    let client = target.client()?;
    let (switch, verb) = match command {
        Connectors::List { tenant } => {
            let found = client.connectors(tenant).await?;
            return print(&found, ["CONNECTOR", "NAME", "STATUS", "APP KEY", "CALLBACK"], row, out);
        }
        Connectors::Disable(switch) => (switch, "disable"),
        Connectors::Enable(switch) => (switch, "enable"),
    };
    let SwitchConnector { id, tenant, reason } = switch;
    let now = client.switch_connector(tenant, *id, verb, reason.trim()).await?;
    if out.is_json() {
        out.json(&now)?;
    } else {
        out.line(&format!("{} is {} now", now.id, status(&now)))?;
    }
    Ok(Outcome::Success.into())
}

fn row(connector: &Connector) -> [String; 5] {
    [
        connector.id.to_string(),
        connector.name.clone(),
        status(connector),
        connector.app_key.clone(),
        connector.callback_url.clone(),
    ]
}

fn status(connector: &Connector) -> String {
    match &connector.status_reason {
        Some(reason) => format!("{} ({reason})", connector.status),
        None => connector.status.to_string(),
    }
}
