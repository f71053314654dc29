//! Percent-encoding (RFC 5849, 3.6) and strict form bodies.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, percent_encode};
use zeroize::Zeroizing;

/// Everything but the unreserved characters of RFC 3986 is encoded, in upper-case hexadecimal (RFC 5849, 3.6).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The encoding of bytes.
pub(super) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().saturating_mul(3));
    text.extend(percent_encode(bytes, ENCODED));
    text
}

/// The names and values of a query or a form body, decoded to bytes, so that nothing is lost that is not UTF-8
/// (RFC 5849, 3.4.1.3.1).
pub(super) fn raw_pairs(form: &[u8]) -> impl Iterator<Item = (Vec<u8>, Vec<u8>)> {
    form.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).map(|pair| {
        let at = pair.iter().position(|byte| *byte == b'=');
        let (name, value) = at.map_or((pair, &b""[..]), |at| (&pair[..at], &pair[at + 1..]));
        (decoded(name), decoded(value))
    })
}

/// A plus sign is a space in a form.
fn decoded(text: &[u8]) -> Vec<u8> {
    let spaced: Cow<'_, [u8]> = if text.contains(&b'+') {
        text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect::<Vec<_>>().into()
    } else {
        text.into()
    };
    percent_decode(&spaced).collect()
}

/// A form body whose fields are asked for by name.
pub(super) struct Fields(Vec<(String, Zeroizing<String>)>);

/// A field that is there twice, or a text that is not a form in UTF-8.
pub(super) struct BadForm;

impl Fields {
    /// All fields.
    pub(super) fn read(form: &[u8]) -> Result<Self, BadForm> {
        let utf8 = |bytes| String::from_utf8(bytes).map_err(|_| BadForm);
        raw_pairs(form)
            .map(|(name, value)| Ok((utf8(name)?, Zeroizing::new(utf8(value)?))))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// The fields of a body that is cut off, without the last one, which may be a part.
    pub(super) fn read_part(form: &[u8]) -> Result<Self, BadForm> {
        let end = form.iter().rposition(|byte| *byte == b'&').unwrap_or_default();
        Self::read(&form[..end])
    }

    /// The value of a field; nothing if the field is not there.
    pub(super) fn one(&self, name: &str) -> Result<Option<&str>, BadForm> {
        let mut values = self.0.iter().filter(|(field, _)| field == name).map(|(_, value)| value.as_str());
        match (values.next(), values.next()) {
            (value, None) => Ok(value),
            _ => Err(BadForm),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoding_of_rfc_5849_section_3_6() {
        assert_eq!(encode(b"AZaz09-._~"), "AZaz09-._~");
        assert_eq!(
            encode("r b=%3D&+\u{2603}*'()!\"".as_bytes()),
            "r%20b%3D%253D%26%2B%E2%98%83%2A%27%28%29%21%22"
        );
    }

    #[test]
    fn pairs_are_bytes_and_empty_ones_count() {
        let pairs: Vec<_> = raw_pairs(b"a=1&&b&c=%ff+%2B&=x&a=").collect();
        let wanted: [(&[u8], &[u8]); 5] =
            [(b"a", b"1"), (b"b", b""), (b"c", b"\xff +"), (b"", b"x"), (b"a", b"")];
        assert_eq!(pairs.len(), wanted.len());
        for (is, wanted) in pairs.iter().zip(wanted) {
            assert_eq!((is.0.as_slice(), is.1.as_slice()), wanted);
        }
    }

    #[test]
    fn a_form_that_is_doubled_or_not_utf8_is_refused() {
        let fields = Fields::read(b"a=1&b=2&b=3&c=%E2%98%83").ok().unwrap();
        assert_eq!(fields.one("a").ok().flatten(), Some("1"));
        assert_eq!(fields.one("c").ok().flatten(), Some("\u{2603}"));
        assert_eq!(fields.one("d").ok(), Some(None));
        assert!(fields.one("b").is_err());
        assert!(Fields::read(b"a=%ff").is_err());
        let part = Fields::read_part(b"a=1&b=2").ok().unwrap();
        assert_eq!((part.one("a").ok().flatten(), part.one("b").ok().flatten()), (Some("1"), None));
    }
}
