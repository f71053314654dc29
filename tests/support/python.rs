//! Python with packages from `PyPI`, in an environment of its own below the target directory.

use std::fs::File;
use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use tokio::process::Command;

use crate::scratch;

/// A virtual environment with some packages.
#[derive(Debug)]
pub struct Python {
    home: PathBuf,
}

impl Python {
    /// The environment with `requirement` (such as `dropbox>=12,<13`), made once and used again.
    ///
    /// A lock keeps test processes apart, and a marker is written last, so that half an environment is made anew.
    ///
    /// # Errors
    /// Where there is no Python with `venv`, or the package cannot be had; the error says what to install.
    pub async fn with(requirement: &str) -> anyhow::Result<Self> {
        let name: String = requirement.chars().take_while(char::is_ascii_alphanumeric).collect();
        Self::with_all(&name, &[requirement]).await
    }

    /// The same for several requirements, in the environment `name`.
    ///
    /// # Errors
    /// As those of [`Python::with`].
    pub async fn with_all(name: &str, requirements: &[&str]) -> anyhow::Result<Self> {
        let wanted = requirements.join(" ");
        let home = scratch(&format!("python-{name}"))?;
        let lock = File::create(home.with_extension("lock"))?;
        let _held = tokio::task::spawn_blocking(move || lock.lock().map(|()| lock)).await??;
        let marker = home.join("ready");
        let python = Self { home };
        if std::fs::read_to_string(&marker).is_ok_and(|ready| ready == wanted) {
            return Ok(python);
        }
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&python.home)).await.context(
            "this test needs python3 with venv: on Debian, `apt-get install python3 python3-venv`",
        )?;
        let pip = ["install", "--quiet", "--disable-pip-version-check"];
        run(Command::new(python.home.join("bin/pip")).args(pip).args(requirements))
            .await
            .with_context(|| format!("this test needs {wanted} from PyPI"))?;
        std::fs::write(&marker, wanted)?;
        Ok(python)
    }

    /// A program of the environment, such as `python`; told about no proxy and no certificates of this machine.
    pub fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.home.join("bin").join(name));
        for variable in ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
            command.env_remove(variable);
        }
        command.kill_on_drop(true);
        command
    }
}

async fn run(command: &mut Command) -> anyhow::Result<()> {
    let output = command.kill_on_drop(true).output().await.context("it could not be started")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{said}");
    Ok(())
}
