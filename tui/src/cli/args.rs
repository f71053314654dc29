//! What can be said on the command line.

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
  5  there is no such thing
  6  the server refused the request
  7  no answer, or the server asks to wait: try again later
  8  audit verify found the log broken
  9  not confirmed, or --read-only was given: nothing was done
  128 + n  ended by signal n

Without a command the terminal client starts. A password is asked for or read from standard input;
it is never taken from arguments or the environment.";

/// Bowline's terminal client and command line for operators
#[derive(Debug, Parser)]
#[command(name = "bowline", version, after_help = EXIT_CODES, max_term_width = 100)]
pub struct Arguments {
    /// Server to speak to, such as `https://bowline.example`
    #[arg(long, global = true, value_name = "URL", env = "BOWLINE_SERVER", hide_env_values = true)]
    pub server: Option<String>,
    /// Context of config.toml to use instead of the current one
    #[arg(long, global = true, value_name = "NAME")]
    pub context: Option<String>,
    /// Directory of config.toml and the sessions instead of the platform's
    #[arg(long, global = true, value_name = "DIR", env = "BOWLINE_CONFIG_DIR", hide_env_values = true)]
    pub config_dir: Option<PathBuf>,
    /// Print JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// Allow plain http to other machines: passwords and tokens can then be read on the way
    #[arg(long, global = true)]
    pub insecure_http: bool,
    /// Refuse everything that changes something, in the terminal client and in every command
    #[arg(long, global = true)]
    pub read_only: bool,
    /// dark, light, colour-blind or mono
    #[arg(long, value_name = "NAME", env = "BOWLINE_THEME", hide_env_values = true)]
    pub theme: Option<String>,
    /// What to do; the terminal client if left out
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Log in and keep the session on this machine
    Login {
        /// Your login name; the context's if left out
        #[arg(long)]
        name: Option<String>,
        /// Read the password from the first line of standard input even if that is a terminal; it is read from a pipe or a
        /// file without this
        #[arg(long)]
        password_stdin: bool,
    },
    /// End the session, here and at the server
    Logout,
    /// Show who is logged in
    Whoami,
    /// Change your password; all your sessions end
    Password {
        /// Read the current password from the first line of standard input, and the new one from the second
        #[arg(long)]
        passwords_stdin: bool,
    },
    /// Linked accounts
    #[command(subcommand)]
    Accounts(Accounts),
    /// What operators have suspended
    #[command(subcommand)]
    Freezes(Freezes),
    /// Tenants
    #[command(subcommand)]
    Tenants(Tenants),
    /// Connectors of a tenant
    #[command(subcommand)]
    Connectors(Connectors),
    /// API keys of a tenant
    #[command(subcommand)]
    ApiKeys(ApiKeys),
    /// Links that came to no end
    #[command(subcommand)]
    Links(Links),
    /// The log of who did what
    #[command(subcommand)]
    Audit(Audit),
    /// Print the keys of the terminal client
    Keys,
    /// Print a completion script
    Completions {
        /// For which shell
        shell: clap_complete::Shell,
    },
}

/// Which part of a list.
#[derive(Debug, Clone, Args)]
pub struct PageArgs {
    /// Rows to print at most
    #[arg(long, value_name = "ROWS", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: u32,
    /// Go on where an earlier list ended (its "next")
    #[arg(long)]
    pub cursor: Option<String>,
}

