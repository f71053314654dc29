//! Writes to the frame by position and meaning. All text is made safe here, in one place for all screens.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::symbols::border;
use ratatui::widgets::{Block, Clear, Widget as _};

use crate::symbols::ascii;
use crate::text::{cut, sanitize, width};
use crate::theme::{Meaning, Theme};

const ASCII_BORDERS: border::Set<'_> = border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};

/// The frame being drawn.
#[derive(Debug)]
pub struct Canvas<'a, 'f> {
    frame: &'a mut Frame<'f>,
    theme: Theme,
    /// Whether dialogs are marked as ones that change something in production.
    is_marked: bool,
}

impl<'a, 'f> Canvas<'a, 'f> {
    /// A canvas over the whole frame.
    pub fn new(frame: &'a mut Frame<'f>, theme: Theme) -> Self {
        Self { frame, theme, is_marked: false }
    }

    /// Marks the dialogs that are drawn from now on as ones that change something in production, or not.
    pub fn mark_dialogs(&mut self, is_marked: bool) {
        self.is_marked = is_marked;
    }

    /// Writes at this position, at most `columns` wide; returns the columns used.
    pub fn put(&mut self, x: u16, y: u16, columns: u16, text: &str, meaning: Meaning) -> u16 {
        if !self.frame.area().contains(Position { x, y }) {
            return 0;
        }
        let mut text = cut(&sanitize(text), usize::from(columns));
        if self.theme == Theme::Ascii {
            text = text.chars().map(ascii).collect();
        }
        // The style of earlier text at this position, such as a dim frame, must not leak through.
        let style = Style::reset().patch(self.theme.style(meaning));
        let (end, _) = self.frame.buffer_mut().set_stringn(x, y, &text, usize::from(columns), style);
        end - x
    }

    /// Writes pieces one after another into a line of the area; returns the columns used.
    pub fn line(&mut self, area: Rect, row: u16, pieces: &[(&str, Meaning)]) -> u16 {
        let mut x = area.x;
        if row < area.height {
            for (text, meaning) in pieces {
                x += self.put(x, area.y + row, area.right().saturating_sub(x), text, *meaning);
            }
        }
        x - area.x
    }

    /// Writes right-aligned into a line of the area.
    pub fn right(&mut self, area: Rect, row: u16, text: &str, meaning: Meaning) {
        let columns = u16::try_from(width(&sanitize(text))).unwrap_or(u16::MAX).min(area.width);
        if row < area.height {
            self.put(area.right() - columns, area.y + row, columns, text, meaning);
        }
    }

    /// Writes centred in the area.
    pub fn centred(&mut self, area: Rect, text: &str, meaning: Meaning) {
        let rows = wrap(&sanitize(text), area.width.saturating_sub(4).max(1));
        let top = area.height.saturating_sub(u16::try_from(rows.len()).unwrap_or(0)) / 2;
        for (row, text) in (top..area.height).zip(&rows) {
            let indent = area.width.saturating_sub(u16::try_from(width(text)).unwrap_or(0)) / 2;
            self.put(area.x + indent, area.y + row, area.width - indent, text, meaning);
        }
    }

    /// Writes wrapped text, cut off at the end of the area; returns the number of lines used.
    pub fn wrapped(&mut self, area: Rect, text: &str, meaning: Meaning) -> u16 {
        let rows = wrap(&sanitize(text), area.width.max(1));
        let mut used = 0;
        for (row, text) in (0..area.height).zip(&rows) {
            self.put(area.x, area.y + row, area.width, text, meaning);
            used = row + 1;
        }
        used
    }

    /// Gives everything in the area the one style of a selection, so that a row of many colours is not a quilt.
    pub fn select(&mut self, area: Rect) {
        let style = Style::reset().patch(self.theme.style(Meaning::Selected));
        self.frame.buffer_mut().set_style(area, style);
    }

    /// Adds to the style of what is already drawn in the area, such as an empty field.
    pub fn tint(&mut self, area: Rect, meaning: Meaning) {
        let style = self.theme.style(meaning);
        self.frame.buffer_mut().set_style(area, style);
    }

    /// Draws a frame; returns the area inside it, with one column of padding on both sides.
    pub fn boxed(&mut self, area: Rect, title: &str, meaning: Meaning) -> Rect {
        let borders = if self.theme == Theme::Ascii { ASCII_BORDERS } else { border::ROUNDED };
        let block = Block::bordered().border_set(borders).border_style(self.theme.style(meaning));
        let inner = block.inner(area);
        block.render(area, self.frame.buffer_mut());
        self.put(area.x + 2, area.y, area.width.saturating_sub(4), title, Meaning::Accent);
        Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner }
    }

    /// Draws a centred box over everything, no larger than the terminal; returns the area inside it.
    pub fn dialog(&mut self, size: (u16, u16), title: &str, meaning: Meaning) -> Rect {
        let all = self.frame.area();
        let (columns, rows) = (size.0.min(all.width), size.1.min(all.height));
        let area = Rect {
            x: all.x + (all.width - columns) / 2,
            y: all.y + (all.height - rows) / 2,
            width: columns,
            height: rows,
        };
        Clear.render(area, self.frame.buffer_mut());
        if !self.is_marked {
            return self.boxed(area, title, meaning);
        }
        let inner = self.boxed(area, title, Meaning::Bad);
        let top = Rect { x: area.x + 2, width: area.width.saturating_sub(4), height: 1, ..area };
        self.right(top, 0, " PROD ", Meaning::Bad);
        inner
    }

    /// Draws a horizontal rule across a frame.
    pub fn rule(&mut self, area: Rect, row: u16) {
        let line = format!("├{}┤", "─".repeat(usize::from(area.width.saturating_sub(2))));
        self.put(area.x, area.y + row, area.width, &line, Meaning::Frame);
    }

    /// Places the visible cursor.
    pub fn cursor(&mut self, x: u16, y: u16) {
        self.frame.set_cursor_position(Position { x, y });
    }
}

/// Breaks at spaces where possible, otherwise within a word.
pub fn wrap(text: &str, columns: u16) -> Vec<String> {
    let columns = usize::from(columns);
    let mut rows = vec![String::new()];
    for word in text.split(' ') {
        let mut word = word;
        loop {
            let row = rows.last_mut().filter(|r| !r.is_empty());
            let used = row.as_ref().map_or(0, |r| width(r) + 1);
            if used + width(word) <= columns {
                match row {
                    Some(row) => {
                        row.push(' ');
                        row.push_str(word);
                    }
                    None => rows.last_mut().map_or((), |r| r.push_str(word)),
                }
                break;
            }
            if used > 0 {
                rows.push(String::new());
                continue;
            }
            let fits = word.char_indices().nth(columns.max(1)).map_or(word.len(), |(at, _)| at);
            let (head, tail) = word.split_at(fits);
            if let Some(row) = rows.last_mut() {
                row.push_str(head);
            }
            if tail.is_empty() {
                break;
            }
            rows.push(String::new());
            word = tail;
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn wrapping_breaks_at_spaces_and_long_words_anywhere() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefghij k", 4), ["abcd", "efgh", "ij k"]);
        assert_eq!(wrap("", 4), [""]);
        assert_eq!(wrap("愛愛愛愛", 4), ["愛愛愛愛"]);
    }
}
