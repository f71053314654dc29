//! Python with packages from `PyPI`, in a virtual environment below the target directory.

use std::path::{Path, PathBuf};

use bowline_verify::python;
use tokio::process::Command;

use crate::scratch;

/// The packages that generate the client, as people install them.
const GENERATOR: &str = include_str!("../../clients/python/generator.txt");

/// A virtual environment with some packages.
#[derive(Debug)]
pub struct Python {
    home: PathBuf,
}

impl Python {
    /// The environment with `requirement` (such as `dropbox>=12,<13`), created once and reused.
    pub async fn with(requirement: &'static str) -> anyhow::Result<Self> {
        let name: String = requirement.chars().take_while(char::is_ascii_alphanumeric).collect();
        Self::with_all(&name, &[requirement]).await
    }

    /// Like [`with`](Self::with), for several requirements in the environment `name`.
    pub async fn with_all(name: &str, requirements: &[&'static str]) -> anyhow::Result<Self> {
        let home = scratch(&format!("python-{name}"))?;
        let (path, requirements) = (home.clone(), requirements.to_vec());
        tokio::task::spawn_blocking(move || python::environment(&path, &requirements)).await??;
        Ok(Self { home })
    }

    /// Bowline's own client, installed from its folder, with what generates and checks it and what its examples use.
    pub async fn with_client() -> anyhow::Result<Self> {
        let mut requirements: Vec<&'static str> = GENERATOR.lines().collect();
        requirements.extend(["dropbox>=12,<13", "flask>=3,<4", "mypy==2.4.1", "pytest>=9,<10"]);
        let python = Self::with_all("client", &requirements).await?;
        let home = python.home.clone();
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../clients/python");
        tokio::task::spawn_blocking(move || python::package(&home, &source)).await??;
        Ok(python)
    }

    /// A program of the environment, such as `python`, without the variables that name this machine's proxies.
    pub fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.home.join("bin").join(name));
        for variable in ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
            command.env_remove(variable);
        }
        command.kill_on_drop(true);
        command
    }
}
