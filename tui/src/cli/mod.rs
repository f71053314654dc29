//! The command line, which gives scripts the same functions as the screens.

mod accounts;
mod act;
mod ages;
mod api_keys;
mod arguments;
mod audit;
mod completion;
mod connectors;
mod contexts;
mod drain_stop;
mod events;
mod exit;
mod freezes;
mod global_options;
mod jobs;
mod keys;
mod links;
mod listen;
mod login;
mod manual;
mod operators;
mod output;
mod overview;
mod page;
mod password;
mod proof;
mod qr;
mod secret;
mod sessions;
mod shown_once;
mod sign_on;
mod target;
mod tenants;
mod totp;
mod webhooks;

use std::io::{IsTerminal as _, stdin, stdout};
use std::process::ExitCode;

use crate::app::{Presentation, Setup, Start};
use crate::client::SignOnWay;
use crate::config::Config;
use crate::terminal;
use crate::text::sanitize;
use crate::theme::{THEMES, Theme};

pub use arguments::{Arguments, Command};
pub use exit::{CliError, Outcome};
use output::Output;
use target::CommandTarget;

/// Parses the arguments and runs the command.
pub fn main() -> ExitCode {
    if completion::is_answered() {
        return ExitCode::SUCCESS;
    }
    let arguments: Arguments = bowline_stdio::arguments("bowline");
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => return report_error(&CliError::Other(e.into())),
    };
    let ended = runtime.block_on(async {
        tokio::select! {
            ended = run(arguments) => ended,
            code = terminal::interrupted() => Err(code.map_or_else(CliError::Io, CliError::Ended)),
        }
    });
    // A DNS lookup may still block a thread; the program does not wait for it.
    runtime.shutdown_background();
    ended.unwrap_or_else(|error| report_error(&error))
}

fn report_error(error: &CliError) -> ExitCode {
    if !error.is_broken_pipe() && !matches!(error, CliError::Ended(_)) {
        bowline_stdio::eprintln!("error: {}", sanitize(&error.to_string()));
    }
    ExitCode::from(error.code())
}

async fn run(arguments: Arguments) -> Result<ExitCode, CliError> {
    let mut out = Output::new(Box::new(stdout().lock()), arguments.options.format());
    match &arguments.command {
        None => terminal_client(&arguments, None).await,
        Some(Command::Open { place }) => terminal_client(&arguments, Some(place.clone())).await,
        Some(Command::Completions { shell }) => completion::print_script(*shell),
        Some(Command::Man { directory }) => manual::write(directory.as_deref()),
        Some(Command::Contexts(command)) => contexts::run(&arguments.options, command, &mut out),
        Some(Command::Listen(wanted)) => listen::run(&arguments.options, wanted, &mut out).await,
        Some(Command::Keys) => keys::print(&CommandTarget::read_config(&arguments.options)?.1, &mut out),
        Some(command) => {
            let target = CommandTarget::find(&arguments.options)?;
            match command {
                Command::Login { sso: true, device, .. } => {
                    let way = if *device { SignOnWay::Device } else { SignOnWay::Browser };
                    login::sign_on(target, way, &mut out).await
                }
                Command::Login { name, password_stdin, .. } => {
                    login::login(target, name.as_deref(), *password_stdin, &mut out).await
                }
                Command::Logout => login::logout(target, &mut out).await,
                Command::Password { passwords_stdin } => {
                    password::change(target, *passwords_stdin, &mut out).await
                }
                Command::Whoami => login::whoami(&target, &mut out).await,
                Command::Accounts(command) => accounts::run(&target, command, &mut out).await,
                Command::Freezes(command) => freezes::run(&target, command, &mut out).await,
                Command::Jobs(command) => jobs::run(&target, command, &mut out).await,
                Command::Tenants(command) => tenants::run(&target, command, &mut out).await,
                Command::Connectors(command) => connectors::run(&target, command, &mut out).await,
                Command::ApiKeys(command) => api_keys::run(&target, command, &mut out).await,
                Command::Webhooks(command) => webhooks::run(&target, command, &mut out).await,
                Command::DrainStop(command) => drain_stop::run(&target, command, &mut out).await,
                Command::Operators(command) => operators::run(&target, command, &mut out).await,
                Command::Totp(command) => totp::run(&target, command, &mut out).await,
                Command::Sessions(command) => sessions::run(&target, command, &mut out).await,
                Command::Overview => overview::run(&target, &mut out).await,
                Command::Links(command) => links::run(&target, command, &mut out).await,
                Command::Audit(command) => audit::run(&target, command, &mut out).await,
                Command::Events(wanted) => {
                    events::run(&target, wanted, arguments.options.output, &mut out).await
                }
                Command::Completions { .. }
                | Command::Contexts(_)
                | Command::Keys
                | Command::Listen(_)
                | Command::Man { .. }
                | Command::Open { .. } => Ok(ExitCode::SUCCESS),
            }
        }
    }
}

async fn terminal_client(arguments: &Arguments, start: Option<Start>) -> Result<ExitCode, CliError> {
    if !stdin().is_terminal() || !stdout().is_terminal() {
        return Err(CliError::Usage(
            "the terminal client needs a terminal; for scripts there is: bowline --help".to_owned(),
        ));
    }
    let (dirs, config) = CommandTarget::read_config(&arguments.options)?;
    let theme = theme_named(arguments, &config)?;
    let (setup, runner) = CommandTarget::for_terminal(&arguments.options, dirs, config)?;
    let presentation = if arguments.plain { Presentation::Linear } else { Presentation::Drawn };
    let setup = Setup { presentation, start, ..setup };
    Ok(terminal::start(setup, theme, runner).await?)
}

/// `NO_COLOR` (any value that is not empty) overrides everything except `--theme`.
fn theme_named(arguments: &Arguments, config: &Config) -> Result<Theme, CliError> {
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let name = match (&arguments.theme, no_color) {
        (Some(name), _) => name,
        (None, true) => return Ok(Theme::Mono),
        (None, false) => match &config.theme {
            Some(name) => name,
            None => return Ok(Theme::default()),
        },
    };
    Theme::named(name).ok_or_else(|| {
        let known: Vec<_> = THEMES.iter().map(|(name, _)| *name).collect();
        CliError::Usage(format!("unknown theme {name:?}; available themes: {}", known.join(", ")))
    })
}
