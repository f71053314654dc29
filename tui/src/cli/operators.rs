//! `bowline operators list`, `disable` and `enable`.

use std::process::ExitCode;

use bowline_api::OperatorId;
use bowline_api::admin::Operator;
use clap::Subcommand;

use crate::client::Act;
use crate::when::stamp;

use super::CliError;
use super::act::perform;
use super::output::Output;
use super::page::{PageArgs, gather, print};
use super::target::Target;

/// Commands for operators.
#[derive(Debug, Subcommand)]
pub enum Operators {
    /// List operators, including disabled ones
    List(PageArgs),
    /// Disable an operator, which ends their sessions
    Disable {
        /// `op_…`
        id: OperatorId,
    },
    /// Enable a disabled operator
    Enable {
        /// `op_…`
        id: OperatorId,
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
        Operators::Disable { id } => return perform(&client, Act::DisableOperator { id: *id }, out).await,
        Operators::Enable { id } => return perform(&client, Act::EnableOperator { id: *id }, out).await,
    };
    let found = gather(page, async |place| client.operators(place).await).await?;
    print(&found, ["NAME", "ROLE", "STATE", "ADDED", "ID"], row, out)
}

fn row(operator: &Operator) -> [String; 5] {
    let state = match operator.disabled_at {
        Some(at) => format!("disabled {}", stamp(at)),
        None => "enabled".to_owned(),
    };
    let role = operator.role.to_string();
    [operator.name.clone(), role, state, stamp(operator.created_at), operator.id.to_string()]
}
