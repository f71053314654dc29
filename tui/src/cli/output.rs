//! Prints tables for people and JSON for programs; foreign text is made safe in both.

use std::io::{self, IsTerminal as _, Write};

use serde::Serialize;

use crate::export::ExportFormat;
use crate::text::{fit, sanitize, sanitize_json, width};

use super::global_options::OutputFormat;

/// The destination and format of a command's output.
pub(super) struct Output {
    to: Box<dyn Write>,
    format: OutputFormat,
    /// The width of the terminal; `None` if the output goes elsewhere.
    columns: Option<usize>,
}

/// The greatest width to which cells are padded where the output is no terminal, in columns.
const MAX_PADDED: usize = 60;
/// The width below which no column of a table is narrowed, in columns.
const MIN_COLUMN: usize = 8;

/// Narrows the widest columns, the first one last because it has what identifies the row, until all fit.
fn shrink_columns(widths: &mut [usize], columns: usize) {
    let gaps = 2 * widths.len().saturating_sub(1);
    for spared in [1, 0] {
        while widths.iter().sum::<usize>() + gaps > columns {
            let widest = widths.iter_mut().skip(spared).filter(|width| **width > MIN_COLUMN).max();
            match widest {
                Some(width) => *width -= 1,
                None => break,
            }
        }
    }
}

impl Output {
    pub(super) fn new(to: Box<dyn Write>, format: OutputFormat) -> Self {
        let is_terminal = std::io::stdout().is_terminal();
        let size = is_terminal.then(crossterm::terminal::size).and_then(Result::ok);
        Self { to, format, columns: size.map(|(columns, _)| usize::from(columns)) }
    }

    /// Whether what is no list is printed as JSON.
    pub(super) fn is_json(&self) -> bool {
        matches!(self.format, OutputFormat::Json | OutputFormat::Ndjson)
    }

    /// The format of lists for other programs; `None` for a table.
    pub(super) fn list_format(&self) -> Option<ExportFormat> {
        match self.format {
            OutputFormat::Table => None,
            OutputFormat::Json => Some(ExportFormat::Json),
            OutputFormat::Ndjson => Some(ExportFormat::Ndjson),
            OutputFormat::Csv => Some(ExportFormat::Csv),
        }
    }

    /// Where rows of a list are written.
    pub(super) fn writer(&mut self) -> &mut dyn Write {
        &mut *self.to
    }

    /// Prints the value as indented JSON.
    pub(super) fn json(&mut self, value: &impl Serialize) -> io::Result<()> {
        if self.format == OutputFormat::Ndjson {
            return writeln!(self.to, "{}", sanitize_json(&serde_json::to_string(value)?, false));
        }
        let text = serde_json::to_string_pretty(value)?;
        writeln!(self.to, "{}", sanitize_json(&text, true))
    }

    /// Prints the value as JSON, or else the line.
    pub(super) fn json_or(&mut self, value: &impl Serialize, line: &str) -> io::Result<()> {
        if self.is_json() { self.json(value) } else { self.line(line) }
    }

    /// Prints one line.
    pub(super) fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.to, "{}", sanitize(text).trim_end())
    }

    /// Prints a picture whose characters are dark: black on white if the output is a terminal, whatever its colours are.
    pub(super) fn picture(&mut self, lines: &[String]) -> io::Result<()> {
        let (begin, end) = if self.columns.is_some() { ("\u{1b}[30;107m", "\u{1b}[0m") } else { ("", "") };
        for line in lines {
            writeln!(self.to, "{begin}{line}{end}")?;
        }
        Ok(())
    }

    /// Writes a remark about the output to standard error, so that standard output has the rows alone.
    pub(super) fn remark(text: &str) {
        bowline_stdio::eprintln!("{}", sanitize(text));
    }

    /// Prints rows below titles. On a terminal the table fits its width; elsewhere every cell is whole, and one that is
    /// very long does not widen the other rows.
    pub(super) fn table<const N: usize>(
        &mut self,
        titles: [&str; N],
        rows: &[[String; N]],
    ) -> io::Result<()> {
        self.table_part(titles, rows, None).map(drop)
    }

    /// Prints a part of a table: the first one with its titles, each other one in the widths of the first one, which are returned.
    pub(super) fn table_part<const N: usize>(
        &mut self,
        titles: [&str; N],
        rows: &[[String; N]],
        known: Option<[usize; N]>,
    ) -> io::Result<[usize; N]> {
        let rows: Vec<[String; N]> =
            rows.iter().map(|row| row.each_ref().map(|cell| sanitize(cell))).collect();
        let mut widths: [usize; N] = std::array::from_fn(|i| {
            let widest = rows.iter().map(|row| width(&row[i]));
            widest.chain([width(titles[i])]).max().unwrap_or(0)
        });
        match (known, self.columns) {
            (Some(known), _) => widths = known,
            (None, Some(columns)) => shrink_columns(&mut widths, columns),
            (None, None) => widths = widths.map(|width| width.min(MAX_PADDED)),
        }
        let titles = titles.map(ToOwned::to_owned);
        for row in known.is_none().then_some(&titles).into_iter().chain(&rows) {
            let cell = |(cell, columns): (&String, usize)| match self.columns {
                None if width(cell) > columns => cell.clone(),
                _ => fit(cell, columns),
            };
            let cells: Vec<_> = row.iter().zip(widths).map(cell).collect();
            writeln!(self.to, "{}", cells.join("  ").trim_end())?;
        }
        Ok(widths)
    }

    /// Prints a label and a value.
    pub(super) fn pair(&mut self, label: &str, value: &str) -> io::Result<()> {
        self.line(&format!("  {}  {value}", fit(label, 15)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_fits_the_terminal_and_narrows_the_first_column_last() {
        let mut widths = [31, 15_000, 12];
        shrink_columns(&mut widths, 80);
        assert_eq!(widths, [31, 33, 12]);
        shrink_columns(&mut widths, 40);
        assert_eq!(widths, [20, 8, 8]);
    }
}
