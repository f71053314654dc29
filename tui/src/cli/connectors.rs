//! `bowline connectors list`, `edit`, `disable`, `enable`, `set-secret` and `remove`.

use std::process::ExitCode;

use bowline_api::ConnectorId;
use bowline_api::admin::{Connector, EditConnector};
use bowline_api::status::Completion;
use clap::{Args, Subcommand};

use crate::client::{Act, Proof, TenantRef};
use crate::dialog::confirmation::end_of;
use crate::screen::label::marked;

use super::CliError;
use super::act::{CommandChange, connector_status, show};
use super::output::Output;
use super::page::print;
use super::proof::Typed;
use super::target::CommandTarget;

/// Commands for connectors.
#[derive(Debug, Subcommand)]
pub enum ConnectorsCommand {
    /// List a tenant's connectors
    List {
        /// Tenant: short name or id
        #[arg(long)]
        tenant: TenantRef,
    },
    /// Edit a connector; what is not given stays as it is
    Edit(Edit),
    /// Remove a connector, which cannot be undone
    Remove {
        /// `conn_…`
        id: ConnectorId,
        /// Its tenant: short name or id
        #[arg(long)]
        tenant: TenantRef,
        /// Reason for the audit log: 3 to 500 characters
        #[arg(long)]
        reason: String,
        /// Revoke its accounts first; without this, a connector with accounts is not removed
        #[arg(long)]
        revoke_accounts: bool,
        /// The connector that becomes the default, if this one is
        #[arg(long, value_name = "ID")]
        new_default: Option<ConnectorId>,
        /// The last 6 characters of the id, as a confirmation
        #[arg(long, value_name = "END")]
        confirm: String,
    },
    /// Disable a connector: nobody links through it and no token is refreshed until it is enabled again
    Disable(SwitchConnector),
    /// Enable a connector that was disabled
    Enable(SwitchConnector),
    /// Replace a connector's app secret, and say whether the provider accepts it. It and your own password are asked for, or read from the
    /// first lines of standard input, and then a one-time code if you need one
    SetSecret {
        /// `conn_…`
        id: ConnectorId,
        /// Its tenant: short name or id
        #[arg(long)]
        tenant: TenantRef,
    },
}

/// What of a connector is edited.
#[derive(Debug, Args)]
pub struct Edit {
    /// `conn_…`
    pub id: ConnectorId,
    /// Its tenant: short name or id
    #[arg(long)]
    pub tenant: TenantRef,
    /// Shown to end users as the app that requests access: 1 to 100 characters
    #[arg(long)]
    pub name: Option<String>,
    /// A scope to request from the provider; all of them are replaced; can be given several times
    #[arg(long = "scope", value_name = "SCOPE")]
    pub scopes: Vec<String>,
    /// A URL to which browsers may be redirected back; all of them are replaced; can be given several times
    #[arg(long = "return-url", value_name = "URL")]
    pub return_urls: Vec<String>,
    /// Who completes a link: tenant or browser
    #[arg(long)]
    pub completion: Option<Completion>,
    /// Whether Bowline's own page asks for confirmation before the provider does
    #[arg(long, value_name = "BOOL")]
    pub confirm_page: Option<bool>,
    /// Make it the connector of link sessions that name none
    #[arg(long)]
    pub default: bool,
}

impl Edit {
    fn act(&self) -> Result<Act, CliError> {
        let some = |all: &[String]| (!all.is_empty()).then(|| all.to_vec());
        let edit = EditConnector {
            name: self.name.clone(),
            scopes: some(&self.scopes),
            return_urls: some(&self.return_urls),
            completion: self.completion,
            confirm_page: self.confirm_page,
            is_default: self.default.then_some(true),
            branding: None,
        };
        let says_nothing = edit.name.is_none() && edit.scopes.is_none() && edit.return_urls.is_none();
        if says_nothing && edit.completion.is_none() && edit.confirm_page.is_none() && !self.default {
            let text =
                "say what to edit: --name, --scope, --return-url, --completion, --confirm-page or --default";
            return Err(CliError::Usage(text.to_owned()));
        }
        Ok(Act::EditConnector { tenant: self.tenant.clone(), id: self.id, edit: Box::new(edit) })
    }
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
    target: &CommandTarget,
    command: &ConnectorsCommand,
    out: &mut Output,
) -> Result<ExitCode, CliError> {
    let client = target.client()?;
    match command {
        ConnectorsCommand::List { tenant } => {
            let found = client.connectors(tenant).await?;
            print(&found, ["CONNECTOR", "NAME", "STATUS", "APP KEY", "CALLBACK"], connector_row, out)
        }
        ConnectorsCommand::SetSecret { id, tenant } => {
            let what = format!("replace the app secret of connector {id} of tenant {tenant}");
            let change = CommandChange::begin(target, &client, &what)?;
            let (secret, typed) = Typed::with_secret(&client, "new app secret", false).await?;
            let act = Act::ReplaceSecret { tenant: tenant.clone(), id: *id, secret, proof: Proof::empty() };
            show(&change.make_with(typed, act).await?, out)
        }
        ConnectorsCommand::Edit(edit) => {
            let (act, what) = (edit.act()?, format!("edit connector {} of tenant {}", edit.id, edit.tenant));
            CommandChange::begin(target, &client, &what)?.print(act, out).await
        }
        ConnectorsCommand::Remove { id, tenant, reason, revoke_accounts, new_default, confirm } => {
            if confirm != end_of(&id.to_string()) {
                return Err(CliError::NotConfirmed("--confirm is not the end of the id".to_owned()));
            }
            let change =
                CommandChange::begin(target, &client, &format!("remove connector {id} of tenant {tenant}"))?;
            let act = Act::RemoveConnector {
                tenant: tenant.clone(),
                id: *id,
                reason: reason.trim().to_owned(),
                revoke_accounts: *revoke_accounts,
                new_default: *new_default,
            };
            change.print(act, out).await
        }
        ConnectorsCommand::Disable(SwitchConnector { id, tenant, reason }) => {
            let change =
                CommandChange::begin(target, &client, &format!("disable connector {id} of tenant {tenant}"))?;
            let reason = reason.trim().to_owned();
            change.print(Act::DisableConnector { tenant: tenant.clone(), id: *id, reason }, out).await
        }
        ConnectorsCommand::Enable(SwitchConnector { id, tenant, reason }) => {
            let change =
                CommandChange::begin(target, &client, &format!("enable connector {id} of tenant {tenant}"))?;
            let reason = reason.trim().to_owned();
            change.print(Act::EnableConnector { tenant: tenant.clone(), id: *id, reason }, out).await
        }
    }
}

fn connector_row(connector: &Connector) -> [String; 5] {
    [
        connector.id.to_string(),
        marked(&connector.name, connector.sandbox),
        connector_status(connector),
        connector.app_key.clone(),
        connector.callback_url.clone(),
    ]
}
