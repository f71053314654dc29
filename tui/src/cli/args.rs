//! The arguments of the command line.

use std::path::PathBuf;

use bowline_api::status::AccountStatus;
use bowline_api::{AccountId, ConnectorId};
use clap::{Args, Parser, Subcommand};

use crate::client::TenantRef;

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
never from arguments or the environment.";

/// Bowline's terminal client and command line for operators
#[derive(Debug, Parser)]
#[command(name = "bowline", version, after_help = EXIT_CODES, max_term_width = 100)]
pub struct Arguments {
    /// URL of the server, such as `https://bowline.example`
    #[arg(long, global = true, value_name = "URL", env = "BOWLINE_SERVER", hide_env_values = true)]
    pub server: Option<String>,
    /// Context in config.toml to use instead of the current one
    #[arg(long, global = true, value_name = "NAME")]
    pub context: Option<String>,
    /// Directory for config.toml and sessions, instead of the platform's
    #[arg(long, global = true, value_name = "DIR", env = "BOWLINE_CONFIG_DIR", hide_env_values = true)]
    pub config_dir: Option<PathBuf>,
    /// Print JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// Allow plain http to other machines, which exposes passwords and tokens on the network
    #[arg(long, global = true)]
    pub insecure_http: bool,
    /// Refuse every change, in the terminal client and in every command
    #[arg(long, global = true)]
    pub read_only: bool,
    /// Colour theme: dark, light, colour-blind or mono
    #[arg(long, value_name = "NAME", env = "BOWLINE_THEME", hide_env_values = true)]
    pub theme: Option<String>,
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
        /// Read the password from the first line of standard input even if it is a terminal; pipes and files are read
        /// without this option
        #[arg(long)]
        password_stdin: bool,
    },
    /// End the session, on this machine and at the server
    Logout,
    /// Show who is logged in
    Whoami,
    /// Change your password, which ends all your sessions
    Password {
        /// Read the current password from the first line of standard input, and the new one from the second
        #[arg(long)]
        passwords_stdin: bool,
    },
    /// Linked accounts
    #[command(subcommand)]
    Accounts(Accounts),
    /// Dropbox accounts that operators have suspended
    #[command(subcommand)]
    Freezes(Freezes),
    /// Tenants
    #[command(subcommand)]
    Tenants(Tenants),
    /// A tenant's connectors
    #[command(subcommand)]
    Connectors(Connectors),
    /// A tenant's API keys
    #[command(subcommand)]
    ApiKeys(ApiKeys),
    /// Links that did not complete
    #[command(subcommand)]
    Links(Links),
    /// The audit log
    #[command(subcommand)]
    Audit(Audit),
    /// Print the keys of the terminal client
    Keys,
    /// Print a shell completion script
    Completions {
        /// Shell to generate it for
        shell: clap_complete::Shell,
    },
}

/// A part of a list.
#[derive(Debug, Clone, Args)]
pub struct PageArgs {
    /// Maximum number of rows to print
    #[arg(long, value_name = "ROWS", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: u32,
    /// Continue where an earlier list ended (its "next")
    #[arg(long)]
    pub cursor: Option<String>,
}

/// Commands for accounts.
#[derive(Debug, Subcommand)]
pub enum Accounts {
    /// List the accounts of all tenants or of one
    List {
        /// Only of this tenant: short name or id
        #[arg(long)]
        tenant: Option<TenantRef>,
        /// Only in this state: active, `needs_reauth`, suspended, revoking or revoked
        #[arg(long)]
        status: Option<AccountStatus>,
        /// Only linked through this connector
        #[arg(long)]
        connector: Option<ConnectorId>,
        /// Only accounts that were granted this scope
        #[arg(long)]
        scope: Option<String>,
        /// Search e-mail, display name, external user id, provider account id and account id
        #[arg(long, value_name = "TEXT")]
        search: Option<String>,
        /// Sort order
        #[arg(long, default_value = "newest", value_parser = ["newest", "oldest", "email", "used"])]
        sort: String,
        /// The part of the list to print.
        #[command(flatten)]
        page: PageArgs,
    },
    /// Show one account and its timeline
    Show {
        /// `acct_…`
        id: AccountId,
    },
    /// Freeze an account's Dropbox account within its tenant: no tokens are issued for it, even after it is linked
    /// again
    Suspend {
        /// `acct_…`
        id: AccountId,
        /// Reason for the audit log and the tenant: 3 to 500 characters
        #[arg(long)]
        reason: Option<String>,
        /// Do not ask to type the end of the id; requires --reason
        #[arg(long, requires = "reason")]
        yes: bool,
    },
    /// Lift the freeze of an account's Dropbox account, even if the account is revoked
    Resume {
        /// `acct_…`
        id: AccountId,
        /// Reason for the audit log: 3 to 500 characters
        #[arg(long)]
        reason: Option<String>,
        /// Do not ask to type the end of the id; requires --reason
        #[arg(long, requires = "reason")]
        yes: bool,
    },
    /// Revoke an account permanently, here and at Dropbox; its user must link again
    Revoke {
        /// `acct_…`
        id: AccountId,
        /// Reason for the audit log: 3 to 500 characters
        #[arg(long)]
        reason: Option<String>,
        /// Do not ask to type the end of the id; requires --reason
        #[arg(long, requires = "reason")]
        yes: bool,
    },
}

/// Commands for freezes.
#[derive(Debug, Subcommand)]
pub enum Freezes {
    /// List freezes, including those of revoked accounts
    List {
        /// Only of this tenant: short name or id
        #[arg(long)]
        tenant: Option<TenantRef>,
        /// The part of the list to print.
        #[command(flatten)]
        page: PageArgs,
    },
    /// Lift the freeze of a Dropbox account
    Lift {
        /// Tenant: short name or id
        #[arg(long)]
        tenant: TenantRef,
        /// Dropbox account id as listed, `dbid:…`
        #[arg(long, value_name = "ID")]
        provider_account: String,
        /// Reason for the audit log: 3 to 500 characters
        #[arg(long)]
        reason: String,
    },
}

/// Commands for tenants.
#[derive(Debug, Subcommand)]
pub enum Tenants {
    /// List tenants
    List(PageArgs),
}

/// Commands for connectors.
#[derive(Debug, Subcommand)]
pub enum Connectors {
    /// List a tenant's connectors
    List {
        /// Tenant: short name or id
        #[arg(long)]
        tenant: TenantRef,
    },
    /// Disable a connector: nobody links through it and no token is refreshed until it is enabled again
    Disable(SwitchConnector),
    /// Enable a connector that was disabled
    Enable(SwitchConnector),
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

/// Commands for API keys.
#[derive(Debug, Subcommand)]
pub enum ApiKeys {
    /// List a tenant's API keys, without their secrets
    List {
        /// Tenant: short name or id
        #[arg(long)]
        tenant: TenantRef,
    },
}

/// Commands for links.
#[derive(Debug, Subcommand)]
pub enum Links {
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

/// Commands for the audit log.
#[derive(Debug, Subcommand)]
pub enum Audit {
    /// List events, newest first
    List {
        /// Log of this tenant: short name or id; the service's own log if omitted
        #[arg(long)]
        tenant: Option<TenantRef>,
        /// The part of the list to print.
        #[command(flatten)]
        page: PageArgs,
    },
    /// Check that no entry was edited or removed
    Verify {
        /// Log of this tenant: short name or id; the service's own log if omitted
        #[arg(long)]
        tenant: Option<TenantRef>,
    },
}
