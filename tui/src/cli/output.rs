//! Prints tables for people and JSON for programs; foreign text is made safe in both.

use std::io::{self, Write};

use serde::Serialize;

use crate::text::{fit, sanitize, sanitize_json, width};

/// The destination and format of a command's output.
pub(super) struct Output {
    to: Box<dyn Write>,
    json: bool,
}

impl Output {
    pub(super) fn new(to: Box<dyn Write>, json: bool) -> Self {
        Self { to, json }
    }

    /// Whether the output is JSON.
    pub(super) fn is_json(&self) -> bool {
        self.json
    }

    /// Prints the value as indented JSON.
    pub(super) fn json(&mut self, value: &impl Serialize) -> io::Result<()> {
        let text = serde_json::to_string_pretty(value)?;
        writeln!(self.to, "{}", sanitize_json(&text, true))
    }

    /// Prints the value as JSON, or else the line.
    pub(super) fn json_or(&mut self, value: &impl Serialize, line: &str) -> io::Result<()> {
        if self.json { self.json(value) } else { self.line(line) }
    }

    /// Prints one line.
    pub(super) fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.to, "{}", sanitize(text).trim_end())
    }

    /// Prints rows below titles; each column is as wide as its widest cell.
    pub(super) fn table<const N: usize>(
        &mut self,
        titles: [&str; N],
        rows: &[[String; N]],
    ) -> io::Result<()> {
        let rows: Vec<[String; N]> =
            rows.iter().map(|row| row.each_ref().map(|cell| sanitize(cell))).collect();
        let widths: [usize; N] = std::array::from_fn(|i| {
            rows.iter().map(|row| width(&row[i])).chain([width(titles[i])]).max().unwrap_or(0)
        });
        let titles = titles.map(ToOwned::to_owned);
        for row in std::iter::once(&titles).chain(&rows) {
            let cells: Vec<_> = row.iter().zip(widths).map(|(cell, width)| fit(cell, width)).collect();
            writeln!(self.to, "{}", cells.join("  ").trim_end())?;
        }
        Ok(())
    }

    /// Prints a label and a value.
    pub(super) fn pair(&mut self, label: &str, value: &str) -> io::Result<()> {
        self.line(&format!("  {}  {value}", fit(label, 15)))
    }
}
