//! A Postgres of one scenario, which can be stopped, killed, frozen and started again on the same files.

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

/// Settings that make little write-ahead log, so that a small disk is soon full.
const SMALL: [(&str, &str); 2] = [("max_wal_size", "32MB"), ("min_wal_size", "32MB")];

/// A Postgres with its own files; dropping it stops it and deletes them. It loses nothing that was committed, whatever ends it.
#[derive(Debug)]
pub struct Engine {
    cluster: Arc<Mutex<Option<Cluster>>>,
    url: String,
    directory: PathBuf,
    // Last, because it holds the files of the others.
    _place: Place,
}

#[derive(Debug)]
enum Place {
    Directory { _directory: TempDir },
    Mount { _mount: Mount },
}

impl Engine {
    /// A new one on the usual disk.
    ///
    /// # Errors
    /// Where it cannot be started.
    pub async fn start() -> anyhow::Result<Self> {
        let directory = open_directory()?;
        let path = directory.path().join("pg");
        Self::start_in(path, Place::Directory { _directory: directory }).await
    }

    /// A new one on a disk of its own of so many bytes; none where this process may not mount.
    ///
    /// # Errors
    /// Where it cannot be started.
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

    /// Its address as tests know it; the same after each start.
    ///
    /// # Errors
    /// Never in practice.
    pub fn postgres(&self) -> anyhow::Result<Postgres> {
        Postgres::at(&self.url)
    }

    /// Where its files are.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// A fast shutdown, as of a restart or an upgrade: connections are ended, nothing is lost.
    ///
    /// # Errors
    /// Where it does not run, or does not stop.
    pub async fn stop(&self) -> anyhow::Result<()> {
        let cluster = self.take().context("it does not run")?;
        tokio::task::spawn_blocking(move || cluster.stop()).await??;
        Ok(())
    }

    /// Starts it again.
    ///
    /// # Errors
    /// Where it does not come up.
    pub async fn resume(&self) -> anyhow::Result<()> {
        ensure!(self.pid().is_err(), "it runs");
        let cluster = run(self.directory.clone()).await?;
        *self.cluster.lock().unwrap_or_else(PoisonError::into_inner) = Some(cluster);
        Ok(())
    }

    /// SIGKILL to every process of it, as of a crash: recovery comes with the next start.
    ///
    /// # Errors
    /// Where it does not run.
    pub async fn kill(&self) -> anyhow::Result<()> {
        signal_family(self.pid()?, Signal::SIGKILL);
        let cluster = self.take().context("it does not run")?;
        // Reaps it, and lets go of the directory.
        tokio::task::spawn_blocking(move || drop(cluster)).await?;
        Ok(())
    }

    /// Stops every process of it where it is, as of a disk or a hypervisor that hangs, until the answer is dropped.
    ///
    /// # Errors
    /// Where it does not run.
    pub fn freeze(&self) -> anyhow::Result<Frozen> {
        let pid = self.pid()?;
        signal_family(pid, Signal::SIGSTOP);
        // Children that were made between the two looks.
        signal_family(pid, Signal::SIGSTOP);
        Ok(Frozen { pid })
    }

    /// The number of its first process.
    ///
    /// # Errors
    /// Where it does not run.
    pub fn pid(&self) -> anyhow::Result<u32> {
        let cluster = self.cluster.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(cluster.as_ref().context("Postgres does not run")?.pid())
    }

    /// The end of its own log.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.directory.join("postgres.log")).unwrap_or_default()
    }

    fn take(&self) -> Option<Cluster> {
        self.cluster.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Thaws Postgres when it is dropped.
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

/// A directory that Postgres's own account can pass.
fn open_directory() -> anyhow::Result<TempDir> {
    let directory = tempfile::Builder::new().prefix("bowline-faults-").tempdir_in("/tmp")?;
    std::fs::set_permissions(directory.path(), Permissions::from_mode(0o755))?;
    Ok(directory)
}

/// A file system of its own, in memory.
#[derive(Debug)]
struct Mount {
    directory: TempDir,
}

impl Mount {
    fn new(bytes: u64) -> anyhow::Result<Option<Self>> {
        let directory = open_directory()?;
        let mut mount = std::process::Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={bytes},mode=0755"), "tmpfs"]).arg(directory.path());
        let output = mount.output().context("mount")?;
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
