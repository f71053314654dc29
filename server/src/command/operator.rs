//! `bowline-server operator`: adds and lists operators, sets their passwords and roles, disables them.

use bowline_api::admin::Operator;
use bowline_api::status::Role;

use super::output::{Format, table};
use super::secret_input::Password;
use super::startup;
use crate::domain::Actor;
use crate::service::operator;
use crate::settings::Configuration;

/// The subcommands of `operator`.
#[derive(Debug, clap::Subcommand)]
pub(super) enum OperatorCommand {
    /// Add an operator.
    Add {
        /// Login name: 1 to 64 characters of a-z, 0-9, `.`, `_` and `-`.
        #[arg(long)]
        name: String,
        /// Role: `viewer`, `operator` or `admin`; each includes the previous ones.
        #[arg(long)]
        role: Role,
        #[command(flatten)]
        password: Password,
        #[command(flatten)]
        format: Format,
    },
    /// List all operators.
    List {
        #[command(flatten)]
        format: Format,
    },
    /// Replace an operator's password, and end all sessions of the operator.
    SetPassword {
        /// Login name.
        #[arg(long)]
        name: String,
        #[command(flatten)]
        password: Password,
        #[command(flatten)]
        format: Format,
    },
    /// Change an operator's role. The role of the last admin cannot be changed.
    SetRole {
        /// Login name.
        #[arg(long)]
        name: String,
        /// Role: `viewer`, `operator` or `admin`; each includes the previous ones.
        #[arg(long)]
        role: Role,
        #[command(flatten)]
        format: Format,
    },
    /// Let a disabled operator log in again, and clear their failed logins.
    Enable {
        /// Login name.
        #[arg(long)]
        name: String,
        #[command(flatten)]
        format: Format,
    },
    /// Remove an operator's one-time codes, for one who has lost their app and their recovery codes, and end all their sessions.
    ResetTotp {
        /// Login name.
        #[arg(long)]
        name: String,
        #[command(flatten)]
        format: Format,
    },
    /// Disable an operator and end all sessions of the operator. The last admin cannot be disabled.
    Disable {
        /// Login name.
        #[arg(long)]
        name: String,
        #[command(flatten)]
        format: Format,
    },
}

/// Runs the subcommand.
pub(super) async fn run(command: OperatorCommand, configuration: Configuration) -> anyhow::Result<()> {
    let app = startup::app(configuration).await?;
    let actor = Actor::CommandLine;
    match command {
        OperatorCommand::Add { name, role, password, format } => {
            let added = operator::prepare(&app, &actor, &name, &password.read()?, role).await?;
            format.make(added, |added| format!("{} added as {} ({})", added.name, added.id, added.role)).await
        }
        OperatorCommand::List { format } => {
            let mut operators: Vec<Operator> = Vec::new();
            let mut cursor = None;
            loop {
                let page = operator::list(&app, cursor.as_deref(), 200).await?;
                operators.extend(page.items);
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
            format.print(&operators, |operators| {
                let row = |one: &Operator| {
                    let state = if one.disabled_at.is_some() { "disabled" } else { "enabled" };
                    let codes = if one.totp_since.is_some() { "yes" } else { "no" };
                    [
                        one.name.clone(),
                        one.role.to_string(),
                        state.to_owned(),
                        codes.to_owned(),
                        one.id.to_string(),
                    ]
                };
                table(["NAME", "ROLE", "STATE", "TOTP", "ID"], operators.iter().map(row))
            })
        }
        OperatorCommand::SetPassword { name, password, format } => {
            let who = operator::by_name(&app, &name).await?;
            let changed = operator::change_password(&app, &actor, who.id, &password.read()?).await?;
            format.print(&changed, |changed| {
                format!("{} has a new password; all sessions are ended", changed.name)
            })
        }
        OperatorCommand::SetRole { name, role, format } => {
            let who = operator::by_name(&app, &name).await?;
            let changed = operator::change_role(&app, &actor, who.id, role).await?;
            format.print(&changed, |changed| format!("{} is {} now", changed.name, changed.role))
        }
        OperatorCommand::ResetTotp { name, format } => {
            let who = operator::by_name(&app, &name).await?;
            let ended = operator::totp::enrol::reset(&app, &actor, who.id).await?;
            format.print(&ended, |_| format!("{name} logs in without a code; all sessions are ended"))
        }
        OperatorCommand::Enable { name, format } => {
            let who = operator::by_name(&app, &name).await?;
            let enabled = operator::enable(&app, &actor, who.id).await?;
            format.print(&enabled, |enabled| format!("{} can log in again", enabled.name))
        }
        OperatorCommand::Disable { name, format } => {
            let who = operator::by_name(&app, &name).await?;
            let disabled = operator::disable(&app, &actor, who.id).await?;
            format.print(&disabled, |disabled| {
                format!("{} is turned off; all sessions are ended", disabled.name)
            })
        }
    }
}
