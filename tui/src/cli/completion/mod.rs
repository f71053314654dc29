//! Completion in the shell, with values: the scripts that shells load, and the answers to what they ask afterwards.

mod values;

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Command, CommandFactory as _};
use clap_complete::CompleteEnv;
use clap_complete::engine::ArgValueCandidates;
use clap_complete::env::Shells;

use super::{Arguments, CliError, Outcome};

use values::ArgumentValues;

/// The variable by which a shell asks.
const COMPLETION_VARIABLE: &str = "BOWLINE_COMPLETE";

/// Answers a shell that asks for completions; returns whether one did. Nothing but completions is ever printed, because
/// a shell would show an error in the middle of the operator's line.
pub(super) fn is_answered() -> bool {
    if std::env::var_os(COMPLETION_VARIABLE).is_none_or(|shell| shell.is_empty()) {
        return false;
    }
    let here = std::env::current_dir().ok();
    let answer = CompleteEnv::with_factory(completed_command)
        .var(COMPLETION_VARIABLE)
        .bin("bowline")
        .completer("bowline");
    answer.try_complete(std::env::args_os(), here.as_deref()).unwrap_or(true)
}

/// Prints the script that makes the shell ask.
pub(super) fn print_script(shell: clap_complete::Shell) -> Result<ExitCode, CliError> {
    let shells = Shells::builtins();
    let name = shell.to_string();
    let Some(completer) = shells.completer(&name) else {
        return Err(CliError::Usage(format!("there are no completions for {name}")));
    };
    let mut script = Vec::new();
    completer.write_registration(COMPLETION_VARIABLE, "bowline", "bowline", "bowline", &mut script)?;
    let mut out = std::io::stdout().lock();
    out.write_all(&script)?;
    out.flush()?;
    Ok(Outcome::Success.into())
}

/// The command line, in which each argument that takes the name or id of something offers those that there are.
fn completed_command() -> Command {
    with_values(Arguments::command(), "")
}

/// `noun` is the command below `bowline`, such as `accounts`.
fn with_values(command: Command, noun: &str) -> Command {
    let of = noun.to_owned();
    let command = command.mut_args(|arg| match ArgumentValues::of(&of, arg.get_id().as_str()) {
        Some(values) => arg.add(ArgValueCandidates::new(move || values.candidates())),
        None => arg,
    });
    let noun = noun.to_owned();
    command.mut_subcommands(move |sub| {
        let below = if noun.is_empty() { sub.get_name().to_owned() } else { noun.clone() };
        with_values(sub, &below)
    })
}
