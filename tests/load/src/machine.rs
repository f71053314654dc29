//! The machine on which the figures were measured, and its other load.

use std::fmt::{self, Display, Formatter};
use std::fs;

use serde::Serialize;

/// The state of this machine at one moment.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Machine {
    pub(crate) cores: usize,
    pub(crate) processor: String,
    pub(crate) memory_mib: u64,
    pub(crate) kernel: String,
    /// The load average over 1, 5 and 15 minutes. Before the run it shows only other programs.
    pub(crate) load_average: String,
}

impl Machine {
    /// The current state; values that cannot be read are empty.
    pub(crate) fn now() -> Self {
        let read = |path| fs::read_to_string(path).unwrap_or_default();
        let field = |text: &str, name: &str| {
            let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
            line.split_once(':').map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
        };
        let kib = field(&read("/proc/meminfo"), "MemTotal");
        Self {
            cores: std::thread::available_parallelism().map_or(0, usize::from),
            processor: field(&read("/proc/cpuinfo"), "model name"),
            memory_mib: kib.split(' ').next().and_then(|kib| kib.parse().ok()).unwrap_or(0_u64) / 1024,
            kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
            load_average: read("/proc/loadavg").split(' ').take(3).collect::<Vec<_>>().join(" "),
        }
    }
}

/// Time of all cores since the machine started, in ticks of the kernel's clock.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ProcessorTime {
    all: u64,
    stolen: u64,
}

impl ProcessorTime {
    /// The kernel's current counts (`proc_stat(5)`).
    pub(crate) fn now() -> Self {
        Self::parse(&fs::read_to_string("/proc/stat").unwrap_or_default())
    }

    /// The share of time since then in which another guest of the host had the cores, in per cent.
    #[expect(clippy::cast_precision_loss, reason = "ticks of one run are far below 2^52")]
    pub(crate) fn stolen_since(self) -> f64 {
        let now = Self::now();
        let all = now.all.saturating_sub(self.all).max(1);
        100.0 * now.stolen.saturating_sub(self.stolen) as f64 / all as f64
    }

    fn parse(stat: &str) -> Self {
        let fields = stat.lines().next().unwrap_or_default().split_whitespace().skip(1);
        // user, nice, system, idle, iowait, irq, softirq, steal; guest time is part of user time.
        let ticks: Vec<u64> = fields.take(8).map(|ticks| ticks.parse().unwrap_or_default()).collect();
        Self { all: ticks.iter().sum(), stolen: ticks.get(7).copied().unwrap_or_default() }
    }
}

impl Display for Machine {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { cores, processor, memory_mib, kernel, .. } = self;
        write!(
            f,
            "{cores} cores ({processor}), {memory_mib} MiB, Linux {kernel}; server, Postgres and load share them"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steal_is_the_eighth_field_of_all_cores() {
        let time = ProcessorTime::parse("cpu  10 20 30 400 5 6 7 80 9 0\ncpu0 1 2 3 4 5 6 7 8 9 0\n");
        assert_eq!((time.all, time.stolen), (558, 80));
    }
}
