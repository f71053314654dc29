//! The options of every command: the server, where its session is kept, and what is allowed.

use std::path::PathBuf;

use clap::Args;

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
    /// Print JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// Allow plain http to other machines, which exposes passwords and tokens on the network
    #[arg(long, global = true)]
    pub insecure_http: bool,
    /// Refuse every change, in the terminal client and in every command
    #[arg(long, global = true)]
    pub read_only: bool,
}
