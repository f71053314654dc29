//! What a process uses, as the kernel counts it.

use anyhow::Context as _;

/// What a process has done since it was started. If it has done nothing meanwhile, two are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Work {
    /// CPU time in ticks of the kernel, of which a second has a hundred.
    pub(crate) ticks: u64,
    /// How often its main thread has waited for something. Threads come and go, and that one does everything but lookups of names.
    pub(crate) waits: u64,
}

/// What a process has done.
pub(crate) fn work(process: u32) -> anyhow::Result<Work> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    let fields: Vec<_> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let field = |at: usize| anyhow::Ok(fields.get(at).context("a field of stat")?.parse::<u64>()?);
    let waits = value(&status(process)?, "voluntary_ctxt_switches:")?;
    Ok(Work { ticks: field(11)? + field(12)?, waits })
}

fn status(process: u32) -> anyhow::Result<String> {
    Ok(std::fs::read_to_string(format!("/proc/{process}/status"))?)
}

/// The memory of a process, in MB of a million bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory {
    /// All that it occupies.
    pub(crate) resident: f64,
    /// Of that, what it has allocated. The rest is its program, of which a build for development has more.
    pub(crate) allocated: f64,
}

/// The memory that a process occupies.
pub(crate) fn memory(process: u32) -> anyhow::Result<Memory> {
    let status = status(process)?;
    let megabytes = |name| anyhow::Ok(f64::from(u32::try_from(value(&status, name)?)?) * 1024.0 / 1e6);
    Ok(Memory { resident: megabytes("VmRSS:")?, allocated: megabytes("RssAnon:")? })
}

/// The number after a name.
fn value(status: &str, name: &str) -> anyhow::Result<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name)).with_context(|| name.to_owned())?;
    Ok(line.split_whitespace().next().context("a number")?.parse()?)
}
