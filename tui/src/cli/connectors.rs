//! `bowline connectors list`, `disable` and `enable`.

use std::process::ExitCode;

use bowline_api::admin::Connector;

use super::args::{Connectors, SwitchConnector};
use super::output::Output;
use super::target::Target;
use super::tenants::print;
use super::{CliError, Outcome};

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
