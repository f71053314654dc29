//! `bowline operators`: lists, adds, limits, disables and enables operators, and changes their roles, passwords and one-time codes.

use std::process::ExitCode;

use bowline_api::OperatorId;
use bowline_api::admin::Operator;
use bowline_api::status::Role;
use clap::Subcommand;

use crate::client::{Act, Answer, Client, Failure, PageQuery, Proof, TenantRef};
use crate::when::stamp;

use super::act::{CommandChange, show};
use super::output::Output;
use super::page::{PageArgs, list};
use super::proof::Typed;
use super::target::CommandTarget;
use super::{CliError, Outcome};

/// Commands for operators.
#[derive(Debug, Subcommand)]
pub enum OperatorsCommand {
    /// List operators, including disabled ones
    List(PageArgs),
    /// Add an operator; asks for their password and your own, or reads both from the first lines of standard input, and then a
    /// one-time code if you need one
    Add {
        /// Login name: 1 to 64 characters of a-z, 0-9, '.', '_', '-'
        name: String,
        /// What they may do: viewer, operator or admin
        #[arg(long)]
        role: Role,
    },
    /// Change an operator's role, which ends their sessions; asks for your password
    SetRole {
        /// `op_…` or login name
        #[arg(value_name = "OPERATOR")]
        name: String,
        /// What they may do from now on: viewer, operator or admin
        role: Role,
    },
    /// Change another operator's password, which ends their sessions; asks for the new password and your own, or reads both as
    /// `add` does
    SetPassword {
        /// `op_…` or login name
        #[arg(value_name = "OPERATOR")]
        name: String,
    },
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
    /// Limit an operator to tenants, which ends their sessions; asks for your password
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
    /// Enable a disabled operator; asks for your password
    Enable {
        /// `op_…` or login name
        #[arg(value_name = "OPERATOR")]
        name: String,
    },
}

/// Runs a command for operators.
pub(super) async fn run(
    target: &CommandTarget,
    command: &OperatorsCommand,
    out: &mut Output,
) -> Result<ExitCode, CliError> {
    let client = target.client()?;
    let begin = |what: &str| CommandChange::begin(target, &client, what);
    match command {
        OperatorsCommand::List(page) => {
            let titles = ["NAME", "ROLE", "STATE", "TOTP", "TENANTS", "ADDED", "ID"];
            list(page, async |place| client.operators(place).await, titles, operator_row, out).await
        }
        OperatorsCommand::Add { name, role } => {
            let change = begin(&format!("add operator {name} with the role {role}"))?;
            let (password, typed) = Typed::with_secret(&client, "password of the new operator", true).await?;
            let act = Act::AddOperator { name: name.clone(), role: *role, password, proof: Proof::empty() };
            show(&change.make_with(typed, act).await?, out)
        }
        OperatorsCommand::SetRole { name, role } => {
            let change = begin(&format!("give operator {name} the role {role}"))?;
            let id = named(&client, name).await?;
            change.print(Act::SetRole { id, role: *role, proof: Proof::empty() }, out).await
        }
        OperatorsCommand::SetPassword { name } => {
            let change = begin(&format!("change the password of operator {name}"))?;
            let id = named(&client, name).await?;
            let (password, typed) = Typed::with_secret(&client, "new password of the operator", true).await?;
            let act = Act::SetPassword { id, password, proof: Proof::empty() };
            show(&change.make_with(typed, act).await?, out)
        }
        OperatorsCommand::Disable { name } => {
            let change = begin(&format!("disable operator {name}"))?;
            change.print(Act::DisableOperator { id: named(&client, name).await? }, out).await
        }
        OperatorsCommand::Enable { name } => {
            let change = begin(&format!("enable operator {name}"))?;
            let id = named(&client, name).await?;
            change.print(Act::EnableOperator { id, proof: Proof::empty() }, out).await
        }
        OperatorsCommand::ResetTotp { name } => {
            let change = begin(&format!("remove the one-time codes of operator {name}"))?;
            let id = named(&client, name).await?;
            change.print(Act::ResetTotp { id, proof: Proof::empty() }, out).await
        }
        OperatorsCommand::Limit { name, tenants, all_tenants } => {
            let wanted = (!all_tenants).then(|| tenants.clone());
            let to = reach_of_tenants(wanted.as_ref().map(Vec::len));
            let change = begin(&format!("limit operator {name} to {to}"))?;
            let id = named(&client, name).await?;
            let answer =
                change.make(Act::LimitOperator { id, tenants: wanted, proof: Proof::empty() }).await?;
            if let Answer::ChangedOperator(limited) = answer {
                let now = reach_of_tenants(limited.tenants.as_ref().map(Vec::len));
                out.json_or(&limited, &format!("{} may see {now}; their sessions have ended", limited.name))?;
            }
            Ok(Outcome::Success.into())
        }
    }
}

/// How many tenants an operator may see; `None` if they are not limited.
fn reach_of_tenants(tenants: Option<usize>) -> String {
    match tenants {
        None => "all tenants".to_owned(),
        Some(1) => "1 tenant".to_owned(),
        Some(count) => format!("{count} tenants"),
    }
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

fn operator_row(operator: &Operator) -> [String; 7] {
    let state = match operator.disabled_at {
        Some(at) => format!("disabled {}", stamp(at)),
        None => "enabled".to_owned(),
    };
    let codes = if operator.totp_since.is_some() { "yes" } else { "no" };
    [
        operator.name.clone(),
        operator.role.to_string(),
        state,
        codes.to_owned(),
        reach_of_tenants(operator.tenants.as_ref().map(Vec::len)),
        stamp(operator.created_at),
        operator.id.to_string(),
    ]
}
