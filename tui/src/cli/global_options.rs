//! The options of every command: the server, where its session is kept, and what is allowed.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// The format of what a command prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// For people
    Table,
    /// One document
    Json,
    /// One document on each line
    Ndjson,
    /// For spreadsheets
    Csv,
}

/// The heading of these options in the help of each command.
const GLOBAL_OPTIONS_HEADING: &str = "Options of every command";

impl GlobalOptions {
    /// The format that was asked for.
    pub fn format(&self) -> OutputFormat {
        self.output.unwrap_or(if self.json { OutputFormat::Json } else { OutputFormat::Table })
    }
}

/// The options of every command.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub struct GlobalOptions {
    /// URL of the server, such as `https://bowline.example`
    #[arg(long, global = true, help_heading = GLOBAL_OPTIONS_HEADING, value_name = "URL", env = "BOWLINE_SERVER", hide_env_values = true)]
    pub server: Option<String>,
    /// Context in config.toml to use instead of the current one
    #[arg(long, global = true, help_heading = GLOBAL_OPTIONS_HEADING, value_name = "NAME")]
    pub context: Option<String>,
    /// Directory for config.toml and sessions, instead of the platform's
    #[arg(long, global = true, help_heading = GLOBAL_OPTIONS_HEADING, value_name = "DIR", env = "BOWLINE_CONFIG_DIR", hide_env_values = true)]
    pub config_dir: Option<PathBuf>,
    /// Print JSON; the same as --output json
    #[arg(long, global = true, help_heading = GLOBAL_OPTIONS_HEADING, conflicts_with = "output")]
    pub json: bool,
    /// Format of lists; everything else is printed as text or JSON
    #[arg(long, global = true, help_heading = GLOBAL_OPTIONS_HEADING, value_name = "FORMAT")]
    pub output: Option<OutputFormat>,
    /// Allow plain http to other machines, which exposes passwords and tokens on the network
    #[arg(long, global = true, help_heading = GLOBAL_OPTIONS_HEADING)]
    pub insecure_http: bool,
    /// Append each call to this file: method, path, status, duration and request id; it is kept below 1 MiB, with the one before it
    #[arg(long, global = true, help_heading = GLOBAL_OPTIONS_HEADING, value_name = "FILE", env = "BOWLINE_LOG_FILE", hide_env_values = true)]
    pub log_file: Option<PathBuf>,
    /// Do nothing: no output is ever paged. For scripts that pass it to every program
    #[arg(long, global = true, help_heading = GLOBAL_OPTIONS_HEADING, hide = true)]
    pub no_pager: bool,
    /// Refuse every change, in the terminal client and in every command
    #[arg(long, global = true, help_heading = GLOBAL_OPTIONS_HEADING)]
    pub read_only: bool,
}
