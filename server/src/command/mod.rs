//! The command line of `bowline-server`: serving, and administration from a shell on the machine.

mod api_key;
mod audit;
mod connector;
mod convert;
mod development;
mod doctor;
mod export;
mod import;
mod keys;
mod migrate;
mod openapi;
mod operator;
mod output;
mod sealed_file;
mod secret_input;
pub mod serve;
mod startup;
mod tenant;
mod upgrade_seals;

use std::path::PathBuf;

use crate::settings;
use crate::{logging, telemetry};

/// Server that links end users' Dropbox accounts to the apps of many tenants.
#[derive(Debug, clap::Parser)]
#[command(name = "bowline-server", version)]
pub struct Cli {
    /// File in the format of Rocket.toml with the settings that differ from the defaults.
    #[arg(long, global = true, env = "BOWLINE_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Serve the link pages, the tenant API and the admin API.
    Serve(serve::Arguments),
    /// Run the pending database migrations, as the database's owner.
    Migrate(migrate::Arguments),
    /// Upgrade a database whose sealed values are not yet bound to their rows, or whose audit logs are not yet signed.
    /// Run it once, after `migrate`, while no server runs; if it is interrupted, run it again.
    UpgradeSeals(upgrade_seals::Arguments),
    /// Create and show the key ring.
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Add and list tenants.
    #[command(subcommand)]
    Tenant(tenant::TenantCommand),
    /// Add, list, edit, repair, disable, enable and remove connectors.
    #[command(subcommand)]
    Connector(connector::ConnectorCommand),
    /// Create, list and revoke API keys.
    #[command(subcommand)]
    ApiKey(api_key::ApiKeyCommand),
    /// Add, list, change, disable and enable operators.
    #[command(subcommand)]
    Operator(operator::OperatorCommand),
    /// Verify audit logs, and print checkpoints of them.
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Make accounts of grants that users gave a tenant's app elsewhere.
    Import(import::Arguments),
    /// Write the grants of a tenant's accounts to a file that is sealed for a public key.
    Export(export::Arguments),
    /// Write what another system has in the format of `import`, on standard output.
    #[command(subcommand)]
    Convert(convert::ConvertCommand),
    /// Print the OpenAPI document.
    Openapi,
    /// Report what is wrong with this installation.
    Doctor(doctor::Arguments),
}

impl Cli {
    /// Runs the command.
    ///
    /// # Errors
    /// With an explanation for the person at the shell.
    pub async fn run(self) -> anyhow::Result<()> {
        match &self.command {
            Command::Openapi => return openapi::run(),
            Command::Convert(command) => return convert::run(command),
            _ => {}
        }
        let configuration = settings::read(self.config.as_deref())?;
        // Commands print only warnings to standard error. A server logs more.
        let filter = match self.command {
            Command::Serve(_) => configuration.settings.log.as_str(),
            _ => "warn",
        };
        let telemetry = match self.command {
            Command::Serve(_) => telemetry::start(&configuration.settings.tracing)?,
            _ => None,
        };
        logging::install(filter, telemetry.as_ref())?;
        match self.command {
            Command::Serve(arguments) => serve::run(arguments, configuration, telemetry).await,
            Command::Migrate(arguments) => migrate::run(&arguments, &configuration.settings).await,
            Command::UpgradeSeals(arguments) => upgrade_seals::run(arguments, configuration).await,
            Command::Keys(command) => keys::run(command, &configuration.settings),
            Command::Tenant(command) => tenant::run(command, configuration).await,
            Command::Connector(command) => connector::run(command, configuration).await,
            Command::ApiKey(command) => api_key::run(command, configuration).await,
            Command::Operator(command) => operator::run(command, configuration).await,
            Command::Audit(command) => audit::run(command, configuration).await,
            Command::Import(arguments) => import::run(arguments, configuration).await,
            Command::Export(arguments) => export::run(arguments, configuration).await,
            Command::Convert(command) => convert::run(&command),
            Command::Openapi => openapi::run(),
            Command::Doctor(arguments) => doctor::run(&arguments, configuration).await,
        }
    }
}
