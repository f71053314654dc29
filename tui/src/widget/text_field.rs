//! A text field with one line, and how it is drawn.

use std::fmt;
use std::ops::Range;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::Rect;
use tui_input::{Input, InputRequest};

use crate::text::{char_columns, sanitize};
use crate::theme::Meaning;

use super::canvas::Canvas;

/// The maximum length in characters, more than any field needs; it bounds a huge paste.
const MAX_FIELD_CHARS: usize = 1024;

/// A line of text with a cursor. Its `Debug` output is empty, because one of the fields holds a password.
#[derive(Clone, Default)]
pub struct TextField(Input);

impl fmt::Debug for TextField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TextField(..)")
    }
}

impl TextField {
    /// A field that holds this text, with the cursor at its end.
    pub fn new(text: &str) -> Self {
        Self(Input::new(text.to_owned()))
    }

    /// The text of the field.
    pub fn text(&self) -> &str {
        self.0.value()
    }

    /// The cursor's position, in characters.
    pub fn cursor(&self) -> usize {
        self.0.cursor()
    }

    /// Handles a key; returns whether text fields handle this key.
    pub fn key(&mut self, key: KeyEvent) -> bool {
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
        let alt = key.modifiers.contains(KeyModifiers::ALT);
        let request = match (key.code, ctrl, alt) {
            (KeyCode::Char(c), false, false) if self.has_room() => InputRequest::InsertChar(c),
            (KeyCode::Backspace, false, false) | (KeyCode::Char('h'), true, false) => {
                InputRequest::DeletePrevChar
            }
            (KeyCode::Delete, false, false) => InputRequest::DeleteNextChar,
            (KeyCode::Left, false, false) => InputRequest::GoToPrevChar,
            (KeyCode::Right, false, false) => InputRequest::GoToNextChar,
            (KeyCode::Home, ..) | (KeyCode::Char('a'), true, false) => InputRequest::GoToStart,
            (KeyCode::End, ..) | (KeyCode::Char('e'), true, false) => InputRequest::GoToEnd,
            (KeyCode::Char('w'), true, false) => InputRequest::DeletePrevWord,
            (KeyCode::Char('u'), true, false) => InputRequest::DeleteLine,
            _ => return false,
        };
        self.0.handle(request);
        true
    }

    /// Replaces the text; the cursor stands between the two parts.
    pub fn set_around_cursor(&mut self, before: &str, after: &str) {
        self.0 = Input::new(format!("{before}{after}")).with_cursor(before.chars().count());
    }

    /// Inserts pasted text as one line.
    pub fn paste(&mut self, text: &str) {
        for c in text.trim_end_matches(['\r', '\n']).chars() {
            if !self.has_room() {
                break;
            }
            let c = if c.is_control() { ' ' } else { c };
            self.0.handle(InputRequest::InsertChar(c));
        }
    }

    /// Draws the field into one line, scrolled so that the cursor stays visible. The cursor is shown if `focused`.
    pub fn draw(&self, canvas: &mut Canvas<'_, '_>, line: Rect, focused: bool) {
        self.draw_as_field(canvas, line, focused, None);
    }

    /// The same; the characters in the range `wrong` are marked.
    pub fn draw_as_field(
        &self,
        canvas: &mut Canvas<'_, '_>,
        line: Rect,
        focused: bool,
        wrong: Option<&Range<usize>>,
    ) {
        canvas.tint(line, Meaning::Field);
        self.draw_text(canvas, line, focused.then_some(self.cursor()), Meaning::Field, wrong);
    }

    /// Draws the text without the look of a field, from its beginning.
    pub fn draw_plain(&self, canvas: &mut Canvas<'_, '_>, line: Rect, wrong: Option<&Range<usize>>) {
        self.draw_text(canvas, line, None, Meaning::Text, wrong);
    }

    /// Draws a dot for each character, as for a password.
    pub fn draw_masked(&self, canvas: &mut Canvas<'_, '_>, line: Rect, focused: bool) {
        let dots = Self::new(&"•".repeat(self.0.value().chars().count()));
        let cursor = focused.then_some(self.cursor());
        canvas.tint(line, Meaning::Field);
        dots.draw_text(canvas, line, cursor, Meaning::Field, None);
    }

    /// Draws what fits, in time that does not grow with the square of the length.
    fn draw_text(
        &self,
        canvas: &mut Canvas<'_, '_>,
        line: Rect,
        cursor: Option<usize>,
        meaning: Meaning,
        wrong: Option<&Range<usize>>,
    ) {
        if line.height == 0 || line.width == 0 {
            return;
        }
        let room = usize::from(line.width) - 1;
        let all: Vec<char> = self.text().chars().collect();
        let at = cursor.unwrap_or(0).min(all.len());
        let (mut skip, mut before) = (at, 0);
        while skip > 0 && before + char_columns(all[skip - 1]) <= room {
            skip -= 1;
            before += char_columns(all[skip]);
        }
        let end = (skip + usize::from(line.width)).min(all.len());
        let is_wrong = |place: usize| wrong.is_some_and(|wrong| wrong.contains(&place));
        let mut x = line.x;
        let mut from = skip;
        while from < end {
            let to = (from..end).find(|place| is_wrong(*place) != is_wrong(from)).unwrap_or(end);
            let piece: String = all[from..to].iter().collect();
            let meaning = if is_wrong(from) { Meaning::Bad } else { meaning };
            x += canvas.put(x, line.y, line.right().saturating_sub(x), &piece, meaning);
            from = to;
        }
        if cursor.is_some() {
            let before: String = all[skip..at].iter().collect();
            let column = crate::text::width(&sanitize(&before)).min(room);
            canvas.cursor(line.x + u16::try_from(column).unwrap_or(0), line.y);
        }
    }

    fn has_room(&self) -> bool {
        self.0.value().chars().count() < MAX_FIELD_CHARS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_pasting_and_mending() {
        let mut field = TextField::default();
        field.paste("one two\nthree\n");
        assert_eq!(field.text(), "one two three");
        field.key(KeyEvent::new(KeyCode::Char('w'), KeyModifiers::CONTROL));
        field.key(KeyEvent::from(KeyCode::Char('愛')));
        assert_eq!((field.text(), field.cursor()), ("one two 愛", 9));
        assert!(!field.key(KeyEvent::new(KeyCode::Char('x'), KeyModifiers::CONTROL)));
        field.key(KeyEvent::new(KeyCode::Char('u'), KeyModifiers::CONTROL));
        assert_eq!(field.text(), "");
        field.paste(&"x".repeat(5_000));
        assert_eq!(field.text().len(), MAX_FIELD_CHARS);
    }
}
