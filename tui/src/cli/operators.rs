//! `bowline operators`: lists, disables and enables operators, and resets their one-time codes.

use std::process::ExitCode;

use bowline_api::OperatorId;
use bowline_api::admin::Operator;
use clap::Subcommand;

use crate::client::{Act, Client, Failure, PageQuery, TenantRef};
use crate::when::stamp;

use super::act::perform;
use super::output::Output;
use super::page::{PageArgs, gather, print};
use super::proof::Typed;
use super::target::Target;
use super::{CliError, Outcome};

/// Commands for operators.
#[derive(Debug, Subcommand)]
pub enum Operators {
    /// List operators, including disabled ones
    List(PageArgs),
    /// Disable an operator, which ends their sessions
    Disable {
        /// `op_…` or login name
        #[arg(value_name = "OPERATOR")]
        name: String,
    },
    /// Remove the one-time codes of an operator who has lost their app and their recovery codes; asks for your password
    ResetTotp {
        /// `op_…` or login name
        #[arg(value_name = "OPERATOR")]
        name: String,
    },
    /// Limit an operator to tenants, which ends their sessions
    Limit {
        /// `op_…` or login name
        #[arg(value_name = "OPERATOR")]
        name: String,
        /// A tenant that they may see and act on, by short name or id; can be given several times
        #[arg(long = "tenant", value_name = "TENANT", required_unless_present = "all_tenants")]
        tenants: Vec<TenantRef>,
        /// Lift the limit
        #[arg(long, conflicts_with = "tenants")]
        all_tenants: bool,
    },
    /// Enable a disabled operator
    Enable {
        /// `op_…` or login name
        #[arg(value_name = "OPERATOR")]
        name: String,
    },
}

/// Runs a command for operators.
pub(super) async fn run(
    target: &Target,
    command: &Operators,
    out: &mut Output,
) -> Result<ExitCode, CliError> {
    let client = target.client()?;
    let page = match command {
        Operators::List(page) => page,
        Operators::Disable { name } => {
            let id = named(&client, name).await?;
            return perform(&client, Act::DisableOperator { id }, out).await;
        }
        Operators::ResetTotp { name } => {
            client.may_change()?;
            let id = named(&client, name).await?;
            let typed = Typed::ask("your password: ", false).await?;
            let ended = typed.prove(async |proof| client.reset_totp(id, proof).await).await?;
            out.json_or(&ended, &format!("{name} logs in without a code; their sessions have ended"))?;
            return Ok(Outcome::Success.into());
        }
        Operators::Limit { name, tenants, all_tenants } => {
            client.may_change()?;
            let id = named(&client, name).await?;
            let limited = client.limit_operator(id, (!all_tenants).then_some(tenants.as_slice())).await?;
            let now = limited.tenants.as_ref().map_or_else(
                || "all tenants".to_owned(),
                |ids| match ids.len() {
                    1 => "1 tenant".to_owned(),
                    count => format!("{count} tenants"),
                },
            );
            out.json_or(&limited, &format!("{} may see {now}; their sessions have ended", limited.name))?;
            return Ok(Outcome::Success.into());
        }
        Operators::Enable { name } => {
            let id = named(&client, name).await?;
            return perform(&client, Act::EnableOperator { id }, out).await;
        }
    };
    let found = gather(page, async |place| client.operators(place).await).await?;
    print(&found, ["NAME", "ROLE", "STATE", "TOTP", "ADDED", "ID"], row, out)
}

/// The operator with this id or login name.
pub(super) async fn named(client: &Client, text: &str) -> Result<OperatorId, CliError> {
    if let Ok(id) = text.parse() {
        return Ok(id);
    }
    let mut cursor = None;
    loop {
        let page = client.operators(PageQuery { cursor, limit: 200 }).await?;
        if let Some(found) = page.items.iter().find(|one| one.name == text) {
            return Ok(found.id);
        }
        cursor = page.next;
        if cursor.is_none() {
            let detail = format!("there is no operator {text}; bowline operators list shows them");
            return Err(Failure::NotFound(detail).into());
        }
    }
}

fn row(operator: &Operator) -> [String; 6] {
    let state = match operator.disabled_at {
        Some(at) => format!("disabled {}", stamp(at)),
        None => "enabled".to_owned(),
    };
    let role = operator.role.to_string();
    let codes = if operator.totp_since.is_some() { "yes" } else { "no" };
    [
        operator.name.clone(),
        role,
        state,
        codes.to_owned(),
        stamp(operator.created_at),
        operator.id.to_string(),
    ]
}
