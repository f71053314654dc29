//! What `cargo demo` can be asked for. Both of its parts read it: the launcher so that a mistake is told before anything is built.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Parser, value_parser};

/// The last port that leaves room for four more.
const LAST_FIRST_PORT: i64 = 65_531;

/// Runs Bowline, a simulated Dropbox and a sample tenant app together on this machine
#[derive(Debug, Parser)]
#[command(name = "cargo demo", bin_name = "cargo demo", version, args_conflicts_with_subcommands = true)]
pub struct Arguments {
    /// What a demo that runs is asked for; none starts one
    #[command(subcommand)]
    pub command: Option<Command>,
    /// First of five ports in a row [default: 8000, or any that are free]
    #[arg(long, value_parser = value_parser!(u16).range(1..=LAST_FIRST_PORT))]
    pub port: Option<u16>,
    /// Keep all data in this directory and go on with it the next time
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,
    /// Use the programs as they were built last
    #[arg(long)]
    pub no_build: bool,
    /// Make an app of yours a tenant, and print its variables for a shell
    #[arg(long, value_name = "NAME", requires = "return_urls", value_parser = app_name)]
    pub app: Option<String>,
    /// Where browsers are sent back to, such as <http://localhost:5000/linked>; once for each
    #[arg(long = "return-url", value_name = "URL", requires = "app", value_parser = return_url)]
    pub return_urls: Vec<String>,
    /// What the app asks for, once for each [default: those that reading files takes]
    #[arg(long = "scope", value_name = "SCOPE", requires = "app")]
    pub scopes: Vec<String>,
}

/// A command for a demo that runs.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Makes an app of yours a tenant of the demo that runs, and prints its variables for a shell
    #[command(visible_alias = "app")]
    AddApp {
        /// The app's name as end users see it
        #[arg(value_parser = app_name)]
        name: String,
        /// Where browsers are sent back to, such as <http://localhost:5000/linked>; once for each
        #[arg(long = "return-url", value_name = "URL", required = true, value_parser = return_url)]
        return_urls: Vec<String>,
        /// What the app asks for, once for each [default: those that reading files takes]
        #[arg(long = "scope", value_name = "SCOPE")]
        scopes: Vec<String>,
        /// The first port of the demo, if several run
        #[arg(long)]
        port: Option<u16>,
    },
}

impl Arguments {
    /// The arguments of this process. Where they are a mistake or a question, this answers and ends the process.
    pub fn read() -> Self {
        // `cargo demo -- --app NAME` arrives with its `--`, because cargo has taken that of the alias.
        let mut words: Vec<OsString> = std::env::args_os().collect();
        if words.get(1).is_some_and(|word| word == "--") {
            words.remove(1);
        }
        bowline_stdio::arguments_from("cargo demo", words)
    }
}

/// A name as Bowline will keep it, so that the same app is found again however its name was typed.
fn app_name(text: &str) -> Result<String, &'static str> {
    let name = text.trim();
    if name.is_empty() { Err("an app needs a name") } else { Ok(name.to_owned()) }
}

/// Bowline decides on the rest, but only once everything has been built and started.
fn return_url(text: &str) -> Result<String, &'static str> {
    let lower = text.to_ascii_lowercase();
    if lower.starts_with("http://") || lower.starts_with("https://") {
        return Ok(text.to_owned());
    }
    Err("a return URL begins with http:// or https://, such as http://localhost:5000/linked")
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
        let asked = read(&["--app", " Mine\t", "--return-url", "HTTP://localhost/"]).unwrap();
        assert_eq!(asked.app.as_deref(), Some("Mine"));
    }
}
