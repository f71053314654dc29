//! Secrets come from a file, standard input or a prompt, never from an argument, because every process on the machine
//! can read those.

use std::io::{IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;

/// The longest accepted secret, in bytes.
const LONGEST_SECRET: u64 = 4096;

/// The source of an app secret.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(super) struct AppSecret {
    /// Read the app secret from this file.
    #[arg(long, value_name = "FILE")]
    app_secret_file: Option<PathBuf>,
    /// Read the app secret from standard input.
    #[arg(long)]
    app_secret_stdin: bool,
}

impl AppSecret {
    /// Reads the secret.
    pub(super) fn read(&self) -> anyhow::Result<SecretString> {
        match &self.app_secret_file {
            Some(file) => from_file(file),
            None => from_stdin(),
        }
    }
}

/// The source of a password.
#[derive(Debug, clap::Args)]
pub(super) struct Password {
    /// Read the password from standard input even if it is a terminal; pipes and files are read without this option.
    #[arg(long)]
    password_stdin: bool,
}

impl Password {
    /// Reads the password, or prompts for it twice.
    pub(super) fn read(&self) -> anyhow::Result<SecretString> {
        if self.password_stdin || !std::io::stdin().is_terminal() {
            return from_stdin();
        }
        let first = Zeroizing::new(rpassword::prompt_password("Password: ")?);
        let second = Zeroizing::new(rpassword::prompt_password("Again: ")?);
        if first != second {
            bail!("the two passwords are not the same");
        }
        Ok(SecretString::from(first.as_str()))
    }
}

fn from_file(file: &Path) -> anyhow::Result<SecretString> {
    let open = std::fs::File::open(file).with_context(|| format!("cannot open {}", file.display()))?;
    read(open).with_context(|| format!("reading {}", file.display()))
}

fn from_stdin() -> anyhow::Result<SecretString> {
    read(std::io::stdin().lock()).context("reading standard input")
}

fn read(source: impl std::io::Read) -> anyhow::Result<SecretString> {
    let mut text = Zeroizing::new(String::new());
    source.take(LONGEST_SECRET).read_to_string(&mut text)?;
    let line = text.trim_end_matches(['\r', '\n']);
    if line.is_empty() {
        bail!("it is empty");
    }
    Ok(SecretString::from(line))
}
