//! `bowline man`: the manual pages, made of the same text as `--help`.

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use clap::CommandFactory as _;

use super::{Arguments, CliError, Outcome};

/// Prints `bowline(1)`, or writes a page for each command into the directory.
pub(super) fn write(directory: Option<&Path>) -> Result<ExitCode, CliError> {
    let command = Arguments::command();
    if let Some(directory) = directory {
        clap_mangen::generate_to(command, directory)?;
    } else {
        let mut page = Vec::new();
        clap_mangen::Man::new(command).render(&mut page)?;
        let mut out = std::io::stdout().lock();
        out.write_all(&page)?;
        out.flush()?;
    }
    Ok(Outcome::Success.into())
}
