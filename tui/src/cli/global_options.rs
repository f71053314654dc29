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

impl GlobalOptions {
    /// The format that was asked for.
    pub fn format(&self) -> OutputFormat {
        self.output.unwrap_or(if self.json { OutputFormat::Json } else { OutputFormat::Table })
    }
}

/// The options of every command.
#[derive(Debug, Args)]
pub struct GlobalOptions {
    /// URL of the server, such as `https://bowline.example`
    #[arg(long, global = true, value_name = "URL", env = "BOWLINE_SERVER", hide_env_values = true)]
    pub server: Option<String>,
    /// Context in config.toml to use instead of the current one
    #[arg(long, global = true, value_name = "NAME")]
    pub context: Option<String>,
    /// Directory for config.toml and sessions, instead of the platform's
    #[arg(long, global = true, value_name = "DIR", env = "BOWLINE_CONFIG_DIR", hide_env_values = true)]
    pub config_dir: Option<PathBuf>,
    /// Print JSON; the same as --output json
    #[arg(long, global = true, conflicts_with = "output")]
    pub json: bool,
    /// Format of lists; everything else is printed as text or JSON
    #[arg(long, global = true, value_name = "FORMAT")]
    pub output: Option<OutputFormat>,
    /// Allow plain http to other machines, which exposes passwords and tokens on the network
    #[arg(long, global = true)]
    pub insecure_http: bool,
    /// Refuse every change, in the terminal client and in every command
    #[arg(long, global = true)]
    pub read_only: bool,
}
