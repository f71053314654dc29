//! A dedicated Postgres for one scenario, which can be stopped, killed, frozen and restarted on the same files.

use bowline_stdio::eprintln;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, ensure};
use bowline_postgres::{Cluster, Durability, Options, SUPERUSER};
use bowline_tests::Postgres;
use nix::sys::signal::Signal;
use tempfile::TempDir;

use crate::processes::signal_family;

/// Settings that limit the write-ahead log, so that a small disk fills up soon.
const SMALL: [(&str, &str); 2] = [("max_wal_size", "32MB"), ("min_wal_size", "32MB")];

/// A Postgres with its own files. Dropping it stops it and deletes them. However it ends, it does not lose committed
/// data.
#[derive(Debug)]
pub struct Engine {
    cluster: Arc<Mutex<Option<Cluster>>>,
    url: String,
    directory: PathBuf,
    // Last, because the other fields use its files.
    _place: Place,
}

#[derive(Debug)]
enum Place {
    Directory { _directory: TempDir },
    Mount { _mount: Mount },
}

impl Engine {
    /// Starts a new Postgres on the usual disk.
    pub async fn start() -> anyhow::Result<Self> {
        let directory = open_directory()?;
        let path = directory.path().join("pg");
        Self::start_in(path, Place::Directory { _directory: directory }).await
    }

    /// Starts a new Postgres on a separate disk of this many bytes; `None` if this process may not mount one.
    pub async fn start_on_small_disk(bytes: u64) -> anyhow::Result<Option<Self>> {
        let Some(mount) = Mount::new(bytes)? else { return Ok(None) };
        let path = mount.path().join("pg");
        Self::start_in(path, Place::Mount { _mount: mount }).await.map(Some)
    }

    async fn start_in(directory: PathBuf, place: Place) -> anyhow::Result<Self> {
        let cluster = run(directory.clone()).await?;
        let url = cluster.url(SUPERUSER, SUPERUSER);
        Ok(Self { cluster: Arc::new(Mutex::new(Some(cluster))), url, directory, _place: place })
    }

    /// The address that tests use; it stays the same after a restart.
    pub fn postgres(&self) -> anyhow::Result<Postgres> {
        Postgres::at(&self.url)
    }

    /// The directory of the files.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Performs a fast shutdown, as for a restart or an upgrade: connections end, but no data is lost.
    pub async fn stop(&self) -> anyhow::Result<()> {
        let cluster = self.take().context("Postgres is not running")?;
        tokio::task::spawn_blocking(move || cluster.stop()).await??;
        Ok(())
    }

    /// Starts Postgres again.
    pub async fn resume(&self) -> anyhow::Result<()> {
        ensure!(self.pid().is_err(), "Postgres is already running");
        let cluster = run(self.directory.clone()).await?;
        *self.cluster.lock().unwrap_or_else(PoisonError::into_inner) = Some(cluster);
        Ok(())
    }

    /// Kills all processes of Postgres with SIGKILL, as a crash would. The next start performs recovery.
    pub async fn kill(&self) -> anyhow::Result<()> {
        signal_family(self.pid()?, Signal::SIGKILL);
        let cluster = self.take().context("Postgres is not running")?;
        // Reaps the process and releases the directory.
        tokio::task::spawn_blocking(move || drop(cluster)).await?;
        Ok(())
    }

    /// Freezes all processes of Postgres, as when a disk or a hypervisor hangs, until the result is dropped.
    pub fn freeze(&self) -> anyhow::Result<Frozen> {
        let pid = self.pid()?;
        signal_family(pid, Signal::SIGSTOP);
        // Repeats the signal for children that were created meanwhile.
        signal_family(pid, Signal::SIGSTOP);
        Ok(Frozen { pid })
    }

    /// The process id of the postmaster.
    pub fn pid(&self) -> anyhow::Result<u32> {
        let cluster = self.cluster.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(cluster.as_ref().context("Postgres is not running")?.pid())
    }

    /// The Postgres log.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.directory.join("postgres.log")).unwrap_or_default()
    }

    fn take(&self) -> Option<Cluster> {
        self.cluster.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Unfreezes Postgres when it is dropped.
#[derive(Debug)]
pub struct Frozen {
    pid: u32,
}

impl Drop for Frozen {
    fn drop(&mut self) {
        signal_family(self.pid, Signal::SIGCONT);
    }
}

async fn run(directory: PathBuf) -> anyhow::Result<Cluster> {
    let options = Options::in_directory(directory).max_connections(200).durability(Durability::Full);
    let options = SMALL.iter().fold(options, |options, (name, value)| options.setting(*name, *value));
    Ok(tokio::task::spawn_blocking(move || Cluster::start(options)).await??)
}

/// A directory that the account of Postgres can enter.
fn open_directory() -> anyhow::Result<TempDir> {
    let directory = tempfile::Builder::new().prefix("bowline-faults-").tempdir_in("/tmp")?;
    std::fs::set_permissions(directory.path(), Permissions::from_mode(0o755))?;
    Ok(directory)
}

/// A separate file system in memory.
#[derive(Debug)]
struct Mount {
    directory: TempDir,
}

impl Mount {
    fn new(bytes: u64) -> anyhow::Result<Option<Self>> {
        let directory = open_directory()?;
        let mut mount = std::process::Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={bytes},mode=0755"), "tmpfs"]).arg(directory.path());
        let output = mount.output().context("cannot run mount")?;
        Ok(output.status.success().then_some(Self { directory }))
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let unmounted = std::process::Command::new("umount").arg("--lazy").arg(self.path()).status();
        if !unmounted.is_ok_and(|status| status.success()) {
            eprintln!("{} could not be unmounted", self.path().display());
        }
    }
}
