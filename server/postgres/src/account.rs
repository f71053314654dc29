//! The operating system account that Postgres runs as. Postgres refuses to run as root, so root switches to an
//! unprivileged account.

use std::ffi::OsStr;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use nix::unistd::{User, geteuid};

use crate::Error;

/// The account that Postgres runs as.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Account {
    /// The account of this process.
    Ours,
    /// Another account, because this process is root: user and group id.
    Other(u32, u32),
}

impl Account {
    pub(crate) fn choose() -> Self {
        if !geteuid().is_root() {
            return Self::Ours;
        }
        let named = |name| User::from_name(name).ok().flatten();
        // Images without a user database still accept the conventional id of "nobody".
        named("postgres")
            .or_else(|| named("nobody"))
            .map_or(Self::Other(65534, 65534), |user| Self::Other(user.uid.as_raw(), user.gid.as_raw()))
    }

    pub(crate) fn uid(self) -> u32 {
        match self {
            Self::Ours => geteuid().as_raw(),
            Self::Other(uid, _) => uid,
        }
    }

    /// Makes this account the owner of a path.
    pub(crate) fn own(self, path: &Path) -> Result<(), Error> {
        match self {
            Self::Ours => Ok(()),
            Self::Other(uid, gid) => {
                chown(path, Some(uid), Some(gid)).map_err(Error::file("hand over", path))
            }
        }
    }

    /// A command that runs `program` as this account and receives SIGINT when the thread that spawned it dies.
    ///
    /// `setpriv` (util-linux) does both between fork and exec, where Rust code would have to be unsafe. Without it
    /// (macOS, Alpine) the account is still changed, but a parent killed by SIGKILL leaves Postgres running.
    pub(crate) fn command(self, program: &Path) -> Command {
        let mut options = Vec::new();
        if let Self::Other(uid, gid) = self {
            options = vec![format!("--reuid={uid}"), format!("--regid={gid}"), "--clear-groups".to_owned()];
        }
        let mut command = setpriv("INT", &options, program).unwrap_or_else(|| {
            let mut command = Command::new(program);
            if let Self::Other(uid, gid) = self {
                command.uid(uid).gid(gid);
            }
            command
        });
        without_postgres_variables(&mut command);
        // A separate process group: Ctrl-C in the terminal must reach only this process, which stops Postgres when it
        // is no longer needed.
        command.current_dir("/").env("LC_ALL", "C").stdin(Stdio::null()).process_group(0);
        command
    }
}

/// Removes `PGDATA`, `PGOPTIONS`, `PGHOST` and similar variables, which would redirect Postgres or psql.
pub(crate) fn without_postgres_variables(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if OsStr::to_str(&name).is_some_and(|name| name.starts_with("PG")) {
            command.env_remove(name);
        }
    }
}

/// A command for `program` that receives `signal` (such as `TERM`) when the *thread* that spawns it dies for any
/// reason. Spawn it from a thread that lives as long as the child should. Without `setpriv` it is an ordinary command.
pub fn tied_to_parent(signal: &str, program: &Path) -> Command {
    setpriv(signal, &[], program).unwrap_or_else(|| Command::new(program))
}

fn setpriv(signal: &str, options: &[String], program: &Path) -> Option<Command> {
    let mut command = setpriv_works().then(|| Command::new("setpriv"))?;
    command.args(["--pdeathsig", signal]).args(options).arg("--").arg(program);
    Some(command)
}

fn setpriv_works() -> bool {
    cfg!(target_os = "linux")
        && Command::new("setpriv")
            .args(["--pdeathsig", "INT", "--", "true"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
}
