//! `bowline sessions list` and `end`.

use std::process::ExitCode;

use bowline_api::admin::OperatorSession;
use bowline_api::{OperatorId, SessionId};
use clap::{Args, Subcommand};

use crate::client::{Act, Client};
use crate::when::stamp;

use super::CliError;
use super::act::CommandChange;
use super::operators::named;
use super::output::Output;
use super::page::print;
use super::target::CommandTarget;

/// Commands for sessions of operators.
#[derive(Debug, Subcommand)]
pub enum SessionsCommand {
    /// List your sessions, the newest first
    List {
        /// List those of this operator instead, by `op_…` or login name; needs the role admin
        #[arg(long, value_name = "OPERATOR")]
        operator: Option<String>,
    },
    /// End one session, or all others; their owner has to log in again
    End {
        #[command(flatten)]
        which: Which,
        /// End those of this operator instead of yours, by `op_…` or login name; needs the role admin
        #[arg(long, value_name = "OPERATOR")]
        operator: Option<String>,
    },
}

/// The sessions that end.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Which {
    /// `ses_…`
    id: Option<SessionId>,
    /// All your sessions except the one of this command
    #[arg(long, conflicts_with = "operator")]
    others: bool,
    /// All sessions of the operator
    #[arg(long, requires = "operator")]
    all: bool,
}

/// Runs a command for sessions.
pub(super) async fn run(
    target: &CommandTarget,
    command: &SessionsCommand,
    out: &mut Output,
) -> Result<ExitCode, CliError> {
    let client = target.client()?;
    match command {
        SessionsCommand::List { operator } => {
            let of = other_operator(&client, operator.as_deref()).await?;
            let found = client.sessions(of).await?;
            let titles = ["ID", "LOGGED IN", "LAST USED", "ENDS", "ADDRESS", "CLIENT", "THIS ONE"];
            print(&found, titles, session_row, out)
        }
        SessionsCommand::End { which, operator } => {
            let of = other_operator(&client, operator.as_deref()).await?;
            let whose = operator
                .as_deref()
                .map_or_else(|| "your own".to_owned(), |name| format!("operator {name}'s"));
            let (act, what) = match which.id {
                Some(id) => (Act::EndSession { of, id }, format!("end session {id}")),
                None if of.is_none() => (Act::EndSessions { of }, "end all sessions but this one".to_owned()),
                None => (Act::EndSessions { of }, "end all sessions".to_owned()),
            };
            CommandChange::begin(target, &client, &format!("{what} ({whose})"))?.print(act, out).await
        }
    }
}

/// The operator whose sessions are meant, if they are not one's own.
async fn other_operator(client: &Client, named_by: Option<&str>) -> Result<Option<OperatorId>, CliError> {
    match named_by {
        Some(text) => Ok(Some(named(client, text).await?)),
        None => Ok(None),
    }
}

fn session_row(session: &OperatorSession) -> [String; 7] {
    let known = |text: &Option<String>| text.clone().unwrap_or_else(|| "unknown".to_owned());
    [
        session.id.to_string(),
        stamp(session.created_at),
        stamp(session.last_used_at),
        stamp(session.expires_at),
        known(&session.address),
        known(&session.client),
        if session.is_current { "yes".to_owned() } else { String::new() },
    ]
}
