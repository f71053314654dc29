//! The results as text, JSON and Markdown.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};

use crate::list::Scenario;
use crate::plan::Seen;

/// The result of one scenario.
pub struct Row {
    /// The scenario.
    pub scenario: &'static Scenario,
    /// The result, or why the scenario failed.
    pub outcome: Result<Seen, String>,
    /// How long it took.
    pub took: Duration,
}

impl Row {
    fn verdict(&self) -> &'static str {
        match &self.outcome {
            Ok(seen) if seen.times == 0 => "not run",
            Ok(_) => "pass",
            Err(_) => "FAIL",
        }
    }

    /// Whether the fault was injected and all checks passed.
    pub fn has_passed(&self) -> bool {
        self.times() > 0
    }

    fn times(&self) -> usize {
        self.outcome.as_ref().map_or(0, |seen| seen.times)
    }

    fn text(&self) -> &str {
        match &self.outcome {
            Ok(seen) => &seen.text,
            Err(why) => why,
        }
    }

    /// Formats the row as one line of text.
    pub fn line(&self) -> String {
        let Self { scenario, took, .. } = self;
        format!(
            "{:<8}{:<22}{:>5} × {:>6.0} s  {}",
            self.verdict(),
            scenario.name,
            self.times(),
            took.as_secs_f64(),
            self.text()
        )
    }
}

/// The rows as JSON.
pub fn json(rows: &[Row]) -> Value {
    rows.iter()
        .map(|row| {
            json!({
                "name": row.scenario.name,
                "fault": row.scenario.fault,
                "expected": row.scenario.expected,
                "times": row.times(),
                "seconds": row.took.as_secs_f64().round(),
                "verdict": row.verdict(),
                "seen": row.text(),
            })
        })
        .collect()
}

/// The rows as the table of `docs/reliability.md`.
pub fn markdown(rows: &[Row]) -> String {
    let mut text = String::from("| fault | times | expected | seen | |\n|---|---:|---|---|---|\n");
    for row in rows {
        let seen = row.text().replace('|', "/").replace('\n', " ");
        let Scenario { name, fault, expected, .. } = row.scenario;
        let (times, verdict) = (row.times(), row.verdict());
        // Writing to a String cannot fail.
        let _: std::fmt::Result =
            writeln!(text, "| {fault} (`{name}`) | {times} | {expected} | {seen} | {verdict} |");
    }
    text
}
