//! Repairs text that is almost JSON: strict parsers reject it, and some servers send it nevertheless.
//!
//! A name that contains half an emoji is no reason to refuse a link. Changes are made only inside of strings, and only to
//! invalid characters. They become U+FFFD, so that a field that decides something is still rejected.

use zeroize::Zeroizing;

const REPLACEMENT: &[u8] = "\u{fffd}".as_bytes();

/// `body` with U+FFFD in place of each byte that is not UTF-8, each escaped surrogate without its other half, and each
/// control character that is not escaped in a string.
pub(super) fn mended(body: &[u8]) -> Zeroizing<Vec<u8>> {
    // A byte may become three. The maximum is allocated at once, because growing would leave copies of tokens behind.
    let mut out = Zeroizing::new(Vec::with_capacity(body.len().saturating_mul(3)));
    let mut in_string = false;
    let body = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body);
    for chunk in body.utf8_chunks() {
        let mut rest = chunk.valid().as_bytes();
        while let [byte, after @ ..] = rest {
            let mut taken = 1;
            match byte {
                b'"' => {
                    in_string = !in_string;
                    out.push(b'"');
                }
                b'\\' if in_string => taken = escape(rest, &mut out),
                byte if in_string && byte.is_ascii_control() => out.extend_from_slice(REPLACEMENT),
                byte => out.push(*byte),
            }
            rest = after.get(taken - 1..).unwrap_or_default();
        }
        if !chunk.invalid().is_empty() {
            out.extend_from_slice(REPLACEMENT);
        }
    }
    out
}

/// Copies the escape at the beginning of `text`, or its replacement, and returns the length of the escape.
fn escape(text: &[u8], out: &mut Vec<u8>) -> usize {
    let (taken, kept) = match (unit(text), text.get(6..).and_then(unit)) {
        (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => (12, true),
        (Some(0xd800..=0xdfff), _) => (6, false),
        (Some(_), _) => (6, true),
        (None, _) => (text.len().min(2), true),
    };
    out.extend_from_slice(if kept { text.get(..taken).unwrap_or(text) } else { REPLACEMENT });
    taken
}

/// The code unit of an escape such as `\ud83d` at the beginning.
fn unit(text: &[u8]) -> Option<u16> {
    let digits = text.strip_prefix(b"\\u")?.get(..4)?;
    digits.iter().try_fold(0, |unit, digit| {
        let digit = char::from(*digit).to_digit(16)?;
        Some(unit << 4 | u16::try_from(digit).ok()?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_json_stays_and_what_is_almost_json_becomes_it() {
        for good in [
            r#"{"a":"Anna \ud83d\ude00 \"x\" \\ \n \u00e9","b":[1,2.5e3,null]}"#,
            "{\n\t\"a\" : \"\u{e9}\u{1f600}\"\n}",
            r#""\\ud83d""#,
        ] {
            assert_eq!(*mended(good.as_bytes()), good.as_bytes());
        }
        for (bad, expected) in [
            (&br#"{"a":"Anna \ud83d"}"#[..], "{\"a\":\"Anna \u{fffd}\"}"),
            (br#"["\ude00\ud83d x"]"#, "[\"\u{fffd}\u{fffd} x\"]"),
            (br#"["\ud83d\ud83d\ude00"]"#, "[\"\u{fffd}\\ud83d\\ude00\"]"),
            (br#"["\ud83d\n"]"#, "[\"\u{fffd}\\n\"]"),
            (br#"["\ud83d\\"]"#, "[\"\u{fffd}\\\\\"]"),
            (b"[\"a\xffb\xc3\"]", "[\"a\u{fffd}b\u{fffd}\"]"),
            (b"[\"a\nb\x00\"]", "[\"a\u{fffd}b\u{fffd}\"]"),
        ] {
            let mended = mended(bad);
            assert_eq!(str::from_utf8(&mended).unwrap(), expected);
            assert!(serde_json::from_slice::<serde_json::Value>(&mended).is_ok(), "{expected}");
        }
        assert_eq!(*mended("\u{feff}{}".as_bytes()), b"{}");
        for cut in [&br#"["\ud8"#[..], br#"["\"#, br#"["\ud83d\u"#, b""] {
            assert!(serde_json::from_slice::<serde_json::Value>(&mended(cut)).is_err());
        }
    }
}
