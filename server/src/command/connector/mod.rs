//! `bowline-server connector`: adds a tenant's app, replaces its secret, disables and enables it.

mod edit;
mod warning;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use bowline_api::admin::{Connector, CreateConnector, OAuth1Service, RemoveConnector};
use bowline_api::status::{Completion, Protocol};
use bowline_api::{AccountId, ConnectorId, TenantId};
use secrecy::ExposeSecret as _;

use warning::warn_of;

use super::output::{Format, table};
use super::secret_input::AppSecret;
use super::startup;
use super::tenant::named;
use crate::app::App;
use crate::domain::Actor;
use crate::service::oauth1::{Moved, NotMoved};
use crate::service::{connector, oauth1};
use crate::settings::Configuration;

/// The subcommands of `connector`.
#[derive(Debug, clap::Subcommand)]
pub(super) enum ConnectorCommand {
    /// Add a tenant's registration at the provider, and print the callback URL to register there.
    Add {
        /// Tenant: short name or id.
        #[arg(long)]
        tenant: String,
        /// Name of the app, which end users see.
        #[arg(long)]
        name: String,
        /// App key from the provider's console.
        #[arg(long)]
        app_key: String,
        #[command(flatten)]
        secret: AppSecret,
        /// Scope to request; repeat it for several. At least one under OAuth 2, none under OAuth 1.
        #[arg(long = "scope")]
        scopes: Vec<String>,
        /// URL to which browsers may be redirected back; repeat it for several.
        #[arg(long = "return-url", required = true)]
        return_urls: Vec<String>,
        /// Who completes a link: `tenant` (the default) or `browser`. With `browser`, nobody checks that the person who
        /// approves is the person who began the link: a forwarded link connects the approver's Dropbox to the sender.
        #[arg(long)]
        completion: Option<Completion>,
        /// Let the tenant's own button lead straight to Dropbox: a form that posts the ticket from the origin of a
        /// return URL. Its page must send that origin (`Referrer-Policy: strict-origin-when-cross-origin`). Otherwise
        /// Bowline's page asks for confirmation first.
        #[arg(long)]
        no_confirm_page: bool,
        /// Protocol: `oauth2` (the default), `oauth1` or `oauth1a`.
        #[arg(long)]
        protocol: Option<Protocol>,
        /// JSON file with the service of OAuth 1, in the form of `oauth1_service` in the admin API. All of its addresses must be
        /// at origins that the setting `bowline.oauth1.origins` lists.
        #[arg(long)]
        oauth1_service: Option<PathBuf>,
        #[command(flatten)]
        format: Format,
    },
    /// List a tenant's connectors.
    List {
        /// Tenant: short name or id.
        #[arg(long)]
        tenant: String,
        #[command(flatten)]
        format: Format,
    },
    /// Edit a connector: its name, return URLs, scopes, completion, and what the link pages show of the app.
    Edit(Box<edit::Arguments>),
    /// Replace the app secret. A broken connector becomes active; a disabled one stays disabled.
    SetSecret {
        /// Tenant: short name or id.
        #[arg(long)]
        tenant: String,
        /// Connector id: `conn_…`.
        #[arg(long)]
        connector: ConnectorId,
        #[command(flatten)]
        secret: AppSecret,
        #[command(flatten)]
        format: Format,
    },
    /// Remove a connector for good. Refused while it has accounts, unless they are revoked with it.
    Remove {
        #[command(flatten)]
        switch: Switch,
        /// Revoke its accounts first.
        #[arg(long)]
        revoke_accounts: bool,
        /// Connector that becomes the default. Required if the removed one is the default and the tenant has others.
        #[arg(long, value_name = "CONNECTOR")]
        new_default: Option<ConnectorId>,
    },
    /// Disable a connector: nobody links through it and no token is refreshed until it is enabled again.
    Disable(Switch),
    /// Enable a connector that was disabled.
    Enable(Switch),
    /// Move the accounts of a connector of OAuth 1 to one of OAuth 2 with the same app key, by the provider's own call. Each account
    /// keeps its id. The command may be stopped at any time; run again, it goes on with the accounts that are left.
    Migrate {
        /// Tenant: short name or id.
        #[arg(long)]
        tenant: String,
        /// The connector of OAuth 1: `conn_…`.
        #[arg(long)]
        from: ConnectorId,
        /// The connector of OAuth 2: `conn_…`.
        #[arg(long)]
        to: ConnectorId,
        /// Move this account only: `acct_…`.
        #[arg(long)]
        account: Option<AccountId>,
        #[command(flatten)]
        format: Format,
    },
}

/// Which connector is disabled, enabled or removed.
#[derive(Debug, clap::Args)]
pub(super) struct Switch {
    /// Tenant: short name or id.
    #[arg(long)]
    tenant: String,
    /// Connector id: `conn_…`.
    #[arg(long)]
    connector: ConnectorId,
    /// Reason for the audit log: 3 to 500 characters.
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    format: Format,
}

fn read_service(file: &Path) -> anyhow::Result<OAuth1Service> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not a service of OAuth 1", file.display()))
}

