//! What a token may be made of.

/// The longest token that is believed, in bytes.
const MAX_TOKEN: usize = 4096;

/// Non-empty, printable, without spaces, bounded: fit for a header.
pub(super) fn is_token(text: &str) -> bool {
    (1..=MAX_TOKEN).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}
