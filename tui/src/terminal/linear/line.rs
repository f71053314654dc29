//! A row of a frame as a line that can be read aloud: without frames, without symbols that a word explains.

use ratatui::buffer::Cell;
use unicode_width::UnicodeWidthStr as _;

use crate::symbols;

/// The sign before the selected row and before the field that receives keys.
const SELECTED_SIGN: &str = "▶ ";

/// A line of a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LinearLine {
    /// What is read.
    pub(super) text: String,
    /// Whether it is the selected row, or the field that receives keys.
    pub(super) is_marked: bool,
}

impl LinearLine {
    /// What a row of cells says, or nothing if it is empty or only drawn.
    pub(super) fn of(cells: &[Cell]) -> Option<Self> {
        let text = text_of_cells(cells, cells.len());
        let (is_marked, text) = match text.strip_prefix(SELECTED_SIGN) {
            Some(rest) => (true, rest),
            None => (false, text.as_str()),
        };
        let text = spoken_words(text);
        (!text.is_empty()).then_some(Self { text, is_marked })
    }

    /// What stands left of this column, in the row where text is typed.
    pub(super) fn typed(cells: &[Cell], column: u16) -> String {
        let text = text_of_cells(cells, usize::from(column));
        spoken_words(text.strip_prefix(SELECTED_SIGN).unwrap_or(&text))
    }

    /// The line without what changes as time passes: ages, countdowns, durations. Lines that differ in nothing else
    /// are not told again.
    pub(super) fn timeless(&self) -> String {
        let mut timeless = String::with_capacity(self.text.len());
        let mut rest = self.text.split(' ').peekable();
        while let Some(word) = rest.next() {
            let is_unit = |next: &&str| {
                matches!(
                    next.trim_end_matches(|c: char| !c.is_alphanumeric()),
                    "ms" | "s" | "min" | "h" | "d"
                )
            };
            let is_number = !word.is_empty() && word.chars().all(|c| c.is_ascii_digit() || c == '.');
            let is_age = is_number && rest.next_if(is_unit).is_some();
            timeless.push_str(if is_age { "#" } else { word });
            timeless.push(' ');
        }
        timeless
    }
}

/// The symbols of the first cells, without the frame at both ends. The second cell of a wide symbol is left out.
fn text_of_cells(cells: &[Cell], columns: usize) -> String {
    let mut text = String::with_capacity(columns);
    let mut column = 0;
    while let Some(cell) = cells.get(column).filter(|_| column < columns) {
        text.push_str(cell.symbol());
        column += cell.symbol().width().max(1);
    }
    text.trim_matches(|c: char| c == ' ' || symbols::is_frame(c)).to_owned()
}

/// Symbols that stand before a word or a number that says the same, and bars of a chart.
fn is_decoration(word: &str) -> bool {
    !word.is_empty() && word.chars().all(symbols::is_decoration)
}

/// The words, with a comma where more than one space was.
fn spoken_words(text: &str) -> String {
    let mut spoken = String::with_capacity(text.len());
    let mut gap = 0;
    for word in text.split(' ') {
        if word.is_empty() {
            gap += 1;
            continue;
        }
        if is_decoration(word) {
            gap += 1;
            continue;
        }
        if !spoken.is_empty() {
            spoken.push_str(if gap > 0 { ", " } else { " " });
        }
        spoken.push_str(word);
        gap = 0;
    }
    spoken
}

#[cfg(test)]
mod tests {
    use ratatui::buffer::Buffer;

    use super::*;

    fn line_of_text(text: &str) -> Option<LinearLine> {
        LinearLine::of(&Buffer::with_lines([text]).content)
    }

    #[test]
    fn frames_and_symbols_are_not_read() {
        let title = line_of_text("╭─ bowline ── prod ── ops-1 (operator) ───── ● live 12 ms ─╮").unwrap();
        assert_eq!(title.text, "bowline, prod, ops-1 (operator), live 12 ms");
        let row = line_of_text("│ ▶ acct_01jd…000000 ada@acme.example   ● active       2 h     │").unwrap();
        assert_eq!(row.text, "acct_01jd…000000 ada@acme.example, active, 2 h");
        assert!(row.is_marked);
        assert_eq!(line_of_text("├────────────────┤"), None);
        assert_eq!(line_of_text("│                │"), None);
        assert_eq!(
            line_of_text("│   山田@acme.example  ‖ suspended │").unwrap().text,
            "山田@acme.example, suspended"
        );
    }

    #[test]
    fn lines_that_differ_in_their_ages_alone_are_the_same() {
        let timeless = |text| line_of_text(text).unwrap().timeless();
        assert_eq!(timeless("ada@acme.example   2 h "), timeless("ada@acme.example   12 min"));
        assert_ne!(timeless("user-1   2 h "), timeless("user-2   2 h"));
        assert_ne!(timeless("1 marked"), timeless("2 marked"));
    }
}