/// Runs the subcommand.
pub(super) async fn run(command: ConnectorCommand, configuration: Configuration) -> anyhow::Result<()> {
    let app = startup::app(configuration).await?;
    match command {
        ConnectorCommand::Add {
            tenant,
            name,
            app_key,
            secret,
            scopes,
            return_urls,
            completion,
            no_confirm_page,
            protocol,
            oauth1_service,
            format,
        } => {
            let wanted = CreateConnector {
                name,
                app_key,
                app_secret: secret.read()?.expose_secret().to_owned(),
                scopes,
                return_urls,
                completion,
                confirm_page: Some(!no_confirm_page),
                protocol,
                oauth1_service: oauth1_service.as_deref().map(read_service).transpose()?,
            };
            let tenant = named(&app, &tenant).await?;
            let added = connector::prepare(&app, &Actor::CommandLine, tenant, wanted).await?;
            let words = |added: &Connector| {
                let callback = &added.callback_url;
                let added_to = format!(
                    "{} added.\nRegister this redirect URI at the provider, to the letter:\n  {callback}",
                    added.id
                );
                match &added.notice_url {
                    Some(notices) => format!(
                        "{added_to}\nTo be told of changed files, enter this webhook URI there as well:\n  {notices}"
                    ),
                    None => added_to,
                }
            };
            warn_of(completion);
            format.make(added, words).await
        }
        ConnectorCommand::List { tenant, format } => {
            let connectors = connector::list(&app, named(&app, &tenant).await?).await?.items;
            format.print(&connectors, |connectors| {
                let row = |one: &Connector| {
                    [
                        one.id.to_string(),
                        one.name.clone(),
                        one.app_key.clone(),
                        one.status.to_string(),
                        if one.is_default { "default".to_owned() } else { String::new() },
                        one.callback_url.clone(),
                        one.notice_url.clone().unwrap_or_default(),
                    ]
                };
                let heads = ["ID", "NAME", "APP KEY", "STATUS", "", "CALLBACK", "NOTICES"];
                table(heads, connectors.iter().map(row))
            })
        }
        ConnectorCommand::Edit(arguments) => edit::run(&app, *arguments).await,
        ConnectorCommand::SetSecret { tenant, connector, secret, format } => {
            let tenant = named(&app, &tenant).await?;
            let secret = secret.read()?;
            let replaced =
                connector::replace_secret(&app, &Actor::CommandLine, tenant, connector, &secret).await?;
            format.print(&replaced, |replaced| {
                format!("{} has its new app secret and is {}", replaced.connector.id, replaced.outcome())
            })
        }
        ConnectorCommand::Remove {
            switch: Switch { tenant, connector, reason, format },
            revoke_accounts,
            new_default,
        } => {
            let tenant = named(&app, &tenant).await?;
            let wanted = RemoveConnector { reason, revoke_accounts: Some(revoke_accounts), new_default };
            connector::remove(&app, &Actor::CommandLine, tenant, connector, &wanted).await?;
            format.print(&connector, |connector| format!("{connector} is removed"))
        }
        ConnectorCommand::Disable(Switch { tenant, connector, reason, format }) => {
            let tenant = named(&app, &tenant).await?;
            let now = connector::disable(&app, &Actor::CommandLine, tenant, connector, &reason).await?;
            format.print(&now, |now| format!("{} is {} now", now.id, now.status))
        }
        ConnectorCommand::Migrate { tenant, from, to, account, format } => {
            let tenant = named(&app, &tenant).await?;
            migrate_accounts(&app, tenant, (from, to), account, format).await
        }
        ConnectorCommand::Enable(Switch { tenant, connector, reason, format }) => {
            let tenant = named(&app, &tenant).await?;
            let now = connector::enable(&app, &Actor::CommandLine, tenant, connector, &reason).await?;
            format.print(&now, |now| format!("{} is {} now", now.id, now.status))
        }
    }
}

/// Moves accounts to OAuth 2. Fails if any account was left as it was.
async fn migrate_accounts(
    app: &App,
    tenant: TenantId,
    (from, to): (ConnectorId, ConnectorId),
    account: Option<AccountId>,
    format: Format,
) -> anyhow::Result<()> {
    let actor = Actor::CommandLine;
    let report = if let Some(account) = account {
        oauth1::migrate(app, &actor, tenant, account, (Some(from), to), None).await?;
        Moved { moved: 1, failed: Vec::new() }
    } else {
        let told = |line: &str| bowline_stdio::eprintln!("{line}");
        oauth1::migrate_all(app, &actor, tenant, (from, to), &told).await?
    };
    format.print(&report, |report| {
        let row = |one: &NotMoved| [one.account_id.to_string(), one.code.to_owned(), one.detail.clone()];
        let moved = format!("{} accounts moved to {to}", report.moved);
        if report.failed.is_empty() {
            return moved;
        }
        format!("{moved}\n{}", table(["LEFT AS IT WAS", "CODE", "WHY"], report.failed.iter().map(row)))
    })?;
    let left = report.failed.len();
    anyhow::ensure!(
        left == 0,
        "{left} accounts were left as they were; run the command again to go on with them"
    );
    Ok(())
}
