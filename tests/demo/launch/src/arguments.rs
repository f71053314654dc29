//! The arguments of `cargo demo`. Both of its parts read them; the launcher does so to report mistakes before anything is built.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Parser, value_parser};

/// The last port that leaves room for four more.
const LAST_FIRST_PORT: i64 = 65_531;

/// Runs Bowline, a simulated Dropbox and a sample tenant app together on this machine
#[derive(Debug, Parser)]
#[command(name = "cargo demo", bin_name = "cargo demo", version, args_conflicts_with_subcommands = true)]
pub struct Arguments {
    /// A command for a running demo; without one, a demo starts
    #[command(subcommand)]
    pub command: Option<Command>,
    /// First of five ports in a row [default: 8000, or any that are free]
    #[arg(long, value_parser = value_parser!(u16).range(1..=LAST_FIRST_PORT))]
    pub port: Option<u16>,
    /// Keep all data in this directory and continue with it the next time
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,
    /// Use the programs as they were built last
    #[arg(long)]
    pub no_build: bool,
    /// Make your app a tenant, and print its variables for a shell
    #[arg(long, value_name = "NAME", requires = "return_urls", value_parser = app_name)]
    pub app: Option<String>,
    /// URL to which browsers are sent back, such as <http://localhost:5000/linked>; once for each
    #[arg(long = "return-url", value_name = "URL", requires = "app", value_parser = return_url)]
    pub return_urls: Vec<String>,
    /// Scope that the app requests, once for each [default: those for reading files]
    #[arg(long = "scope", value_name = "SCOPE", requires = "app")]
    pub scopes: Vec<String>,
    /// URL of the app that is told of events, such as <http://localhost:5000/hooks>
    #[arg(long, value_name = "URL", requires = "app", value_parser = webhook_url)]
    pub webhook_url: Option<String>,
}

/// A command for a running demo.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Makes your app a tenant of the running demo, and prints its variables for a shell
    #[command(visible_alias = "app")]
    AddApp {
        /// The app's name as end users see it
        #[arg(value_parser = app_name)]
        name: String,
        /// URL to which browsers are sent back, such as <http://localhost:5000/linked>; once for each
        #[arg(long = "return-url", value_name = "URL", required = true, value_parser = return_url)]
        return_urls: Vec<String>,
        /// Scope that the app requests, once for each [default: those for reading files]
        #[arg(long = "scope", value_name = "SCOPE")]
        scopes: Vec<String>,
        /// URL of the app that is told of events, such as <http://localhost:5000/hooks>
        #[arg(long, value_name = "URL", value_parser = webhook_url)]
        webhook_url: Option<String>,
        /// The first port of the demo, if several run
        #[arg(long)]
        port: Option<u16>,
    },
}

impl Arguments {
    /// The arguments of this process. If they are wrong or ask for help, this prints a message and ends the process.
    pub fn read() -> Self {
        // `cargo demo -- --app NAME` arrives with its `--`, because cargo consumes the one of the alias.
        let mut words: Vec<OsString> = std::env::args_os().collect();
        if words.get(1).is_some_and(|word| word == "--") {
            words.remove(1);
        }
        bowline_stdio::arguments_from("cargo demo", words)
    }
}

/// A name as Bowline will store it, so that the same app is found again however its name was typed.
fn app_name(text: &str) -> Result<String, &'static str> {
    let name = text.trim();
    if name.is_empty() { Err("an app needs a name") } else { Ok(name.to_owned()) }
}

/// Bowline checks the rest, but only after everything has been built and started.
fn is_url(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    lower.starts_with("http://") || lower.starts_with("https://")
}

fn return_url(text: &str) -> Result<String, &'static str> {
    let wrong = "a return URL begins with http:// or https://, such as http://localhost:5000/linked";
    is_url(text).then(|| text.to_owned()).ok_or(wrong)
}

fn webhook_url(text: &str) -> Result<String, &'static str> {
    let wrong = "a webhook URL begins with http:// or https://, such as http://localhost:5000/hooks";
    is_url(text).then(|| text.to_owned()).ok_or(wrong)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn an_app_has_a_name_and_a_return_url() {
        Arguments::command().debug_assert();
        let read = |words: &[&str]| Arguments::try_parse_from([&["cargo demo"], words].concat());
        assert!(read(&["--app", "Mine"]).is_err() && read(&["--return-url", "http://localhost/"]).is_err());
        let asked = read(&["--app", "Mine", "--return-url", "http://localhost/"]).unwrap();
        assert!(asked.command.is_none() && asked.app.as_deref() == Some("Mine"));
        assert!(read(&["add-app", "Mine"]).is_err());
        let asked = read(&["app", "Mine", "--return-url", "http://localhost/"]).unwrap();
        assert!(matches!(asked.command, Some(Command::AddApp { .. })));
        assert!(read(&["--webhook-url", "http://localhost/"]).is_err());
        assert!(read(&["add-app", "Mine", "--return-url", "http://a/", "--webhook-url", "a"]).is_err());
        let asked = read(&["--app", " Mine\t", "--return-url", "HTTP://localhost/"]).unwrap();
        assert_eq!(asked.app.as_deref(), Some("Mine"));
    }
}
