//! `bowline connectors list`, `disable`, `enable` and `set-secret`.

use std::io::IsTerminal as _;
use std::process::ExitCode;

use bowline_api::ConnectorId;
use bowline_api::admin::Connector;
use clap::{Args, Subcommand};

use crate::client::{Act, TenantRef};

use super::CliError;
use super::act::{connector_status, perform};
use super::output::Output;
use super::page::print;
use super::secret::{ask_secret, password_from_stdin};
use super::target::Target;

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
    /// Replace a connector's app secret, which is asked for, or read from the first line of standard input; a broken
    /// connector becomes active
    SetSecret {
        /// `conn_…`
        id: ConnectorId,
        /// Its tenant: short name or id
        #[arg(long)]
        tenant: TenantRef,
    },
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
    let act = match command {
        Connectors::List { tenant } => {
            let found = client.connectors(tenant).await?;
            return print(&found, ["CONNECTOR", "NAME", "STATUS", "APP KEY", "CALLBACK"], row, out);
        }
        Connectors::SetSecret { id, tenant } => {
            client.may_change()?;
            let secret = if std::io::stdin().is_terminal() {
                ask_secret("new app secret: ").await?
            } else {
                password_from_stdin()?
            };
            Act::ReplaceSecret { tenant: tenant.clone(), id: *id, secret }
        }
        Connectors::Disable(SwitchConnector { id, tenant, reason }) => {
            Act::DisableConnector { tenant: tenant.clone(), id: *id, reason: reason.trim().to_owned() }
        }
        Connectors::Enable(SwitchConnector { id, tenant, reason }) => {
            Act::EnableConnector { tenant: tenant.clone(), id: *id, reason: reason.trim().to_owned() }
        }
    };
    perform(&client, act, out).await
}

fn row(connector: &Connector) -> [String; 5] {
    [
        connector.id.to_string(),
        connector.name.clone(),
        connector_status(connector),
        connector.app_key.clone(),
        connector.callback_url.clone(),
    ]
}
