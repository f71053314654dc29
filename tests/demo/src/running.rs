//! How a command finds a running demo: a locked file for each demo, in a private directory beside the programs.
//!
//! The lock proves that the demo is alive: the operating system releases it when the demo ends, however it ends.

use std::fs::{self, DirBuilder, File, TryLockError};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use serde::{Deserialize, Serialize};

/// Below the directory of the programs, so that each checkout finds its own demo.
const DIRECTORY: &str = "bowline-demo.running";

/// What a command must know about a demo to work with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Running {
    /// The first of its ports, which identifies the demo.
    pub(crate) port: u16,
    /// The directory with its data and settings.
    pub(crate) place: PathBuf,
    /// Origin of the simulator over plain HTTP.
    pub(crate) dropbox_url: String,
    /// Host and port of the simulator over TLS.
    pub(crate) dropbox_host: String,
}

/// The announcement of a demo; dropping it removes it.
#[derive(Debug)]
pub(crate) struct Announced {
    path: PathBuf,
    _lock: File,
}

impl Drop for Announced {
    fn drop(&mut self) {
        // Without its lock the file has no meaning.
        let _: std::io::Result<()> = fs::remove_file(&self.path);
    }
}

impl Running {
    /// Lets commands find this demo.
    pub(crate) fn announce(&self, programs: &Path) -> anyhow::Result<Announced> {
        let directory = private_directory(&programs.join(DIRECTORY))?;
        let own = std::process::id();
        let (unfinished, path) =
            (directory.join(format!("{own}.new")), directory.join(format!("{own}.json")));
        let cannot = || format!("cannot write {}", path.display());
        let mut options = File::options();
        options.write(true).create(true).truncate(true).mode(0o600);
        let mut file = options.open(&unfinished).with_context(cannot)?;
        // Locked and complete before it gets its name, so that no command mistakes it for one that was left behind.
        file.lock().with_context(cannot)?;
        file.write_all(serde_json::to_string(self)?.as_bytes()).with_context(cannot)?;
        fs::rename(&unfinished, &path).with_context(cannot)?;
        Ok(Announced { path, _lock: file })
    }

    /// The running demo: the one at `port`, or the only one.
    pub(crate) fn find(programs: &Path, port: Option<u16>) -> anyhow::Result<Self> {
        let mut all = all(&programs.join(DIRECTORY))?;
        let ports =
            |all: &[Self]| all.iter().map(|demo| demo.port.to_string()).collect::<Vec<_>>().join(", ");
        let Some(port) = port else {
            ensure!(all.len() < 2, "several demos run (ports {}): choose one with --port", ports(&all));
            return all.pop().context("no demo runs: start one with `cargo demo`, in another terminal");
        };
        let there = ports(&all);
        match all.into_iter().find(|demo| demo.port == port) {
            Some(found) => Ok(found),
            None if there.is_empty() => {
                bail!("no demo runs: start one with `cargo demo`, in another terminal")
            }
            None => bail!("no demo runs at port {port}; those that run have: {there}"),
        }
    }
}

/// All demos whose file is locked. A file without a lock was left behind by a demo that was killed, and is deleted.
fn all(directory: &Path) -> anyhow::Result<Vec<Running>> {
    if !directory.exists() {
        return Ok(Vec::new());
    }
    let directory = private_directory(directory)?;
    let mut found = Vec::new();
    for entry in fs::read_dir(&directory).with_context(|| format!("cannot read {}", directory.display()))? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        // It may have been removed at this moment.
        let Ok(file) = File::open(&path) else { continue };
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => {
                let text = fs::read_to_string(&path).unwrap_or_default();
                found.extend(serde_json::from_str::<Running>(&text));
            }
            Ok(()) => fs::remove_file(&path).unwrap_or_default(),
            Err(TryLockError::Error(error)) => return Err(error).context("cannot look for the demo"),
        }
    }
    found.sort_by_key(|demo| demo.port);
    Ok(found)
}

/// Creates the directory if necessary, and refuses one that others can enter, because they could make commands run.
fn private_directory(path: &Path) -> anyhow::Result<PathBuf> {
    match DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            return Err(error).with_context(|| format!("cannot make {}", path.display()));
        }
        _ => {}
    }
    let metadata = fs::symlink_metadata(path).with_context(|| format!("cannot read {}", path.display()))?;
    let is_ours = metadata.is_dir() && metadata.uid() == nix::unistd::geteuid().as_raw();
    ensure!(
        is_ours && metadata.mode() & 0o777 == 0o700,
        "{} must be a directory of yours that nobody else can enter (chmod 700); delete it and start the demo again",
        path.display()
    );
    Ok(path.to_owned())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn demo(port: u16) -> Running {
        Running {
            port,
            place: PathBuf::from("/somewhere"),
            dropbox_url: "http://127.0.0.1:3".to_owned(),
            dropbox_host: "127.0.0.1:4".to_owned(),
        }
    }

    #[test]
    fn a_demo_is_found_while_it_runs_and_not_afterwards() {
        let programs = tempfile::tempdir().unwrap();
        let refused = Running::find(programs.path(), None).unwrap_err().to_string();
        assert!(refused.contains("no demo runs") && refused.contains("cargo demo"), "{refused}");
        let announced = demo(8000).announce(programs.path()).unwrap();
        assert_eq!(Running::find(programs.path(), None).unwrap(), demo(8000));
        assert_eq!(Running::find(programs.path(), Some(8000)).unwrap(), demo(8000));
        let refused = Running::find(programs.path(), Some(9000)).unwrap_err().to_string();
        assert!(refused.contains("9000") && refused.contains("8000"), "{refused}");
        drop(announced);
        assert!(Running::find(programs.path(), None).is_err());
    }

    #[test]
    fn what_a_killed_demo_left_behind_is_no_demo() {
        let programs = tempfile::tempdir().unwrap();
        drop(demo(8000).announce(programs.path()).unwrap());
        let left = programs.path().join(DIRECTORY).join("1.json");
        fs::write(&left, serde_json::to_string(&demo(8000)).unwrap()).unwrap();
        assert!(Running::find(programs.path(), None).unwrap_err().to_string().contains("no demo runs"));
        assert!(!left.exists());
    }

    #[test]
    fn a_directory_that_others_can_enter_is_refused() {
        let programs = tempfile::tempdir().unwrap();
        let announced = demo(8000).announce(programs.path()).unwrap();
        let directory = programs.path().join(DIRECTORY);
        assert_eq!(fs::metadata(&directory).unwrap().permissions().mode() & 0o777, 0o700);
        fs::set_permissions(&directory, fs::Permissions::from_mode(0o750)).unwrap();
        assert!(Running::find(programs.path(), None).unwrap_err().to_string().contains("chmod 700"));
        drop(announced);
    }
}
