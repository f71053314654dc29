//! `postmaster.pid`, in which Postgres records its process id and whether it is ready (PostgreSQL source, `pidfile.h`).

use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::sys::signal::kill;
use nix::unistd::Pid;

/// The contents of `postmaster.pid`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PidFile {
    pub(crate) pid: i32,
    pub(crate) ready: bool,
}

impl PidFile {
    pub(crate) fn path(data: &Path) -> PathBuf {
        data.join("postmaster.pid")
    }

    /// Reads the file; `None` if it is missing or incomplete.
    pub(crate) fn read(data: &Path) -> Option<Self> {
        Self::parse(&std::fs::read_to_string(Self::path(data)).ok()?)
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let pid = lines.next()?.trim().parse::<i32>().ok()?.checked_abs()?;
        // Line 8 is the state. Before it come process id, data directory, start time, port, socket, address and memory
        // key.
        let ready = lines.nth(6).is_some_and(|state| state.trim() == "ready");
        Some(Self { pid, ready })
    }

    /// Whether the recorded process is a Postgres on `data`. The process id alone proves nothing, because after a
    /// restart of the machine or the container it may belong to another program.
    pub(crate) fn is_alive(&self, data: &Path) -> bool {
        if kill(Pid::from_raw(self.pid), None) == Err(Errno::ESRCH) {
            return false;
        }
        match std::fs::read(format!("/proc/{}/cmdline", self.pid)) {
            Ok(command) => command
                .split(|byte| *byte == 0)
                .any(|argument| argument == data.as_os_str().as_encoded_bytes()),
            // Without /proc (macOS), the process id is the only evidence.
            Err(_) => !Path::new("/proc/self").exists(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUNNING: &str = "4711\n/data\n1763930000\n5432\n/socket\n\n  5432001 12\nready   \n";

    #[test]
    fn a_running_postgres_is_read() {
        assert_eq!(PidFile::parse(RUNNING), Some(PidFile { pid: 4711, ready: true }));
    }

    #[test]
    fn a_starting_postgres_is_not_ready() {
        assert_eq!(
            PidFile::parse(&RUNNING.replace("ready   ", "starting")),
            Some(PidFile { pid: 4711, ready: false })
        );
        assert_eq!(PidFile::parse("4711\n/data\n"), Some(PidFile { pid: 4711, ready: false }));
    }

    #[test]
    fn a_half_written_pid_file_is_ignored() {
        assert_eq!(PidFile::parse(""), None);
        assert_eq!(PidFile::parse("\n"), None);
    }

    #[test]
    fn another_program_with_the_same_number_is_not_this_postgres() {
        let ours = PidFile { pid: i32::try_from(std::process::id()).unwrap(), ready: true };
        assert!(!ours.is_alive(Path::new("/nowhere/data")));
    }
}
