//! Python virtual environments with packages from `PyPI`, which are created once and reused.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};

/// Creates the virtual environment `home` with these `requirements` (such as `dropbox>=12,<13`), unless it exists
/// already.
///
/// A lock ensures that only one process at a time creates an environment. The call blocks.
///
/// # Errors
/// If there is no Python with `venv`, or a package cannot be installed; the error says what to install.
pub fn environment(home: &Path, requirements: &[&str]) -> anyhow::Result<()> {
    let wanted = requirements.join(" ");
    let parent = home.parent().context("the root directory cannot be an environment")?;
    std::fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
    let lock = File::create(home.with_extension("lock"))?;
    lock.lock()?;
    // The marker is written last, so that an incomplete environment is created again.
    let marker = home.join("ready");
    if std::fs::read_to_string(&marker).is_ok_and(|ready| ready == wanted) {
        return Ok(());
    }
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(home))
        .context("python3 with venv is needed: on Debian, `apt-get install python3 python3-venv`")?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    run(Command::new(home.join("bin/python")).args(pip).args(requirements))
        .with_context(|| format!("{wanted} from PyPI is needed"))?;
    std::fs::write(&marker, wanted)?;
    Ok(())
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    let output = command.stdin(Stdio::null()).output().context("the program could not be started")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}
