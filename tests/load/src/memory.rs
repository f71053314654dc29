//! The memory usage of a process, as Linux counts it.

use std::fs;

use anyhow::Context as _;
use serde::Serialize;

/// The memory of one process in KiB.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Memory {
    /// Resident memory, including shared pages of the program file.
    pub rss: u64,
    /// Resident memory with shared pages divided among the processes that share them.
    pub pss: u64,
    /// Memory that the process has allocated itself: heap and stacks.
    pub anonymous: u64,
    /// The peak of resident memory since the start or the last reset.
    pub peak_rss: u64,
}

impl Memory {
    /// Reads the memory of process `pid`.
    pub(crate) fn of(pid: u32) -> anyhow::Result<Self> {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).context("/proc is needed")?;
        let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
        Ok(Self {
            rss: field(&status, "VmRSS:")?,
            pss: field(&rollup, "Pss:")?,
            anonymous: field(&status, "RssAnon:")?,
            peak_rss: field(&status, "VmHWM:")?,
        })
    }

    /// Resets the peak of process `pid` (proc(5), `clear_refs`).
    pub(crate) fn forget_peak(pid: u32) -> anyhow::Result<()> {
        fs::write(format!("/proc/{pid}/clear_refs"), "5").context("the peak of memory cannot be reset")
    }
}

fn field(text: &str, name: &str) -> anyhow::Result<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let number = line
        .and_then(|rest| rest.split_whitespace().next())
        .with_context(|| format!("/proc has no {name}"))?;
    Ok(number.parse()?)
}
