//! Installs the required packages, or reports how to install them.

use bowline_stdio::eprintln;
use std::fmt::Write as _;
use std::fs::File;
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};

use crate::needs::succeeds;
pub use crate::needs::{Need, faketime_library};

/// Ensures that all needs are met. On Debian and its derivatives it installs what is missing if this process is root or
/// can use sudo without a password. Otherwise it fails with the command to run. The output of the installation goes to
/// standard error.
pub fn ensure(needs: &[Need]) -> anyhow::Result<()> {
    install_missing(needs, None)
}

/// Like [`ensure`], with the output of the installation in `output`.
pub fn ensure_quietly(needs: &[Need], output: &File) -> anyhow::Result<()> {
    install_missing(needs, Some(output))
}

fn install_missing(needs: &[Need], output: Option<&File>) -> anyhow::Result<()> {
    let missing: Vec<Need> = needs.iter().copied().filter(|need| !need.is_met()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let os_release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let system = System::of(&os_release);
    let Some(prefix) = (system == System::Debian).then(privilege).flatten() else {
        bail!("{}", advice(system, &missing));
    };
    let names: Vec<&str> = missing.iter().map(|need| need.debian_package()).collect();
    if output.is_none() {
        eprintln!("installing {}", names.join(", "));
    }
    apt_get(prefix, &["update", "-qq"], output)?;
    let install = ["install", "-y", "-qq", "--no-install-recommends"];
    apt_get(prefix, &[&install, names.as_slice()].concat(), output)?;
    let still: Vec<Need> = missing.into_iter().filter(|need| !need.is_met()).collect();
    if !still.is_empty() {
        bail!("apt-get has installed the packages, but this is still missing: {still:?}");
    }
    Ok(())
}

/// The package manager of the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum System {
    Debian,
    MacOs,
    Other,
}

impl System {
    fn of(os_release: &str) -> Self {
        if cfg!(target_os = "macos") {
            return Self::MacOs;
        }
        let is_debian = os_release
            .lines()
            .filter_map(|line| line.strip_prefix("ID=").or_else(|| line.strip_prefix("ID_LIKE=")))
            .flat_map(|value| value.trim_matches('"').split_whitespace())
            .any(|id| id == "debian" || id == "ubuntu");
        if is_debian { Self::Debian } else { Self::Other }
    }
}

/// The command to run, and why.
fn advice(system: System, missing: &[Need]) -> String {
    let packages =
        |name: fn(Need) -> &'static str| missing.iter().map(|need| name(*need)).collect::<Vec<_>>().join(" ");
    let mut text = String::from("this machine lacks something; install it with:\n  ");
    let line = match system {
        System::Debian => format!(
            "sudo apt-get update && sudo apt-get install -y --no-install-recommends {}",
            packages(Need::debian_package)
        ),
        System::MacOs => format!("brew install {}", packages(Need::homebrew_formula)),
        System::Other => {
            format!("your package manager (Debian calls it: {})", packages(Need::debian_package))
        }
    };
    text.push_str(&line);
    if missing.contains(&Need::Postgres) {
        let oldest = bowline_postgres::OLDEST_MAJOR;
        // Writing to a String cannot fail.
        let _: std::fmt::Result = write!(
            text,
            "\nPostgres must be {oldest} or newer; PG_BIN may name the directory of its programs"
        );
    }
    text
}

/// The prefix of a command that needs root: empty for root, `sudo -n` if sudo needs no password, otherwise `None`.
fn privilege() -> Option<&'static [&'static str]> {
    let id = Command::new("id").arg("-u").stdin(Stdio::null()).output().ok()?;
    if String::from_utf8_lossy(&id.stdout).trim() == "0" {
        return Some(&[]);
    }
    succeeds(Command::new("sudo").args(["-n", "true"])).then_some(&["sudo", "-n"])
}

fn apt_get(prefix: &[&str], arguments: &[&str], output: Option<&File>) -> anyhow::Result<()> {
    // `env` is needed because sudo drops the environment.
    let words = [prefix, &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"], arguments].concat();
    let [program, rest @ ..] = words.as_slice() else { bail!("the command is empty") };
    let mut command = Command::new(program);
    command.args(rest).stdin(Stdio::null());
    match output {
        Some(output) => command.stdout(output.try_clone()?).stderr(output.try_clone()?),
        // The progress of dpkg must not appear as output of the calling program.
        None => command.stdout(std::io::stderr()),
    };
    let status = command.status().context("cannot run apt-get")?;
    if !status.success() {
        bail!("`{}` failed", words.join(" "));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debian_and_its_kin_are_told_from_others() {
        assert_eq!(System::of("NAME=\"Debian GNU/Linux\"\nID=debian\n"), System::Debian);
        assert_eq!(System::of("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"), System::Debian);
        assert_eq!(System::of("ID=fedora\nID_LIKE=\"rhel centos\"\n"), System::Other);
        assert_eq!(System::of(""), System::Other);
    }

    #[test]
    fn the_advice_is_a_single_command() {
        let text = advice(System::Debian, &[Need::Chromium, Need::Chromedriver]);
        assert!(text.ends_with("install -y --no-install-recommends chromium chromium-driver"), "{text}");
        let text = advice(System::MacOs, &[Need::Postgres]);
        assert!(text.contains("brew install postgresql@17\n"), "{text}");
    }

    #[test]
    fn nothing_is_installed_when_nothing_is_missing() {
        ensure(&[]).unwrap();
    }
}
