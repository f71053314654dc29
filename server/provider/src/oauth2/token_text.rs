//! What a token may be made of.

/// The longest accepted token, in bytes.
const MAX_TOKEN: usize = 4096;

/// Non-empty, printable, without spaces, and bounded, so that it fits in a header.
pub(crate) fn is_token(text: &str) -> bool {
    (1..=MAX_TOKEN).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}
