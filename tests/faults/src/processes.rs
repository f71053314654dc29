//! Process trees: finds the children of a process and sends signals to all of them.

use std::fs;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// The process and its children that are alive.
pub fn family(pid: u32) -> Vec<u32> {
    let parent_of = |pid: u32| -> Option<u32> {
        // `pid (name) state ppid …`, where the name may contain anything, including parentheses.
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
    };
    let all = fs::read_dir("/proc").into_iter().flatten().filter_map(Result::ok);
    let pids = all.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    std::iter::once(pid).chain(pids.filter(|child| parent_of(*child) == Some(pid))).collect()
}

/// Sends `signal` to a process and all its children. The process comes first, so that it creates no new children.
pub fn signal_family(pid: u32, signal: Signal) {
    for pid in family(pid) {
        // The process may have ended already.
        kill(Pid::from_raw(pid.cast_signed()), signal).ok();
    }
}
