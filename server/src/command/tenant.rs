//! `bowline-server tenant`: adds and lists tenants.

use anyhow::Context as _;
use bowline_api::TenantId;
use bowline_api::admin::{CreateTenant, Tenant};

use super::output::{Format, table};
use super::startup;
use crate::app::App;
use crate::domain::Actor;
use crate::service::tenant;
use crate::settings::Configuration;

/// The subcommands of `tenant`.
#[derive(Debug, clap::Subcommand)]
pub(super) enum TenantCommand {
    /// Add a tenant, with its own data key.
    Add {
        /// Unique short name: 1 to 40 characters of a-z, 0-9 and -, beginning with a letter.
        #[arg(long)]
        slug: String,
        /// Name of the tenant, which end users see.
        #[arg(long)]
        name: String,
        /// A sandbox: its connectors speak to the simulator of Dropbox, and its API keys are test keys.
        #[arg(long)]
        sandbox: bool,
        #[command(flatten)]
        format: Format,
    },
    /// List all tenants.
    List {
        #[command(flatten)]
        format: Format,
    },
}

/// Runs the subcommand.
pub(super) async fn run(command: TenantCommand, configuration: Configuration) -> anyhow::Result<()> {
    let app = startup::app(configuration).await?;
    match command {
        TenantCommand::Add { slug, name, sandbox, format } => {
            let wanted = CreateTenant { slug, name, sandbox };
            let added = tenant::prepare(&app, &Actor::CommandLine, &wanted).await?;
            format.make(added, |added| format!("{} added as {}", added.slug, added.id)).await
        }
        TenantCommand::List { format } => {
            let mut tenants: Vec<Tenant> = Vec::new();
            let mut cursor = None;
            loop {
                let page = tenant::list(&app, cursor.as_deref(), 200).await?;
                tenants.extend(page.items);
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
            format.print(&tenants, |tenants| {
                let mode = |one: &Tenant| if one.sandbox { "sandbox" } else { "live" }.to_owned();
                let row = |one: &Tenant| [one.slug.clone(), one.name.clone(), one.id.to_string(), mode(one)];
                table(["SLUG", "NAME", "ID", "MODE"], tenants.iter().map(row))
            })
        }
    }
}

/// The tenant with this short name or id.
pub(super) async fn named(app: &App, name: &str) -> anyhow::Result<TenantId> {
    tenant::named(app, name).await.context("`bowline-server tenant list` shows what tenants there are")
}
