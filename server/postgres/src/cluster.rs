//! A private Postgres cluster: creates it if necessary, starts and stops it.

use std::fs;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::account::Account;
use crate::child::BoundChild;
use crate::directory::Directory;
use crate::error::tail;
use crate::pid_file::PidFile;
use crate::{Binaries, Durability, Error, Options};

/// The role that owns everything in a private Postgres.
pub const SUPERUSER: &str = "postgres";

/// The port, which only names the socket file; Postgres does not listen on TCP.
const PORT: u16 = 5432;
const POLL: Duration = Duration::from_millis(5);
/// How long a Postgres whose parent was killed may take to stop.
const LEFT_OVER_LIMIT: Duration = Duration::from_secs(30);
/// All characters except those that RFC 3986 leaves unreserved.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl Options {
    /// Makes the cluster a streaming standby of `primary`. A new directory is copied from the primary and follows it
    /// until it is promoted (`SELECT pg_promote()`).
    #[must_use]
    pub fn standby_of(mut self, primary: &Cluster) -> Self {
        self.primary = Some(primary.url(SUPERUSER, SUPERUSER));
        self
    }
}

/// A running private Postgres. It stops when this is dropped; [`stop`](Cluster::stop) also reports errors.
#[derive(Debug)]
pub struct Cluster {
    // Fields are dropped in this order: the process before its files.
    child: BoundChild,
    directory: Directory,
    binaries: Binaries,
}

impl Cluster {
    /// Starts Postgres and waits until it accepts connections. This takes about a second for a new directory and 0.2
    /// seconds for an existing one.
    pub fn start(options: Options) -> Result<Self, Error> {
        let account = Account::choose();
        let directory = match &options.directory {
            Some(path) => Directory::persistent(path, account)?,
            None => Directory::temporary(account)?,
        };
        let data = directory.data();
        let binaries = match major_of(&data)? {
            Some(major) => Binaries::find_major(major, &data)?,
            None => Binaries::find()?,
        };
        outlive_left_over(&data)?;
        if !data.exists() {
            fill(&binaries, &directory, &options)?;
        }
        let ready_within = options.ready_within;
        let mut command = account.command(&binaries.program("postgres"));
        command.arg("-D").arg(&data).arg("-p").arg(PORT.to_string());
        for (name, value) in options.into_settings(directory.socket()) {
            command.arg("-c").arg(format!("{name}={value}"));
        }
        command.stdout(Stdio::null()).stderr(directory.log()?);
        let child = BoundChild::spawn(command).map_err(|source| Error::Spawn {
            program: binaries.program("postgres").display().to_string(),
            source,
        })?;
        let mut cluster = Self { child, directory, binaries };
        cluster.wait_until_ready(ready_within)?;
        tracing::debug!(data = %data.display(), pid = cluster.child.id(), "private Postgres is ready");
        Ok(cluster)
    }

    /// A URL that libpq, psql and tokio-postgres understand: `postgresql://user@/database?host=%2Fsocket%2Fdirectory`.
    pub fn url(&self, user: &str, database: &str) -> String {
        let escaped = |text| utf8_percent_encode(text, ESCAPED);
        let host = self.directory.socket().to_string_lossy();
        format!("postgresql://{}@/{}?host={}", escaped(user), escaped(database), escaped(&host))
    }

    /// The directory of the Unix socket.
    pub fn socket_dir(&self) -> &Path {
        self.directory.socket()
    }

    /// The port in the name of the socket file, for `psql -p`.
    pub fn port(&self) -> u16 {
        PORT
    }

    /// The process id of Postgres.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The log file of Postgres, which contains no statements and no rows.
    pub fn log_path(&self) -> std::path::PathBuf {
        self.directory.log_path()
    }

    pub(crate) fn binaries(&self) -> &Binaries {
        &self.binaries
    }

    /// Kills Postgres with SIGKILL, as a crash would. The files stay until this is dropped.
    pub fn kill(&mut self) -> Result<(), Error> {
        self.child.kill().map_err(Error::Stop)
    }

    /// Ends all connections, stops Postgres and deletes the files of a temporary cluster.
    pub fn stop(mut self) -> Result<(), Error> {
        self.child.stop().map_err(Error::Stop)?;
        let Self { directory, .. } = self;
        directory.close()
    }

    fn wait_until_ready(&mut self, limit: Duration) -> Result<(), Error> {
        let started = Instant::now();
        let socket = self.directory.socket().join(format!(".s.PGSQL.{PORT}"));
        let pid = i32::try_from(self.child.id()).ok();
        while started.elapsed() < limit {
            if self.child.exited().map_err(Error::Stop)?.is_some() {
                return Err(Error::Failed { program: "postgres", output: self.directory.log_tail() });
            }
            let said = PidFile::read(&self.directory.data());
            let is_ready = said.is_some_and(|file| file.ready && Some(file.pid) == pid);
            if is_ready && UnixStream::connect(&socket).is_ok() {
                return Ok(());
            }
            thread::sleep(POLL);
        }
        Err(Error::NotReady { seconds: limit.as_secs(), log: self.directory.log_tail() })
    }
}

/// The major version that wrote the data, if there is data.
fn major_of(data: &Path) -> Result<Option<u32>, Error> {
    let path = data.join("PG_VERSION");
    match fs::read_to_string(&path) {
        Ok(text) => Ok(text.trim().parse().ok()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(Error::file("read", path)(source)),
    }
}

/// Creates a new data directory, either empty or as a copy of the primary's. An incomplete directory is never used.
fn fill(binaries: &Binaries, directory: &Directory, options: &Options) -> Result<(), Error> {
    let unfinished = directory.unfinished();
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).map_err(Error::file("delete", &unfinished))?;
    }
    directory.make_private(&unfinished)?;
    let name = if options.primary.is_some() { "pg_basebackup" } else { "initdb" };
    let program = binaries.program(name);
    let mut command: Command = directory.account().command(&program);
    command.arg("-D").arg(&unfinished);
    if let Some(primary) = &options.primary {
        command.args(["--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast"]);
        command.arg(format!("--dbname={primary}"));
    } else {
        // Trust authentication (only permitted accounts can enter the 0700 socket directory), UTF-8, bytewise
        // collation.
        let locale = if cfg!(target_os = "linux") { "--locale=C.UTF-8" } else { "--locale=C" };
        command.args(["--auth=trust", "--encoding=UTF8", "--no-instructions", locale]);
        command.arg(format!("--username={SUPERUSER}"));
    }
    if options.durability == Durability::None {
        command.arg("--no-sync");
    }
    let failed = |source| Error::Spawn { program: program.display().to_string(), source };
    let output = command.output().map_err(failed)?;
    if !output.status.success() {
        let output = tail(&String::from_utf8_lossy(&output.stderr), 10);
        return Err(Error::Failed { program: name, output });
    }
    let data = directory.data();
    fs::rename(&unfinished, &data).map_err(Error::file("put in place", data))
}

/// Waits for a Postgres whose parent was killed, and removes a stale `postmaster.pid`. Postgres itself would refuse to
/// start if another program now has the recorded process id.
fn outlive_left_over(data: &Path) -> Result<(), Error> {
    let started = Instant::now();
    while let Some(file) = PidFile::read(data) {
        if !file.is_alive(data) {
            let path = PidFile::path(data);
            return match fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    Err(Error::file("remove", path)(error))
                }
                _ => Ok(()),
            };
        }
        if started.elapsed() > LEFT_OVER_LIMIT {
            return Err(Error::LeftOver { data: data.to_owned(), pid: file.pid });
        }
        thread::sleep(POLL);
    }
    Ok(())
}
