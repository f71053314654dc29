//! The characters and the length that a token may have.

/// The longest accepted token, in bytes.
const MAX_TOKEN: usize = 4096;

/// Whether the text is not empty, printable, without spaces, and short enough for a header.
pub(crate) fn is_token(text: &str) -> bool {
    (1..=MAX_TOKEN).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}
