//! Formats the report as text.

use std::fmt::{self, Display, Formatter};

use super::Report;

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{}", self.before)?;
        if let Some(after) = &self.after {
            writeln!(f, "load average before {}, after {}", self.before.load_average, after.load_average)?;
        }
        writeln!(
            f,
            "Postgres {}; {} runs of {} s each, the median counts; ± is half of best minus worst",
            self.postgres, self.runs, self.seconds
        )?;
        for data in &self.data {
            writeln!(
                f,
                "{} accounts, {} MB: rows in {:.0} s, indexes in {:.0} s, vacuum in {:.0} s",
                data.accounts, data.megabytes, data.rows_seconds, data.indexes_seconds, data.vacuum_seconds
            )?;
        }
        writeln!(
            f,
            "\n{:<30} {:>5} {:>18} {:>6}  {:>7} {:>7} {:>7} {:>7}",
            "", "data", "", "", "p50", "p90", "p99", "p99.9"
        )?;
        for figure in &self.figures {
            writeln!(f, "{}", figure.line())?;
        }
        if !self.curve.is_empty() {
            writeln!(f, "\noffered/s   got/s      p50     p99   p99.9 ms")?;
        }
        for point in &self.curve {
            let latency = point.latency;
            writeln!(
                f,
                "{:>9.0} {:>7.0}  {:>7.2} {:>7.2} {:>7.2}",
                point.offered, point.got, latency.p50, latency.p99, latency.p999
            )?;
        }
        if !self.memory.is_empty() {
            writeln!(f, "\nmemory, MiB            RSS    PSS  own    peak RSS until then")?;
        }
        for at in &self.memory {
            let mib = |kib: u64| kib.div_ceil(1024);
            let memory = at.memory;
            writeln!(
                f,
                "{:<20} {:>5} {:>6} {:>4} {:>11}",
                at.when,
                mib(memory.rss),
                mib(memory.pss),
                mib(memory.anonymous),
                mib(memory.peak_rss)
            )?;
        }
        if !self.bars.is_empty() {
            writeln!(f, "\nbar                                                      measured        bar")?;
        }
        for bar in &self.bars {
            writeln!(
                f,
                "{:<56} {:>8.2}   {} {:>6.2}   {}",
                bar.what,
                bar.measured,
                if bar.at_least { "≥" } else { "≤" },
                bar.limit,
                if bar.holds { "holds" } else { "DOES NOT HOLD" }
            )?;
        }
        for failure in &self.failures {
            writeln!(f, "FAILED {failure}")?;
        }
        Ok(())
    }
}
