//! What is not ours and must be on the machine: the programs it brings, and the package that it comes in.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Something that is not ours and must be on the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// The server's binaries; the service that Debian's package starts beside them is not used.
    Postgres,
    /// The browser that clicks through the link flow.
    Chromium,
    /// What drives it.
    Chromedriver,
    /// Python's `venv` with pip, for the official Dropbox package.
    PythonVenv,
    /// The HTTP client that tenants try our API with, and that the demo tells its reader to run.
    Curl,
    /// Prometheus's tool, which checks and tests alerts; its server need not run.
    Promtool,
    /// Postgres's own load generator, for the benchmarks.
    Pgbench,
    /// An HTTP load generator, for the benchmarks.
    Wrk,
    /// The edge proxy of `deploy/`.
    HaProxy,
    /// The connection pooler that many replicas may share.
    PgBouncer,
    /// A library that gives one process a clock of its own.
    FakeTime,
    /// What makes one system call fail.
    Strace,
    /// What makes the root of a bare Debian.
    Debootstrap,
}

/// What is known about one need.
struct Facts {
    debian: &'static str,
    homebrew: &'static str,
    programs: &'static [&'static str],
}

/// Programs of the server's package; the client's are among its dependencies.
const POSTGRES: &[&str] = &["initdb", "postgres", "psql", "pg_dump"];

impl Need {
    /// All that the tests need; the benchmarks and the bare root need more.
    pub const ALL: [Self; 10] = [
        Self::Postgres,
        Self::Chromium,
        Self::Chromedriver,
        Self::PythonVenv,
        Self::Curl,
        Self::HaProxy,
        Self::PgBouncer,
        Self::Promtool,
        Self::FakeTime,
        Self::Strace,
    ];
    /// What `cargo demo` needs: the programs that it starts, and those that it tells its reader to run.
    pub const DEMO: [Self; 2] = [Self::Postgres, Self::Curl];
    /// What `cargo faults` needs.
    pub const FAULTS: [Self; 3] = [Self::Postgres, Self::FakeTime, Self::Strace];
    /// What `cargo load` needs.
    pub const LOAD: [Self; 3] = [Self::Postgres, Self::Pgbench, Self::Wrk];
    /// What `cargo verify --bare` needs on the machine around the bare root.
    pub const BARE: [Self; 1] = [Self::Debootstrap];

    fn facts(self) -> Facts {
        let (debian, homebrew, programs): (_, _, &[&str]) = match self {
            Self::Postgres => ("postgresql", "postgresql@17", POSTGRES),
            Self::Chromium => ("chromium", "chromium", &["chromium", "chromium-browser", "google-chrome"]),
            Self::Chromedriver => ("chromium-driver", "chromedriver", &["chromedriver"]),
            Self::PythonVenv => ("python3-venv", "python", &["python3"]),
            Self::Curl => ("curl", "curl", &["curl"]),
            Self::Promtool => ("prometheus", "prometheus", &["promtool"]),
            // In the server's package, and in this one where a system parts the two.
            Self::Pgbench => ("postgresql-contrib", "postgresql@17", &["pgbench"]),
            Self::Wrk => ("wrk", "wrk", &["wrk"]),
            Self::HaProxy => ("haproxy", "haproxy", &["haproxy"]),
            Self::PgBouncer => ("pgbouncer", "pgbouncer", &["pgbouncer"]),
            Self::FakeTime => ("libfaketime", "libfaketime", &[]),
            Self::Strace => ("strace", "strace", &["strace"]),
            Self::Debootstrap => ("debootstrap", "debootstrap", &["debootstrap"]),
        };
        Facts { debian, homebrew, programs }
    }

    /// The programs that it brings.
    pub fn programs(self) -> &'static [&'static str] {
        self.facts().programs
    }

    /// Whether this machine has it.
    pub fn is_met(self) -> bool {
        match self {
            Self::Postgres => bowline_postgres::Binaries::find().is_ok(),
            Self::Pgbench => {
                bowline_postgres::Binaries::find().is_ok_and(|found| found.program("pgbench").is_file())
            }
            // One of them is enough.
            Self::Chromium => self.programs().iter().any(|name| on_path(name)),
            Self::PythonVenv => succeeds(Command::new("python3").args(["-c", "import venv, ensurepip"])),
            Self::FakeTime => faketime_library().is_some(),
            _ => self.programs().iter().all(|name| on_path(name)),
        }
    }

    pub(crate) fn debian_package(self) -> &'static str {
        self.facts().debian
    }

    pub(crate) fn homebrew_formula(self) -> &'static str {
        self.facts().homebrew
    }
}

/// libfaketime for programs with threads, where Debian and its kin keep it.
pub fn faketime_library() -> Option<PathBuf> {
    let roots = std::fs::read_dir("/usr/lib").into_iter().flatten().filter_map(Result::ok);
    roots.map(|root| root.path().join("faketime/libfaketimeMT.so.1")).find(|path| path.exists())
}

fn on_path(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/bin", "/usr/sbin"].map(|directory| Path::new(directory).to_owned()))
        .any(|directory| directory.join(name).is_file())
}

/// Whether a command ends well; what it says is of no interest.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_does_not_exist_is_not_on_the_path() {
        assert!(on_path("sh"));
        assert!(!on_path("bowline-no-such-program"));
    }
}
