//! Finds the Postgres installation on this machine.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::{Error, OLDEST_MAJOR};

/// A directory with `initdb`, `postgres` and `psql`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    directory: PathBuf,
    major: u32,
}

impl Binaries {
    /// The preferred installation: `$PG_BIN`, otherwise Debian's newest, Homebrew's newest, then `PATH`.
    pub fn find() -> Result<Self, Error> {
        Self::all().next().ok_or(Error::NoBinaries)
    }

    /// The installation that can read data written by `major`. Postgres reads only its own major version.
    pub(crate) fn find_major(major: u32, data: &Path) -> Result<Self, Error> {
        let mut all = Self::all().peekable();
        if all.peek().is_none() {
            return Err(Error::NoBinaries);
        }
        all.find(|binaries| binaries.major == major)
            .ok_or_else(|| Error::OtherMajor { data: data.to_owned(), wanted: major })
    }

    fn all() -> impl Iterator<Item = Self> {
        candidates().into_iter().filter_map(Self::at).filter(|binaries| binaries.major >= OLDEST_MAJOR)
    }

    fn at(directory: PathBuf) -> Option<Self> {
        if !["initdb", "postgres", "psql"].iter().all(|name| directory.join(name).is_file()) {
            return None;
        }
        let output =
            Command::new(directory.join("postgres")).arg("--version").stdin(Stdio::null()).output().ok()?;
        let major = major_of(&String::from_utf8_lossy(&output.stdout))?;
        Some(Self { directory, major })
    }

    /// The major version, such as 15.
    pub fn major(&self) -> u32 {
        self.major
    }

    /// The full path of one of the installation's programs.
    pub fn program(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }
}

fn candidates() -> Vec<PathBuf> {
    if let Some(chosen) = std::env::var_os("PG_BIN") {
        return vec![PathBuf::from(chosen)];
    }
    let mut found = Vec::new();
    found.extend(newest_first(Path::new("/usr/lib/postgresql"), ""));
    for homebrew in ["/opt/homebrew/opt", "/usr/local/opt", "/home/linuxbrew/.linuxbrew/opt"] {
        found.extend(newest_first(Path::new(homebrew), "postgresql@"));
    }
    found.extend(std::env::var_os("PATH").iter().flat_map(std::env::split_paths));
    found
}

/// The `bin` directories below `parent` in folders named `prefix` plus a version, newest version first.
fn newest_first(parent: &Path, prefix: &str) -> Vec<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir(parent)
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .filter_map(|entry| {
            let major = entry.file_name().to_str()?.strip_prefix(prefix)?.parse().ok()?;
            Some((major, entry.path().join("bin")))
        })
        .collect();
    versions.sort_unstable_by_key(|(major, _)| std::cmp::Reverse(*major));
    versions.into_iter().map(|(_, path)| path).collect()
}

/// Parses `postgres (PostgreSQL) 15.18 (Debian …)`, also `18beta1`.
fn major_of(version: &str) -> Option<u32> {
    let number = version.split_once("(PostgreSQL)")?.1.trim_start();
    let digits = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
    number[..digits].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_from_what_postgres_prints() {
        assert_eq!(major_of("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"), Some(15));
        assert_eq!(major_of("postgres (PostgreSQL) 18beta1\n"), Some(18));
        assert_eq!(major_of("postgres (Something) 18\n"), None);
    }

    #[test]
    fn the_newest_version_comes_first_by_number_and_not_by_letter() {
        let parent = tempfile::tempdir().unwrap();
        for name in ["9", "15", "17", "notes"] {
            std::fs::create_dir(parent.path().join(name)).unwrap();
        }
        let found = newest_first(parent.path(), "");
        assert_eq!(found, ["17", "15", "9"].map(|version| parent.path().join(version).join("bin")));
    }
}
