//! Text of a provider that is shown and decides nothing.

/// The longest text that is kept, in bytes.
const MAX_TEXT: usize = 1024;

/// Control characters are replaced, and what is too long is shortened between two characters.
pub(crate) fn shown(text: &str) -> String {
    let mut text: String =
        text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect();
    text.truncate(text.floor_char_boundary(MAX_TEXT));
    text
}