/// Commands about accounts.
#[derive(Debug, Subcommand)]
pub enum Accounts {
    /// List accounts over all tenants or one
    List {
        /// Of this tenant alone: short name or id
        #[arg(long)]
        tenant: Option<TenantRef>,
        /// In this state alone: active, `needs_reauth`, suspended, revoking or revoked
        #[arg(long)]
        status: Option<AccountStatus>,
        /// Linked through this connector alone
        #[arg(long)]
        connector: Option<ConnectorId>,
        /// That were granted this scope
        #[arg(long)]
        scope: Option<String>,
        /// Look in e-mail, display name, external user id, provider account id and account id
        #[arg(long, value_name = "TEXT")]
        search: Option<String>,
        /// In this order
        #[arg(long, default_value = "newest", value_parser = ["newest", "oldest", "email", "used"])]
        sort: String,
        /// Which part of the list
        #[command(flatten)]
        page: PageArgs,
    },
    /// Show one account and what happened to it
    Show {
        /// `acct_…`
        id: AccountId,
    },
    /// Freeze the Dropbox account of an account within its tenant: no token of it is handed out, also after it is linked again
    Suspend {
        /// `acct_…`
        id: AccountId,
        /// Why, for the audit log and the tenant: 3 to 500 characters
        #[arg(long)]
        reason: Option<String>,
        /// Do it without typing the end of the id; wants --reason
        #[arg(long, requires = "reason")]
        yes: bool,
    },
    /// Lift the freeze of the Dropbox account of an account; also where that account is revoked
    Resume {
        /// `acct_…`
        id: AccountId,
        /// Why, for the audit log: 3 to 500 characters
        #[arg(long)]
        reason: Option<String>,
        /// Do it without typing the end of the id; wants --reason
        #[arg(long, requires = "reason")]
        yes: bool,
    },
    /// Revoke an account for good, here and at Dropbox; its user must link again
    Revoke {
        /// `acct_…`
        id: AccountId,
        /// Why, for the audit log: 3 to 500 characters
        #[arg(long)]
        reason: Option<String>,
        /// Do it without typing the end of the id; wants --reason
        #[arg(long, requires = "reason")]
        yes: bool,
    },
}

/// Commands about freezes.
#[derive(Debug, Subcommand)]
pub enum Freezes {
    /// List what is frozen, also where the account is revoked
    List {
        /// Of this tenant alone: short name or id
        #[arg(long)]
        tenant: Option<TenantRef>,
        /// Which part of the list
        #[command(flatten)]
        page: PageArgs,
    },
    /// Lift a freeze by the Dropbox account that it is on
    Lift {
        /// Short name or id
        #[arg(long)]
        tenant: TenantRef,
        /// `dbid:…`, as the list has it
        #[arg(long, value_name = "ID")]
        provider_account: String,
        /// Why, for the audit log: 3 to 500 characters
        #[arg(long)]
        reason: String,
    },
}

/// Commands about tenants.
#[derive(Debug, Subcommand)]
pub enum Tenants {
    /// List tenants
    List(PageArgs),
}

/// Commands about connectors.
#[derive(Debug, Subcommand)]
pub enum Connectors {
    /// List a tenant's connectors
    List {
        /// Short name or id
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
    /// Why, for the audit log: 3 to 500 characters
    #[arg(long)]
    pub reason: String,
}

/// Commands about API keys.
#[derive(Debug, Subcommand)]
pub enum ApiKeys {
    /// List a tenant's API keys, without their secrets
    List {
        /// Short name or id
        #[arg(long)]
        tenant: TenantRef,
    },
}

/// Commands about links.
#[derive(Debug, Subcommand)]
pub enum Links {
    /// List links whose answer from Dropbox was lost: it may believe that the app is connected, and nobody holds that grant
    Lost {
        /// Of this tenant: short name or id
        #[arg(long)]
        tenant: Option<TenantRef>,
        /// Which part of the list
        #[command(flatten)]
        page: PageArgs,
    },
}

/// Commands about the log.
#[derive(Debug, Subcommand)]
pub enum Audit {
    /// List what was done, newest first
    List {
        /// Of this tenant: short name or id
        #[arg(long)]
        tenant: Option<TenantRef>,
        /// Which part of the list
        #[command(flatten)]
        page: PageArgs,
    },
    /// Check that no entry was edited or removed
    Verify {
        /// The log of this tenant: short name or id
        #[arg(long)]
        tenant: Option<TenantRef>,
    },
}
