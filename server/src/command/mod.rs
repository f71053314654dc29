//! The command line of `bowline-server`: serving, and everything that is done from a shell on the machine.

mod api_key;
mod audit;
mod boot;
mod connector;
mod development;
mod doctor;
mod keys;
mod migrate;
mod openapi;
mod operator;
mod output;
mod secret;
pub mod serve;
mod tenant;
mod upgrade_seals;

use std::path::PathBuf;

use crate::settings;
use crate::{logging, telemetry};

/// Links end users' Dropbox accounts to the apps of many tenants.
#[derive(Debug, clap::Parser)]
#[command(name = "bowline-server", version)]
pub struct Cli {
    /// A file of the form of Rocket.toml with the settings that differ from the defaults.
    #[arg(long, global = true, env = "BOWLINE_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Serves link pages, token API and admin API.
    Serve(serve::Arguments),
    /// Brings the database up to date, as its owner.
    Migrate(migrate::Arguments),
    /// Brings a database from before sealed values were bound to what they decide about, and before audit logs were signed, to its
    /// present form. Run it once, after `migrate`, while no server runs; if it was interrupted, run it again.
    UpgradeSeals(upgrade_seals::Arguments),
    /// Makes and shows the key ring.
    #[command(subcommand)]
    Keys(keys::Command),
    /// Adds and lists tenants.
    #[command(subcommand)]
    Tenant(tenant::Command),
    /// Adds, lists and mends connectors.
    #[command(subcommand)]
    Connector(connector::Command),
    /// Makes, lists and revokes API keys.
    #[command(subcommand)]
    ApiKey(api_key::Command),
    /// Adds, lists and turns off operators.
    #[command(subcommand)]
    Operator(operator::Command),
    /// Checks the audit log, and notes where it is.
    #[command(subcommand)]
    Audit(audit::Command),
    /// Prints the OpenAPI document.
    Openapi,
    /// Says what is wrong with this installation.
    Doctor(doctor::Arguments),
}

impl Cli {
    /// Does what was asked.
    ///
    /// # Errors
    /// With words for the person at the shell.
    pub async fn run(self) -> anyhow::Result<()> {
        if let Command::Openapi = self.command {
            return openapi::run();
        }
        let configuration = settings::read(self.config.as_deref())?;
        // What a shell sees on standard error are warnings; a server's log says more.
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
            Command::Openapi => openapi::run(),
            Command::Doctor(arguments) => doctor::run(&arguments, configuration).await,
        }
    }
}
