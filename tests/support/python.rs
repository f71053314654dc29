//! Python with packages from `PyPI`, in a virtual environment below the target directory.

use std::path::{Path, PathBuf};

use bowline_verify::python;
use tokio::process::Command;

use crate::scratch;

/// The packages that generate the client, as people install them.
const GENERATOR: &str = include_str!("../../clients/python/generator.txt");

/// The frameworks of the client's examples. Django is the release with long-term support, which runs on Python 3.11.
const EXAMPLES: [&str; 5] =
    ["django==5.2.19", "fastapi==0.165.0", "flask>=3,<4", "python-multipart==0.0.34", "uvicorn==0.54.0"];

/// A virtual environment with some packages.
#[derive(Debug)]
pub struct Python {
    home: PathBuf,
    /// What Python has compiled, in all environments.
    compiled: PathBuf,
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
        Ok(Self { home, compiled: scratch("python-compiled")? })
    }

    /// Bowline's own client, installed from its folder, with what generates and checks it and what its examples use.
    pub async fn with_client() -> anyhow::Result<Self> {
        let mut requirements: Vec<&'static str> = GENERATOR.lines().collect();
        requirements.extend(["dropbox>=12,<13", "mypy==2.4.1", "pytest>=9,<10"]);
        requirements.extend(EXAMPLES);
        let python = Self::with_all("client", &requirements).await?;
        let home = python.home.clone();
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../clients/python");
        tokio::task::spawn_blocking(move || python::package(&home, &source)).await??;
        Ok(python)
    }

    /// A program of the environment, such as `python`, without the variables that name this machine's proxies. It writes nothing
    /// beside the modules that it imports.
    pub fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.home.join("bin").join(name));
        for variable in ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
            command.env_remove(variable);
        }
        command.env("PYTHONPYCACHEPREFIX", &self.compiled).kill_on_drop(true);
        command
    }
}
