//! `bowline contexts list`, `use` and `mark`: the servers that this machine knows.

use std::process::ExitCode;

use clap::{ArgGroup, Subcommand};

use super::output::Output;
use super::target::{CommandTarget, known};
use super::{CliError, Outcome};
use crate::cli::global_options::GlobalOptions;

/// Commands for contexts.
#[derive(Debug, Subcommand)]
pub enum ContextsCommand {
    /// List the contexts of config.toml
    List,
    /// Make a context the current one, which commands use when none is named
    Use {
        /// The context's name
        name: String,
    },
    /// Mark a context as production, or remove the mark
    #[command(group = ArgGroup::new("mark").required(true).args(["prod", "no_prod"]))]
    Mark {
        /// The context's name
        name: String,
        /// The terminal client marks it as PROD in words and colour
        #[arg(long)]
        prod: bool,
        /// It is not production
        #[arg(long)]
        no_prod: bool,
    },
}

/// Runs a command for contexts.
pub(super) fn run(
    options: &GlobalOptions,
    command: &ContextsCommand,
    out: &mut Output,
) -> Result<ExitCode, CliError> {
    let (dirs, mut config) = CommandTarget::read_config(options)?;
    match command {
        ContextsCommand::List => {
            let all: Vec<_> =
                config.contexts.iter().map(|(name, context)| known(&dirs, name, context)).collect();
            let is_current = |name: &str| config.current.as_deref() == Some(name);
            if out.is_json() {
                let items: Vec<_> = all
                    .iter()
                    .map(|context| {
                        serde_json::json!({
                            "name": context.name,
                            "server": context.server,
                            "login": context.login,
                            "prod": context.prod,
                            "logged_in": context.has_session,
                            "current": is_current(&context.name),
                        })
                    })
                    .collect();
                out.json(&items)?;
                return Ok(Outcome::Success.into());
            }
            let word = |is: bool, word: &str| if is { word.to_owned() } else { String::new() };
            let rows: Vec<_> = all
                .iter()
                .map(|context| {
                    [
                        context.name.clone(),
                        context.server.clone(),
                        context.login.clone(),
                        word(context.prod, "PROD"),
                        word(context.has_session, "yes"),
                        word(is_current(&context.name), "current"),
                    ]
                })
                .collect();
            out.table(["CONTEXT", "SERVER", "NAME", "PROD", "SESSION", "CURRENT"], &rows)?;
        }
        ContextsCommand::Use { name } => {
            config.choose(&dirs, name)?;
            out.line(&format!("the current context is {name}"))?;
        }
        ContextsCommand::Mark { name, prod, .. } => {
            config.mark(&dirs, name, *prod)?;
            out.line(&format!(
                "{name} {} production",
                if *prod { "is marked as" } else { "is not marked as" }
            ))?;
        }
    }
    Ok(Outcome::Success.into())
}
