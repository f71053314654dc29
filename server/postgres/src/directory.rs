//! The directory of a cluster: data, socket, log, and a lock against concurrent use.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::Error;
use crate::account::Account;
use crate::error::tail;

/// The maximum length of a socket path, which must fit in `sockaddr_un` with its terminator: 108 bytes on Linux, 104 on
/// macOS.
const LONGEST_SOCKET: usize = 103;
const TEMPORARY_PREFIX: &str = "bowline-pg-";
const LOCK: &str = "lock";

/// A prepared and locked directory.
#[derive(Debug)]
pub(crate) struct Directory {
    root: PathBuf,
    socket: PathBuf,
    account: Account,
    /// The lock file, kept open. The operating system releases the lock when this process ends for any reason.
    _lock: File,
    /// Temporary directories, deleted on drop.
    temporary: Vec<TempDir>,
}

impl Directory {
    /// Creates and locks a permanent directory.
    pub(crate) fn persistent(root: &Path, account: Account) -> Result<Self, Error> {
        let mode = if matches!(account, Account::Ours) { 0o700 } else { 0o755 };
        DirBuilder::new().recursive(true).mode(mode).create(root).map_err(Error::file("make", root))?;
        let root = root.canonicalize().map_err(Error::file("find", root))?;
        Self::open(root, account, Vec::new())
    }

    /// Creates and locks a temporary directory, and deletes those of earlier runs that were killed.
    pub(crate) fn temporary(account: Account) -> Result<Self, Error> {
        sweep(account);
        let made = short_lived(account)?;
        Self::open(made.path().to_owned(), account, vec![made])
    }

    fn open(root: PathBuf, account: Account, mut temporary: Vec<TempDir>) -> Result<Self, Error> {
        let lock = lock(&root)?.ok_or_else(|| Error::InUse(root.clone()))?;
        let mut socket = root.join("socket");
        if socket.join(".s.PGSQL.5432.lock").as_os_str().as_bytes().len() > LONGEST_SOCKET {
            let made = short_lived(account)?;
            socket = made.path().join("socket");
            temporary.push(made);
        }
        let directory = Self { root, socket, account, _lock: lock, temporary };
        directory.make_private(&directory.socket)?;
        Ok(directory)
    }

    /// Creates `path` if it does not exist, and restricts access to the account in any case.
    pub(crate) fn make_private(&self, path: &Path) -> Result<(), Error> {
        DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(Error::file("make", path))?;
        fs::set_permissions(path, Permissions::from_mode(0o700)).map_err(Error::file("close", path))?;
        self.account.own(path)
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.root.join("data")
    }

    /// The directory in which `initdb` works. It is renamed on success, so that a killed run leaves no incomplete data
    /// directory.
    pub(crate) fn unfinished(&self) -> PathBuf {
        self.root.join("data.unfinished")
    }

    pub(crate) fn socket(&self) -> &Path {
        &self.socket
    }

    pub(crate) fn account(&self) -> Account {
        self.account
    }

    /// Opens the log for appending.
    pub(crate) fn log(&self) -> Result<File, Error> {
        let path = self.log_path();
        OpenOptions::new().create(true).append(true).open(&path).map_err(Error::file("open", path))
    }

    pub(crate) fn log_path(&self) -> PathBuf {
        self.root.join("postgres.log")
    }

    pub(crate) fn log_tail(&self) -> String {
        tail(&fs::read_to_string(self.log_path()).unwrap_or_default(), 10)
    }

    /// Deletes temporary directories and reports errors, which a drop would hide.
    pub(crate) fn close(self) -> Result<(), Error> {
        for directory in self.temporary {
            let path = directory.path().to_owned();
            directory.close().map_err(Error::file("delete", path))?;
        }
        Ok(())
    }
}

/// Acquires the lock of a directory; `None` if another process holds it.
fn lock(root: &Path) -> Result<Option<File>, Error> {
    let path = root.join(LOCK);
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(Error::file("open", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(source)) => Err(Error::file("lock", path)(source)),
    }
}

/// Creates a temporary directory below `/tmp`, because its path is short and other accounts can traverse it. `TMPDIR`
/// guarantees neither.
fn short_lived(account: Account) -> Result<TempDir, Error> {
    let parent = Path::new("/tmp");
    let made = tempfile::Builder::new()
        .prefix(TEMPORARY_PREFIX)
        .tempdir_in(parent)
        .map_err(Error::file("make", parent))?;
    if matches!(account, Account::Other(..)) {
        let open = Permissions::from_mode(0o711);
        fs::set_permissions(made.path(), open).map_err(Error::file("open", made.path()))?;
    }
    Ok(made)
}

/// Deletes the temporary directories of killed runs: those of this user whose lock is free and whose Postgres is not
/// running.
fn sweep(account: Account) {
    let ours = nix::unistd::geteuid().as_raw();
    for entry in fs::read_dir("/tmp").into_iter().flatten().filter_map(Result::ok) {
        let path = entry.path();
        let is_ours = entry.file_name().as_bytes().starts_with(TEMPORARY_PREFIX.as_bytes())
            && entry.metadata().is_ok_and(|found| found.is_dir() && found.uid() == ours)
            && path.join(LOCK).exists();
        if !is_ours {
            continue;
        }
        let Ok(Some(_lock)) = lock(&path) else { continue };
        let data = path.join("data");
        if crate::pid_file::PidFile::read(&data).is_some_and(|file| file.is_alive(&data)) {
            continue;
        }
        tracing::debug!(path = %path.display(), uid = account.uid(), "deleting the files of a killed run");
        if let Err(error) = fs::remove_dir_all(&path) {
            tracing::debug!(path = %path.display(), %error, "could not delete the files of a killed run");
        }
    }
}
