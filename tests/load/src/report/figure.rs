//! A figure: its runs, their median and spread.

use std::fmt::Write as _;

use hdrhistogram::Histogram;
use serde::Serialize;

use crate::arguments::Size;
use crate::generator::open_loop::{Seen, Slow};
use crate::wrk::Outcome;

/// Percentiles in milliseconds.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Latency {
    pub(crate) p50: f64,
    pub(crate) p90: f64,
    pub(crate) p99: f64,
    pub(crate) p999: f64,
}

impl Latency {
    /// Computes the percentiles of times in microseconds.
    pub(crate) fn of(times: &Histogram<u64>) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "microseconds of one run are far below 2^52")]
        let [p50, p90, p99, p999] =
            [50.0, 90.0, 99.0, 99.9].map(|at| times.value_at_percentile(at) as f64 / 1000.0);
        Self { p50, p90, p99, p999 }
    }

    /// The median of each percentile over several runs.
    fn median(runs: &[Self]) -> Option<Self> {
        let of = |pick: fn(&Self) -> f64| median(runs.iter().map(pick).collect());
        (!runs.is_empty()).then(|| Self {
            p50: of(|one| one.p50),
            p90: of(|one| one.p90),
            p99: of(|one| one.p99),
            p999: of(|one| one.p999),
        })
    }
}

impl From<&Seen> for Latency {
    fn from(seen: &Seen) -> Self {
        Self::of(&seen.latency)
    }
}

impl From<Outcome> for Latency {
    #[expect(clippy::cast_precision_loss, reason = "microseconds of one run are far below 2^52")]
    fn from(outcome: Outcome) -> Self {
        let [p50, p90, p99, p999] =
            [outcome.p50, outcome.p90, outcome.p99, outcome.p999].map(|micros| micros as f64 / 1000.0);
        Self { p50, p90, p99, p999 }
    }
}

/// The result of one scenario.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Figure {
    pub(crate) name: String,
    /// The size of the data.
    pub(crate) accounts: String,
    /// The unit of the runs.
    pub(crate) unit: &'static str,
    pub(crate) median: f64,
    /// The difference between the best and the worst run, relative to the median.
    pub(crate) spread: f64,
    pub(crate) runs: Vec<f64>,
    /// The medians of the runs' percentiles.
    pub(crate) latency: Option<Latency>,
    /// Each run's slowest calls, where they were kept.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) slowest: Vec<Vec<Slow>>,
    pub(crate) notes: Vec<String>,
}

impl Figure {
    /// A figure of calls per second.
    pub(crate) fn rates(name: &str, size: Size, runs: Vec<f64>) -> Self {
        Self::of(name, size, "calls/s", runs)
    }

    /// A figure in any other unit.
    pub(crate) fn of(name: &str, size: Size, unit: &'static str, runs: Vec<f64>) -> Self {
        let middle = median(runs.clone());
        let (low, high) =
            runs.iter().fold((f64::MAX, 0.0_f64), |(low, high), run| (low.min(*run), high.max(*run)));
        let spread = if runs.is_empty() || middle <= 0.0 { 0.0 } else { (high - low) / middle };
        let (name, accounts) = (name.to_owned(), size.to_string());
        Self {
            name,
            accounts,
            unit,
            median: middle,
            spread,
            runs,
            latency: None,
            slowest: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Adds the percentiles of the runs.
    #[must_use]
    pub(crate) fn latency(mut self, runs: &[Latency]) -> Self {
        self.latency = Latency::median(runs);
        self
    }

    /// Adds the slowest calls of each run.
    #[must_use]
    pub(crate) fn slowest(mut self, runs: Vec<Vec<Slow>>) -> Self {
        self.slowest = runs;
        self
    }

    /// Adds a note.
    #[must_use]
    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Formats the figure as one line.
    pub(crate) fn line(&self) -> String {
        let mut line = format!(
            "{:<30} {:>5} {:>9.*} {:<8} ±{:>3.0} %",
            self.name,
            self.accounts,
            usize::from(self.median < 100.0) * 2,
            self.median,
            self.unit,
            self.spread * 50.0
        );
        if let Some(latency) = self.latency {
            let Latency { p50, p90, p99, p999 } = latency;
            let _ = write!(line, "  {p50:>7.2} {p90:>7.2} {p99:>7.2} {p999:>7.2} ms");
        }
        for note in &self.notes {
            line += "  ";
            line += note;
        }
        line
    }
}

/// The median of some numbers: for an even count the mean of the two middle ones, and 0 for none.
pub(crate) fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    let middle = numbers.len() / 2;
    match (numbers.get(middle), middle.checked_sub(1).and_then(|before| numbers.get(before))) {
        (Some(upper), Some(lower)) if numbers.len().is_multiple_of(2) => f64::midpoint(*lower, *upper),
        (Some(upper), _) => *upper,
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        for (numbers, middle) in
            [(vec![], 0.0), (vec![3.0], 3.0), (vec![9.0, 1.0, 5.0], 5.0), (vec![4.0, 2.0], 3.0)]
        {
            assert!((median(numbers) - middle).abs() < f64::EPSILON);
        }
    }

    #[test]
    fn the_spread_is_half_on_either_side() {
        let figure = Figure::rates("token", Size(10_000), vec![90.0, 100.0, 110.0]);
        assert!((figure.spread - 0.2).abs() < 1e-9);
        assert!(figure.line().contains("± 10 %"), "{}", figure.line());
    }
}
