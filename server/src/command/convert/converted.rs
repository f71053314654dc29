//! What converters read, and what they print: a line for each grant.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use bowline_stdio::{eprintln, println};
use secrecy::zeroize::Zeroizing;

use crate::service::moving::GrantRecord;

/// What was converted.
#[derive(Default)]
pub(super) struct Converted {
    pub(super) converted: u64,
    pub(super) left_out: u64,
}

impl Converted {
    /// Prints a grant.
    pub(super) fn grant(&mut self, grant: &GrantRecord) -> anyhow::Result<()> {
        let line = Zeroizing::new(serde_json::to_string(grant)?);
        println!("{}", *line)?;
        self.converted += 1;
        Ok(())
    }

    /// Says which grant was left out, and why. Neither may repeat a value, because a token may be in the wrong place.
    pub(super) fn leave_out(&mut self, which: &str, why: &str) {
        eprintln!("{which}: {why}");
        self.left_out += 1;
    }
}

/// A file, or standard input for `-`.
pub(super) fn open(file: &Path) -> anyhow::Result<Box<dyn BufRead>> {
    if file == Path::new("-") {
        return Ok(Box::new(std::io::stdin().lock()));
    }
    let open = File::open(file).with_context(|| format!("cannot open {}", file.display()))?;
    Ok(Box::new(BufReader::new(open)))
}

/// Where the grants come from.
#[derive(Debug, clap::Args)]
pub(in crate::command) struct Source {
    /// File to convert, or - for standard input.
    pub(super) file: PathBuf,
}
