//! Packages of npm, which are installed once from a lock file and reused.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};

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
    for entry in fs::read_dir(source).with_context(|| format!("cannot read {}", source.display()))? {
        let entry = entry?;
        let (text, copy) = (fs::read(entry.path()), home.join(entry.file_name()));
        // A process that has started a program of an earlier call may be reading it now.
        if let Ok(text) = text
            && fs::read(&copy).ok().as_ref() != Some(&text)
        {
            fs::write(copy, text)?;
        }
    }
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
