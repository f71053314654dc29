//! The results: figures, targets, memory and the latency curve, as a table and as JSON.

mod figure;
mod table;

use bowline_stdio::eprintln;
use std::path::Path;

use serde::Serialize;

pub(crate) use figure::{Figure, Latency, median};

use crate::arguments::Size;
use crate::generator::open_loop::Seen;
use crate::machine::Machine;
use crate::memory::Memory;

/// A target and whether it was met.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Bar {
    pub(crate) what: String,
    pub(crate) measured: f64,
    pub(crate) limit: f64,
    /// Whether `limit` is a minimum; otherwise it is a maximum.
    pub(crate) at_least: bool,
    pub(crate) holds: bool,
}

/// The server's memory at one moment.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct MemoryAt {
    pub(crate) when: String,
    #[serde(flatten)]
    pub(crate) memory: Memory,
}

/// A point of the latency curve.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Point {
    /// The offered calls per second.
    pub(crate) offered: f64,
    /// The answers per second.
    pub(crate) got: f64,
    #[serde(flatten)]
    pub(crate) latency: Latency,
}

/// How the data of one size was created.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct DataNote {
    pub(crate) accounts: String,
    pub(crate) rows_seconds: f64,
    pub(crate) indexes_seconds: f64,
    pub(crate) vacuum_seconds: f64,
    pub(crate) megabytes: i64,
}

/// All results.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Report {
    pub(crate) before: Machine,
    pub(crate) after: Option<Machine>,
    pub(crate) postgres: String,
    /// The arguments of the command.
    pub(crate) command: Vec<String>,
    pub(crate) seconds: u64,
    pub(crate) runs: usize,
    pub(crate) data: Vec<DataNote>,
    pub(crate) bars: Vec<Bar>,
    pub(crate) figures: Vec<Figure>,
    pub(crate) memory: Vec<MemoryAt>,
    pub(crate) curve: Vec<Point>,
    /// The scenarios that failed, and why.
    pub(crate) failures: Vec<String>,
}

impl Report {
    /// An empty report.
    pub(crate) fn new(before: Machine, postgres: String, seconds: u64, runs: usize) -> Self {
        Self {
            before,
            after: None,
            postgres,
            command: std::env::args().skip(1).collect(),
            seconds,
            runs,
            data: Vec::new(),
            bars: Vec::new(),
            figures: Vec::new(),
            memory: Vec::new(),
            curve: Vec::new(),
            failures: Vec::new(),
        }
    }

    /// Prints and adds a figure if it has results.
    pub(crate) fn figure(&mut self, figure: Figure) {
        if !figure.runs.is_empty() {
            eprintln!("  {}", figure.line());
            self.figures.push(figure);
        }
    }

    /// The median of a figure that was measured earlier.
    pub(crate) fn median_of(&self, name: &str, size: Size) -> Option<f64> {
        let size = size.to_string();
        self.figures.iter().find(|one| one.name == name && one.accounts == size).map(|one| one.median)
    }

    /// Judges the median of the ratios of each round's two rates.
    pub(crate) fn ratio(&mut self, what: &str, rates: &[f64], floors: &[f64], bar: f64) {
        let ratios: Vec<f64> = rates.iter().zip(floors).map(|(rate, floor)| rate / floor).collect();
        if !ratios.is_empty() {
            self.judge(what, median(ratios), bar, true);
        }
    }

    /// Judges a value that must not exceed `bar`.
    pub(crate) fn at_most(&mut self, what: &str, measured: f64, bar: f64) {
        self.judge(what, measured, bar, false);
    }

    fn judge(&mut self, what: &str, measured: f64, bar: f64, at_least: bool) {
        let holds = if at_least { measured >= bar } else { measured <= bar };
        self.bars.push(Bar { what: what.to_owned(), measured, limit: bar, at_least, holds });
    }

    /// Adds the server's memory.
    pub(crate) fn memory(&mut self, when: &str, memory: Memory) {
        self.memory.push(MemoryAt { when: when.to_owned(), memory });
    }

    /// Adds a point of the curve.
    pub(crate) fn point(&mut self, offered: f64, seen: &Seen) {
        self.curve.push(Point { offered, got: seen.rate, latency: seen.into() });
    }

    /// Records a scenario that failed.
    pub(crate) fn noted(&mut self, what: &str, outcome: anyhow::Result<()>) {
        if let Err(error) = outcome {
            eprintln!("  {what} failed: {error:#}");
            self.failures.push(format!("{what}: {error:#}"));
        }
    }

    /// Whether every scenario succeeded and every target was met.
    pub(crate) fn is_good(&self) -> bool {
        self.failures.is_empty() && self.bars.iter().all(|bar| bar.holds)
    }

    /// Writes `report.json` into `directory`.
    pub(crate) fn save(&self, directory: &Path) -> anyhow::Result<()> {
        std::fs::create_dir_all(directory)?;
        Ok(std::fs::write(directory.join("report.json"), serde_json::to_vec_pretty(self)?)?)
    }
}
