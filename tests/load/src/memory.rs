//! How much memory a process has, as Linux counts it.

use std::fs;

use anyhow::Context as _;
use serde::Serialize;

/// Memory of one process, in KiB.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Memory {
    /// Resident, shared pages of the program file included.
    pub rss: u64,
    /// The same with shared pages divided among those who share them.
    pub pss: u64,
    /// What the process has made itself: heap and stacks.
    pub anonymous: u64,
    /// The most that has been resident since the start, or since it was last forgotten.
    pub peak_rss: u64,
}

impl Memory {
    /// Of the process `pid`.
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

    /// From now on the peak of the process `pid` is a new one (proc(5), `clear_refs`).
    pub(crate) fn forget_peak(pid: u32) -> anyhow::Result<()> {
        fs::write(format!("/proc/{pid}/clear_refs"), "5").context("the peak of memory cannot be reset")
    }
}

fn field(text: &str, name: &str) -> anyhow::Result<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let number =
        line.and_then(|rest| rest.split_whitespace().next()).with_context(|| format!("no {name}"))?;
    Ok(number.parse()?)
}
