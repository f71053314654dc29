//! `bowline-server convert`: writes what other systems have in the format of `bowline-server import`. It needs no settings and no
//! database, and asks nobody.

mod converted;
mod nango;
mod sealed_row;
mod table;

use std::io::IsTerminal as _;

use anyhow::bail;
use bowline_stdio::eprintln;

use self::converted::Converted;

/// The subcommands of `convert`.
#[derive(Debug, clap::Subcommand)]
pub(super) enum ConvertCommand {
    /// Convert connections of Nango: responses of its API, or rows of its table of connections as JSON, as
    /// docs/moving.md describes it.
    Nango(nango::Arguments),
    /// Convert a table of refresh tokens: CSV with a heading.
    Table(table::Arguments),
}

/// Runs the subcommand: prints a line for each grant on standard output.
pub(super) fn run(command: &ConvertCommand) -> anyhow::Result<()> {
    if std::io::stdout().is_terminal() {
        bail!(
            "what this prints has refresh tokens in it: pipe it into `bowline-server import -`, or into a file that only you can read"
        );
    }
    let mut output = Converted::default();
    match command {
        ConvertCommand::Nango(arguments) => nango::convert(arguments, &mut output)?,
        ConvertCommand::Table(arguments) => table::convert(arguments, &mut output)?,
    }
    eprintln!("{} grants converted, {} left out", output.converted, output.left_out);
    Ok(())
}
