//! A text field with one line.

use std::fmt;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use tui_input::{Input, InputRequest};

/// The maximum length in characters, more than any field needs; it bounds a huge paste.
const MAX_CHARS: usize = 1024;

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

    fn has_room(&self) -> bool {
        self.0.value().chars().count() < MAX_CHARS
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
        assert_eq!(field.text().len(), MAX_CHARS);
    }
}
