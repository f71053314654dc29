//! `bowline links lost`.

use std::process::ExitCode;

use bowline_api::admin::LostExchange;
use clap::Subcommand;

use crate::client::TenantRef;
use crate::when::stamp;

use super::CliError;
use super::output::Output;
use super::page::{PageArgs, list};
use super::target::CommandTarget;

/// Commands for links.
#[derive(Debug, Subcommand)]
pub enum LinksCommand {
    /// List links whose token response from Dropbox was lost: Dropbox may show the app as connected, but nobody holds
    /// the grant
    Lost {
        /// Only of this tenant: short name or id
        #[arg(long)]
        tenant: Option<TenantRef>,
        /// The part of the list to print.
        #[command(flatten)]
        page: PageArgs,
    },
}

/// Runs a command for links.
pub(super) async fn run(
    target: &CommandTarget,
    command: &LinksCommand,
    out: &mut Output,
) -> Result<ExitCode, CliError> {
    let client = target.client()?;
    let LinksCommand::Lost { tenant, page } = command;
    let fetch = async |place| client.lost_exchanges(tenant.as_ref(), place).await;
    list(page, fetch, ["FAILED", "TENANT", "USER", "REASON", "LINK SESSION"], lost_exchange_row, out).await
}

fn lost_exchange_row(lost: &LostExchange) -> [String; 5] {
    [
        stamp(lost.failed_at.unwrap_or(lost.created_at)),
        lost.tenant.clone(),
        lost.external_user_id.clone(),
        lost.reason.clone(),
        lost.link_session_id.to_string(),
    ]
}
