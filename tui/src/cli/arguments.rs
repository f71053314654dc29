//! The command line: its options and its commands.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::app::Start;
use crate::registry::action::{Action, registry};
use crate::registry::place::Place;
use crate::text::{CONFIRM_CHARS, SHOWN_CHARS};

use super::accounts::Accounts;
use super::api_keys::ApiKeys;
use super::audit::Audit;
use super::connectors::Connectors;
use super::contexts::Contexts;
use super::drain_stop::DrainStops;
use super::events::Events;
use super::freezes::Freezes;
use super::global_options::GlobalOptions;
use super::jobs::Jobs;
use super::links::Links;
use super::listen::Listen;
use super::operators::Operators;
use super::sessions::Sessions;
use super::tenants::Tenants;
use super::totp::Totp;
use super::webhooks::Webhooks;

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
        #[arg(value_name = "ID|SCREEN", value_parser = start)]
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
    Totp(Totp),
    /// Linked accounts
    #[command(subcommand)]
    Accounts(Accounts),
    /// Dropbox accounts that operators have suspended
    #[command(subcommand)]
    Freezes(Freezes),
    /// One act on many accounts: prepared, confirmed, followed
    #[command(subcommand)]
    Jobs(Jobs),
    /// Tenants
    #[command(subcommand)]
    Tenants(Tenants),
    /// A tenant's connectors
    #[command(subcommand)]
    Connectors(Connectors),
    /// A tenant's API keys
    #[command(subcommand)]
    ApiKeys(ApiKeys),
    /// A tenant's endpoints that are told of events, and what was delivered to them
    #[command(subcommand)]
    Webhooks(Webhooks),
    /// The automatic stop of API keys that fetch far more than usual
    #[command(subcommand)]
    DrainStop(DrainStops),
    /// Operators
    #[command(subcommand)]
    Operators(Operators),
    /// Sessions of operators
    #[command(subcommand)]
    Sessions(Sessions),
    /// Links that did not complete
    #[command(subcommand)]
    Links(Links),
    /// The audit log
    #[command(subcommand)]
    Audit(Audit),
    /// Print events of the audit logs as they happen
    Events(Events),
    /// For a tenant's developers: print a tenant's events as they happen, and pass them on to an app on this machine
    Listen(Listen),
    /// The servers that this machine knows
    #[command(subcommand)]
    Contexts(Contexts),
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
fn start(text: &str) -> Result<Start, String> {
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
