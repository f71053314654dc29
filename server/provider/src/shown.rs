//! Text from a provider that is only displayed.

/// The maximum length of the text, in bytes.
const MAX_TEXT: usize = 1024;

/// Replaces control characters, and shortens the text between two characters if it is too long.
pub(crate) fn shown(text: &str) -> String {
    let mut text: String =
        text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect();
    text.truncate(text.floor_char_boundary(MAX_TEXT));
    text
}
