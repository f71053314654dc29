//! The command line: its options and its commands.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::app::Start;
use crate::registry::action::{Action, registry};
use crate::registry::place::Place;
use crate::text::{CONFIRM_CHARS, SHOWN_CHARS};

use super::accounts::AccountsCommand;
use super::api_keys::ApiKeysCommand;
use super::audit::AuditCommand;
use super::connectors::ConnectorsCommand;
use super::contexts::ContextsCommand;
use super::drain_stop::DrainStopCommand;
use super::events::EventsArguments;
use super::freezes::FreezesCommand;
use super::global_options::GlobalOptions;
use super::jobs::JobsCommand;
use super::links::LinksCommand;
use super::listen::ListenArguments;
use super::operators::OperatorsCommand;
use super::sessions::SessionsCommand;
use super::tenants::TenantsCommand;
use super::totp::TotpCommand;
use super::webhooks::WebhooksCommand;

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  something else went wrong
  2  wrong arguments
  3  not logged in, or the session has ended
  4  your role does not allow it
  5  not found
  6  the server refused the request
  7  no answer, or the server is busy: try again later
  8  audit verify found the log broken
  9  not confirmed, or --read-only was given: nothing was done
  128 + n  ended by signal n

Without a command, the terminal client starts. Passwords are prompted for or read from standard input,
never from arguments or the environment. The API key of `bowline listen` may be in the environment.";

/// Bowline's terminal client and command line for operators
#[derive(Debug, Parser)]
#[command(name = "bowline", version, after_help = EXIT_CODES, max_term_width = 100)]
pub struct Arguments {
    /// The options of every command.
    #[command(flatten)]
    pub options: GlobalOptions,
    /// Colour theme: dark, light, colour-blind, tritan, mono or ascii
    #[arg(long, value_name = "NAME", env = "BOWLINE_THEME", hide_env_values = true)]
    pub theme: Option<String>,
    /// Tell what is on the screen line by line, for screen readers, braille displays and logs; ctrl-l tells it again
    #[arg(long, env = "BOWLINE_PLAIN", hide_env_values = true)]
    pub plain: bool,
    /// Command to run; the terminal client if omitted
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// A command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Log in and save the session on this machine
    Login {
        /// Your login name; the context's if omitted
        #[arg(long)]
        name: Option<String>,
        /// Read the password from the first line of standard input, and a one-time code from the second if you need one, even if it is a terminal; pipes and files are read
        /// without this option
        #[arg(long)]
        password_stdin: bool,
        /// Log in at the identity provider, in a browser on this machine
        #[arg(long, conflicts_with_all = ["name", "password_stdin"])]
        sso: bool,
        /// With --sso: log in on another device, with a code
        #[arg(long, requires = "sso")]
        device: bool,
    },
    /// Start the terminal client with one account, one job, or a screen
    Open {
        /// Id of an account or a job, the id of an account as lists shorten it (`acct_01h4…5k2qxz`), or name of a screen such as `audit`
        #[arg(value_name = "ID|SCREEN", value_parser = start_place)]
        place: Start,
    },
    /// End the session, on this machine and at the server
    Logout,
    /// Show who is logged in
    Whoami,
    /// Change your password, which ends all your sessions
    Password {
        /// Read the current password from the first line of standard input, the new one from the second, and a one-time code from
        /// the third if you need one
        #[arg(long)]
        passwords_stdin: bool,
    },
    /// Show what there is, what happened in the last hour, and what does not work now
    Overview,
    /// One-time codes for your logins
    #[command(subcommand)]
    Totp(TotpCommand),
    /// Linked accounts
    #[command(subcommand)]
    Accounts(AccountsCommand),
    /// Dropbox accounts that operators have suspended
    #[command(subcommand)]
    Freezes(FreezesCommand),
    /// One act on many accounts: prepared, confirmed, followed
    #[command(subcommand)]
    Jobs(JobsCommand),
    /// Tenants
    #[command(subcommand)]
    Tenants(TenantsCommand),
    /// A tenant's connectors
    #[command(subcommand)]
    Connectors(ConnectorsCommand),
    /// A tenant's API keys
    #[command(subcommand)]
    ApiKeys(ApiKeysCommand),
    /// A tenant's endpoints that are told of events, and what was delivered to them
    #[command(subcommand)]
    Webhooks(WebhooksCommand),
    /// The automatic stop of API keys that fetch far more than usual
    #[command(subcommand)]
    DrainStop(DrainStopCommand),
    /// Operators
    #[command(subcommand)]
    Operators(OperatorsCommand),
    /// Sessions of operators
    #[command(subcommand)]
    Sessions(SessionsCommand),
    /// Links that did not complete
    #[command(subcommand)]
    Links(LinksCommand),
    /// The audit log
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Print events of the audit logs as they happen
    Events(EventsArguments),
    /// For a tenant's developers: print a tenant's events as they happen, and pass them on to an app on this machine
    Listen(ListenArguments),
    /// The servers that this machine knows
    #[command(subcommand)]
    Contexts(ContextsCommand),
    /// Print the keys of the terminal client
    Keys,
    /// Print the manual page, or write a page for each command into a directory
    Man {
        /// An existing directory, such as /usr/local/share/man/man1
        directory: Option<PathBuf>,
    },
    /// Print a script that completes commands, options, names and ids in a shell
    Completions {
        /// Shell to generate it for
        shell: clap_complete::Shell,
    },
}

/// The names of the screens, with their places.
pub(super) fn screens() -> impl Iterator<Item = (&'static str, Place)> {
    registry().filter_map(|entry| match entry.action {
        Action::Go(place) => Some((entry.name, place)),
        _ => None,
    })
}

/// Whether this is the id of an account as lists shorten it.
fn is_shortened(text: &str) -> bool {
    let parts = text.strip_prefix("acct_").and_then(|rest| rest.split_once('…'));
    let is_part =
        |part: &str, length| part.len() == length && part.bytes().all(|b| b.is_ascii_alphanumeric());
    parts.is_some_and(|(head, end)| is_part(head, SHOWN_CHARS) && is_part(end, CONFIRM_CHARS))
}

/// What an id or a screen's name stands for.
fn start_place(text: &str) -> Result<Start, String> {
    if let Ok(id) = text.parse() {
        return Ok(Start::Place(Place::Account(id)));
    }
    if let Ok(id) = text.parse() {
        return Ok(Start::Place(Place::Job(id)));
    }
    let shortened = text.replace("...", "…");
    if is_shortened(&shortened) {
        return Ok(Start::Shortened(shortened));
    }
    screens().find(|(name, _)| *name == text).map(|(_, place)| Start::Place(place)).ok_or_else(|| {
        let names: Vec<_> = screens().map(|(name, _)| name).collect();
        format!("neither an account's id (acct_…), nor a job's (job_…), nor a screen: {}", names.join(", "))
    })
}
