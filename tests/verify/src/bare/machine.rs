//! What a bare root takes from this machine: the toolchain and the access to package registries.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};

/// Environment variables that configure the access to registries; `*` is a wildcard.
const VARIABLES: [&str; 15] = [
    "*_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "CURL_CA_BUNDLE",
    "REQUESTS_CA_BUNDLE",
    "GIT_SSL_CAINFO",
    "PIP_*",
    "npm_config_*",
    "NPM_CONFIG_*",
    "NODE_EXTRA_CA_CERTS",
    "CARGO_HTTP_*",
    "CARGO_NET_*",
    "CARGO_SOURCE_*",
    "CARGO_REGISTRIES_*",
    "CARGO_BUILD_JOBS",
];
/// Parts of the names of variables that contain secrets, which tests do not need.
const SECRET: [&str; 4] = ["TOKEN", "PASSWORD", "SECRET", "CREDENTIAL"];

/// This machine.
#[derive(Debug)]
pub(crate) struct Machine {
    /// The code name of the Debian release, such as `bookworm`.
    pub(crate) suite: String,
    /// The URL of the package mirror.
    pub(crate) mirror: String,
    /// The directory of the toolchain, which contains `bin/cargo`.
    pub(crate) toolchain: PathBuf,
    /// apt's settings for downloads, as a configuration file.
    pub(crate) apt: String,
    /// The environment variables that are passed on.
    pub(crate) environment: Vec<(String, String)>,
}

impl Machine {
    /// Collects the facts about this machine.
    pub(crate) fn look() -> anyhow::Result<Self> {
        let os_release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
        let suite = os_release.lines().find_map(|line| line.strip_prefix("VERSION_CODENAME="));
        let suite = suite.filter(|_| os_release.lines().any(|line| line == "ID=debian"));
        let suite = suite.context("a bare root is made on Debian only")?.trim_matches('"').to_owned();
        let sources = said(Command::new("apt-get").args([
            "indextargets",
            "--format",
            "$(REPO_URI) $(RELEASE) $(COMPONENT)",
            "Identifier: Packages",
        ]))?;
        let mirror = mirror(&sources, &suite).context("apt knows no source of this release")?.to_owned();
        let settings = said(Command::new("apt-config").arg("dump"))?;
        let apt =
            settings.lines().filter(|line| line.starts_with("Acquire::")).collect::<Vec<_>>().join("\n");
        let toolchain = PathBuf::from(said(Command::new("rustc").args(["--print", "sysroot"]))?.trim());
        ensure!(
            toolchain.join("bin/cargo").is_file() && toolchain != Path::new("/usr"),
            "{} holds more than a toolchain, or less; install Rust by rustup",
            toolchain.display()
        );
        let environment = std::env::vars().filter(|(name, _)| is_handed_on(name)).collect();
        Ok(Self { suite, mirror, toolchain, apt: format!("{apt}\n"), environment })
    }
}

/// The first source of the release's main component.
fn mirror<'a>(sources: &'a str, suite: &str) -> Option<&'a str> {
    sources.lines().find_map(|line| line.strip_suffix(&format!(" {suite} main")))
}

fn is_handed_on(name: &str) -> bool {
    let fits = |pattern: &str| match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(end), _) => name.to_lowercase().ends_with(end),
        (None, Some(beginning)) => name.starts_with(beginning),
        (None, None) => name == pattern,
    };
    VARIABLES.into_iter().any(fits) && !SECRET.iter().any(|part| name.contains(part))
}

fn said(command: &mut Command) -> anyhow::Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("cannot run {name}"))?;
    ensure!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_to_registries_are_handed_on_and_secrets_are_not() {
        for name in ["HTTPS_PROXY", "no_proxy", "PIP_INDEX_URL", "SSL_CERT_FILE", "CARGO_HTTP_CAINFO"] {
            assert!(is_handed_on(name), "{name}");
        }
        for name in
            ["CARGO_REGISTRIES_X_TOKEN", "PIP_PASSWORD", "HOME", "BOWLINE_SERVER", "CARGO_MANIFEST_DIR"]
        {
            assert!(!is_handed_on(name), "{name}");
        }
    }

    #[test]
    fn the_mirror_is_that_of_the_release() {
        let sources = "http://a/debian/ trixie main\nhttp://b/debian/ bookworm-updates main\nhttp://c/debian/ bookworm main\n";
        assert_eq!(mirror(sources, "bookworm"), Some("http://c/debian/"));
        assert_eq!(mirror(sources, "sid"), None);
    }
}
