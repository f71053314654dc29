//! Packages of npm, which are installed once from a lock file and reused.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};

/// Copies a file, or a folder without its `node_modules`. What is the same already is not written.
///
/// # Errors
/// If a file cannot be read or written.
pub fn copy(source: &Path, to: &Path) -> std::io::Result<()> {
    if !source.is_dir() {
        let text = fs::read(source)?;
        // A process that has started a program of an earlier call may be reading it now.
        if fs::read(to).ok().as_ref() != Some(&text) {
            fs::write(to, text)?;
        }
        return Ok(());
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(source)? {
        let name = entry?.file_name();
        if name != "node_modules" {
            copy(&source.join(&name), &to.join(&name))?;
        }
    }
    Ok(())
}

/// Copies the programs in `source` to `home` and installs exactly the packages of its `package-lock.json` there, unless that was done
/// already.
///
/// A lock ensures that only one process at a time installs. The call blocks.
///
/// # Errors
/// If there is no npm, or a package cannot be installed; the error says what to install.
pub fn packages(source: &Path, home: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(home).with_context(|| format!("cannot make {}", home.display()))?;
    let lock = File::create(home.with_extension("lock"))?;
    lock.lock()?;
    copy(source, home).with_context(|| format!("cannot copy {}", source.display()))?;
    let wanted = fs::read_to_string(source.join("package-lock.json"))?;
    // The marker is written last, so that an incomplete installation is done again.
    let marker = home.join("ready");
    if fs::read_to_string(&marker).is_ok_and(|ready| ready == wanted) {
        return Ok(());
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(home).stdin(Stdio::null());
    // npm does not read this variable by itself.
    if let Some(authorities) = std::env::var_os("SSL_CERT_FILE") {
        npm.env("npm_config_cafile", authorities);
    }
    let output = npm.output().context("npm is needed: on Debian, `apt-get install npm`")?;
    ensure!(output.status.success(), "npm ci: {}", String::from_utf8_lossy(&output.stderr));
    fs::write(&marker, wanted)?;
    Ok(())
}
