//! Writes rows as CSV, JSON or NDJSON. Foreign text stays inert, on a terminal and in a spreadsheet.

use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

use crate::text::{sanitize, sanitize_json};

/// A format for other programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// RFC 4180, with a line of titles. A text that a spreadsheet would run as a formula begins with an apostrophe.
    Csv,
    /// One object whose `items` are the rows.
    Json,
    /// One object on each line.
    Ndjson,
}

impl ExportFormat {
    /// The format that the end of a file's name stands for.
    pub fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "json" => Some(Self::Json),
            "ndjson" | "jsonl" => Some(Self::Ndjson),
            _ => None,
        }
    }
}

/// Writes rows one after another. What is written is complete after [`Exporter::finish`].
#[derive(Debug)]
pub struct Exporter<W: Write> {
    to: W,
    format: ExportFormat,
    rows: u64,
}

impl<W: Write> Exporter<W> {
    /// Writes what comes before the rows.
    pub fn begin(mut to: W, format: ExportFormat, titles: &[&str]) -> io::Result<Self> {
        match format {
            ExportFormat::Csv => write!(to, "{}\r\n", titles.join(","))?,
            ExportFormat::Json => write!(to, "{{\"items\": [")?,
            ExportFormat::Ndjson => {}
        }
        Ok(Self { to, format, rows: 0 })
    }

    /// Writes a row: its cells as CSV, or itself as JSON.
    pub fn row(&mut self, row: &impl Serialize, cells: &[String]) -> io::Result<()> {
        if self.format == ExportFormat::Csv {
            let cells: Vec<_> = cells.iter().map(|cell_text| csv_cell(cell_text)).collect();
            write!(self.to, "{}\r\n", cells.join(","))?;
        } else {
            let json = sanitize_json(&serde_json::to_string(row)?, false);
            let (before, after) = match (self.format, self.rows) {
                (ExportFormat::Json, 0) => ("\n", ""),
                (ExportFormat::Json, _) => (",\n", ""),
                _ => ("", "\n"),
            };
            write!(self.to, "{before}{json}{after}")?;
        }
        self.rows += 1;
        Ok(())
    }

    /// The number of rows that were written.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Writes what comes after the rows, and everything that is still buffered.
    pub fn finish(mut self) -> io::Result<W> {
        if self.format == ExportFormat::Json {
            writeln!(self.to, "\n]}}")?;
        }
        self.to.flush()?;
        Ok(self.to)
    }
}

/// A cell of CSV.
fn csv_cell(cell_text: &str) -> String {
    let cell_text = sanitize(cell_text);
    let cell_text = inert_for_spreadsheet(&cell_text);
    if cell_text.contains([',', '"', ';']) || cell_text.starts_with(' ') || cell_text.ends_with(' ') {
        return format!("\"{}\"", cell_text.replace('"', "\"\""));
    }
    cell_text
}

/// The text with an apostrophe before each sign that begins a formula. Some spreadsheets separate cells by a semicolon, so
/// a cell may begin after one.
fn inert_for_spreadsheet(cell_text: &str) -> String {
    let mut out = String::with_capacity(cell_text.len());
    let mut begins = true;
    for c in cell_text.chars() {
        if begins && matches!(c, '=' | '+' | '-' | '@') {
            out.push('\'');
        }
        // A quotation mark at the beginning belongs to the format and not to the cell.
        begins = matches!(c, ';' | ',' | '\t') || begins && c == '"';
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exported_text(format: ExportFormat, rows: &[[&str; 2]]) -> String {
        let mut out = Exporter::begin(Vec::new(), format, &["a", "b"]).unwrap();
        for row in rows {
            out.row(row, &row.map(ToOwned::to_owned)).unwrap();
        }
        String::from_utf8(out.finish().unwrap()).unwrap()
    }

    #[test]
    fn csv_keeps_every_text_in_its_cell_and_starts_no_formula() {
        let rows = [["a,b", "say \"hi\""], ["=HYPERLINK(1)", "@x"], ["two\nlines\u{1b}[2J", "-1"]];
        let exported = exported_text(ExportFormat::Csv, &rows);
        assert_eq!(
            exported,
            "a,b\r\n\"a,b\",\"say \"\"hi\"\"\"\r\n'=HYPERLINK(1),'@x\r\ntwo␊lines␛[2J,'-1\r\n"
        );
    }

    #[test]
    fn no_formula_starts_where_a_semicolon_or_a_tab_separates_cells() {
        let exported = exported_text(ExportFormat::Csv, &[["x;=cmd()", "a,@b"], ["y;\"+1\"", "a-b; -c"]]);
        assert_eq!(exported, "a,b\r\n\"x;'=cmd()\",\"a,'@b\"\r\n\"y;\"\"'+1\"\"\",\"a-b; -c\"\r\n");
        assert_eq!(inert_for_spreadsheet("x\t=1"), "x\t'=1");
    }

    #[test]
    fn json_is_one_document_and_ndjson_one_on_each_line() {
        let rows = [["x", "\u{202e}"], ["y", "z"]];
        let exported = exported_text(ExportFormat::Json, &rows);
        let value: serde_json::Value = serde_json::from_str(&exported).unwrap();
        assert_eq!(value["items"][0][1], "\u{202e}");
        assert!(!exported.contains('\u{202e}'), "it is escaped");
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&exported_text(ExportFormat::Json, &[])).unwrap()["items"]
                .as_array()
                .unwrap()
                .len(),
            0
        );
        assert_eq!(exported_text(ExportFormat::Ndjson, &rows).lines().count(), 2);
    }

    #[test]
    fn the_end_of_the_name_says_the_format() {
        assert_eq!(ExportFormat::of(Path::new("a/b.CSV")), Some(ExportFormat::Csv));
        assert_eq!(ExportFormat::of(Path::new("b.jsonl")), Some(ExportFormat::Ndjson));
        assert_eq!(ExportFormat::of(Path::new("b.xlsx")), None);
    }
}
