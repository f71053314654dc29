//! The external programs that must be installed, and the packages that contain them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// An external program or library that must be installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// The Postgres server's binaries. The service that Debian's package starts is not used.
    Postgres,
    /// The browser for the tests of the link flow.
    Chromium,
    /// The WebDriver server that controls Chromium.
    Chromedriver,
    /// Python's `venv` with pip, for the official Dropbox package.
    PythonVenv,
    /// Node.js with npm, for the certified identity provider.
    Npm,
    /// The HTTP client for trying the API, which the demo also tells its readers to use.
    Curl,
    /// Reads and writes JSON in shells, for the example with curl.
    Jq,
    /// Hashes and signs in shells, for the same.
    OpenSsl,
    /// Prometheus's tool that checks and tests alerts; the Prometheus server is not needed.
    Promtool,
    /// Postgres's own load generator, for the benchmarks.
    Pgbench,
    /// An HTTP load generator, for the benchmarks.
    Wrk,
    /// The edge proxy of `deploy/`.
    HaProxy,
    /// The connection pooler that many replicas may share.
    PgBouncer,
    /// A library that gives one process its own clock.
    FakeTime,
    /// The tool that makes single system calls fail.
    Strace,
    /// A shell in which `bowline` completes what is typed, as it does in bash and fish.
    Zsh,
    /// The same.
    Fish,
    /// The tool that creates the root of a bare Debian.
    Debootstrap,
}

/// The packages and programs of a need.
struct Facts {
    debian: &'static str,
    homebrew: &'static str,
    programs: &'static [&'static str],
}

/// The programs of the server's package; the client's are among its dependencies.
const POSTGRES: &[&str] = &["initdb", "postgres", "psql", "pg_dump"];

impl Need {
    /// Everything that the tests need; the benchmarks and `--bare` need more.
    pub const ALL: [Self; 15] = [
        Self::Postgres,
        Self::Chromium,
        Self::Chromedriver,
        Self::PythonVenv,
        Self::Npm,
        Self::Curl,
        Self::Jq,
        Self::OpenSsl,
        Self::HaProxy,
        Self::PgBouncer,
        Self::Promtool,
        Self::FakeTime,
        Self::Strace,
        Self::Zsh,
        Self::Fish,
    ];
    /// Everything that `cargo demo` needs: the programs that it starts and those that it tells its readers to run.
    pub const DEMO: [Self; 2] = [Self::Postgres, Self::Curl];
    /// Everything that `cargo faults` needs.
    pub const FAULTS: [Self; 3] = [Self::Postgres, Self::FakeTime, Self::Strace];
    /// Everything that `cargo load` needs.
    pub const LOAD: [Self; 3] = [Self::Postgres, Self::Pgbench, Self::Wrk];
    /// Everything that `cargo verify --bare` needs outside the bare root.
    pub const BARE: [Self; 1] = [Self::Debootstrap];

    fn facts(self) -> Facts {
        let (debian, homebrew, programs): (_, _, &[&str]) = match self {
            Self::Postgres => ("postgresql", "postgresql@17", POSTGRES),
            Self::Chromium => ("chromium", "chromium", &["chromium", "chromium-browser", "google-chrome"]),
            Self::Chromedriver => ("chromium-driver", "chromedriver", &["chromedriver"]),
            Self::PythonVenv => ("python3-venv", "python", &["python3"]),
            Self::Npm => ("npm", "node", &["node", "npm"]),
            Self::Curl => ("curl", "curl", &["curl"]),
            Self::Jq => ("jq", "jq", &["jq"]),
            Self::OpenSsl => ("openssl", "openssl", &["openssl"]),
            Self::Promtool => ("prometheus", "prometheus", &["promtool"]),
            // It is part of the server's package, or of this package on systems that split the two.
            Self::Pgbench => ("postgresql-contrib", "postgresql@17", &["pgbench"]),
            Self::Wrk => ("wrk", "wrk", &["wrk"]),
            Self::HaProxy => ("haproxy", "haproxy", &["haproxy"]),
            Self::PgBouncer => ("pgbouncer", "pgbouncer", &["pgbouncer"]),
            Self::FakeTime => ("libfaketime", "libfaketime", &[]),
            Self::Strace => ("strace", "strace", &["strace"]),
            Self::Zsh => ("zsh", "zsh", &["zsh"]),
            Self::Fish => ("fish", "fish", &["fish"]),
            Self::Debootstrap => ("debootstrap", "debootstrap", &["debootstrap"]),
        };
        Facts { debian, homebrew, programs }
    }

    /// The programs that the package contains.
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
            // Any one of them suffices.
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

/// The path of libfaketime for multithreaded programs, on Debian and its derivatives.
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

/// Whether a command succeeds; its output is discarded.
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
