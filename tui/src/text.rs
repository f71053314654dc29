//! Makes foreign text safe to display: it cannot control the terminal, and nothing in it stays invisible.

use std::fmt::Write as _;

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Accents kept on one base character. More than this is stacked text that runs over its neighbours.
const ACCENTS_KEPT: usize = 2;
/// Other combining characters kept on one base, such as vowel signs of Burmese and Tibetan and points of Hebrew.
const SIGNS_KEPT: usize = 6;

/// How a character of foreign text is displayed.
enum CharClass {
    Visible,
    Combining,
    Escaped,
}

fn char_class(c: char) -> CharClass {
    match c {
        // Combining by category, but designed to be invisible: grapheme joiner, variation selectors.
        '\u{034f}' | '\u{180b}'..='\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => {
            CharClass::Escaped
        }
        // Letters by category, but blank on the screen: Hangul fillers, the empty braille cell.
        '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' | '\u{2800}' => CharClass::Escaped,
        _ => match c.general_category() {
            GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::PrivateUse
            | GeneralCategory::Unassigned
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator => CharClass::Escaped,
            GeneralCategory::NonspacingMark
            | GeneralCategory::EnclosingMark
            | GeneralCategory::SpacingMark => CharClass::Combining,
            _ if c.width() == Some(0) => CharClass::Escaped,
            _ => CharClass::Visible,
        },
    }
}

/// Converts text to one line that is safe to draw. C0, C1, ESC, bidirectional and zero-width characters are replaced by
/// visible escapes, and the number of combining characters per base is limited. [`unescape`] reverses the conversion.
pub fn sanitize(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut combining = 0;
    let mut base = None;
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match char_class(c) {
            // Foreign text that already looks like an escape is escaped too, so that it cannot imitate one.
            CharClass::Visible if looks_like_escape(c, rest.as_str(), combining > 0) => {
                push_escape(&mut out, c);
                (combining, base) = (0, None);
            }
            CharClass::Visible => {
                out.push(c);
                (combining, base) = (0, Some(c));
            }
            CharClass::Escaped if !(is_joining_jamo(c) && base.is_some_and(is_hangul)) => {
                push_escape(&mut out, c);
                (combining, base) = (0, None);
            }
            CharClass::Combining | CharClass::Escaped => {
                if base.is_none() {
                    out.push(BASE_PLACEHOLDER);
                    base = Some(BASE_PLACEHOLDER);
                }
                combining += 1;
                let kept = if is_accent(c) { ACCENTS_KEPT } else { SIGNS_KEPT };
                if combining <= kept {
                    out.push(c);
                } else if combining == kept + 1 {
                    out.push(ELLIPSIS);
                    combining = SIGNS_KEPT + 1;
                }
            }
        }
    }
    out
}

/// Recovers the original of text that an operator copied from the terminal. Escapes become the characters that they
/// stand for. Markers for omitted text are removed, so that the remaining text can be searched for.
pub fn unescape(shown: &str) -> String {
    let mut out = String::with_capacity(shown.len());
    let mut after_combining = false;
    let mut rest = shown;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        rest = after;
        let is_combining = matches!(char_class(c), CharClass::Combining) || is_joining_jamo(c);
        match c {
            ESCAPE_OPEN if let Some((escaped, behind)) = parse_escape(after) => {
                out.push(escaped);
                rest = behind;
            }
            // The symbol for NUL stays, because no searchable text contains NUL.
            '\u{2401}'..='\u{241f}' => out.extend(char::from_u32(u32::from(c) - 0x2400)),
            '␡' => out.push('\u{7f}'),
            BASE_PLACEHOLDER if begins_with_combining(after) => {}
            ELLIPSIS if after_combining || after.trim().is_empty() => {}
            c => out.push(c),
        }
        after_combining = is_combining;
    }
    out
}

/// The delimiters around the code point of an escaped character.
const ESCAPE_OPEN: char = '‹';
const ESCAPE_CLOSE: char = '›';
/// Carries a combining character that has no base.
const BASE_PLACEHOLDER: char = '◌';
/// Stands for omitted text.
const ELLIPSIS: char = '…';

/// Control characters have symbols of their own; all others are escaped by code point.
fn push_escape(out: &mut String, c: char) {
    match c {
        '\u{00}'..='\u{1f}' => out.push(char::from_u32(0x2400 + u32::from(c)).unwrap_or('␦')),
        '\u{7f}' => out.push('␡'),
        _ => {
            // Writing to a `String` cannot fail.
            let _ = write!(out, "{ESCAPE_OPEN}{:04X}{ESCAPE_CLOSE}", u32::from(c));
        }
    }
}

/// Parses an escape whose opening delimiter has been read; returns the character and the remaining text.
fn parse_escape(text: &str) -> Option<(char, &str)> {
    let (digits, behind) = text.split_once(ESCAPE_CLOSE)?;
    let is_code = (4..=6).contains(&digits.len())
        && digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'A'..=b'F'));
    let code = is_code.then(|| u32::from_str_radix(digits, 16).ok()).flatten()?;
    Some((char::from_u32(code)?, behind))
}

/// Whether a visible character looks like one of our escapes in its position.
fn looks_like_escape(c: char, after: &str, after_combining: bool) -> bool {
    match c {
        ESCAPE_OPEN => parse_escape(after).is_some(),
        BASE_PLACEHOLDER => begins_with_combining(after),
        '\u{2400}'..='\u{241f}' | '␡' => true,
        ELLIPSIS => after_combining,
        _ => false,
    }
}

fn begins_with_combining(text: &str) -> bool {
    text.chars().next().is_some_and(|c| matches!(char_class(c), CharClass::Combining))
}

/// Whether this is an accent of any script, the kind that can be stacked without limit.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}'
        | '\u{fe20}'..='\u{fe2f}')
}

/// Whether this is a Hangul vowel or final consonant, which joins the preceding consonant to form one syllable.
fn is_joining_jamo(c: char) -> bool {
    matches!(c, '\u{1161}'..='\u{11ff}' | '\u{d7b0}'..='\u{d7fb}')
}

fn is_hangul(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{115e}' | '\u{a960}'..='\u{a97c}' | '가'..='힣')
}

/// The same for JSON text: unsafe characters become `\uXXXX`, so that a parser reads the same value.
pub fn sanitize_json(json: &str, keep_newlines: bool) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c == '\n' && keep_newlines || !matches!(char_class(c), CharClass::Escaped) {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
    out
}

/// The number of terminal columns that the text occupies.
pub fn width(text: &str) -> usize {
    text.width()
}

/// The number of terminal columns that one character occupies once it is safe to draw. Combining characters count as
/// none, which is right wherever they follow a base.
pub fn char_columns(c: char) -> usize {
    match char_class(c) {
        CharClass::Visible => c.width().unwrap_or(0),
        CharClass::Combining => 0,
        CharClass::Escaped => width(&sanitize(c.encode_utf8(&mut [0; 4]))),
    }
}

/// Cuts the text to at most `columns`, with an ellipsis if something was cut.
pub fn cut(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for c in text.chars() {
        let w = c.width().unwrap_or(0);
        if used + w + 1 > columns {
            break;
        }
        used += w;
        out.push(c);
    }
    if columns > 0 {
        out.push('…');
    }
    out
}

/// Cuts or pads the text to exactly `columns`.
pub fn fit(text: &str, columns: usize) -> String {
    let mut out = cut(text, columns);
    let missing = columns.saturating_sub(out.width());
    out.extend(std::iter::repeat_n(' ', missing));
    out
}

/// Shortens an id for a column but keeps the end that a typed confirmation needs: `acct_01h4…5k2q`.
pub fn short_id(id: &str) -> String {
    let (prefix, rest) = id.split_once('_').map_or(("", id), |(p, r)| (p, r));
    if !rest.is_ascii() || rest.len() <= 12 {
        return sanitize(id);
    }
    format!("{prefix}_{}…{}", &rest[..SHOWN_CHARS], &rest[rest.len() - CONFIRM_CHARS..])
}

/// The number of characters at the beginning of a shortened id, behind its kind.
pub const SHOWN_CHARS: usize = 4;

/// The number of characters at the end of an id that confirm an irreversible action.
pub const CONFIRM_CHARS: usize = 6;

/// A number with thousands separators.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The heights of a sparkline.
const SPARKLINE_BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// One character for each count, as high as it is beside the others; a dot where nothing happened.
pub fn sparkline(counts: &[u64]) -> String {
    let most = counts.iter().max().copied().unwrap_or_default().max(1);
    let bar = |count: u64| {
        let eighths = (u128::from(count) * 8).div_ceil(u128::from(most));
        let height = usize::try_from(eighths).unwrap_or_default();
        height.checked_sub(1).and_then(|at| SPARKLINE_BARS.get(at)).copied().unwrap_or('·')
    };
    counts.iter().map(|count| bar(*count)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_control_character_reaches_the_terminal() {
        for c in (0..=0x9f).filter(|c| !(0x20..0x7f).contains(c)).filter_map(char::from_u32) {
            let shown = sanitize(&format!("a{c}b"));
            assert!(
                !shown.contains(c) && shown.starts_with('a') && shown.ends_with('b'),
                "{c:?} → {shown:?}"
            );
        }
        assert_eq!(sanitize("\u{1b}]0;owned\u{7}\r\n"), "␛]0;owned␇␍␊");
        assert_eq!(sanitize("a\u{9b}2Jb"), "a‹009B›2Jb");
    }

    #[test]
    fn nothing_hides_or_turns_the_text_around() {
        assert_eq!(sanitize("pay\u{202e}gnp.exe"), "pay‹202E›gnp.exe");
        assert_eq!(sanitize("a\u{200b}d\u{2060}a\u{feff}"), "a‹200B›d‹2060›a‹FEFF›");
        assert_eq!(sanitize("x\u{2028}y\u{e0041}\u{3164}"), "x‹2028›y‹E0041›‹3164›");
        assert_eq!(sanitize("Ada Lovelace, 愛, ñ, é"), "Ada Lovelace, 愛, ñ, é");
    }

    #[test]
    fn stacked_marks_are_limited() {
        let zalgo = format!("Z{}y", "\u{0301}".repeat(50));
        assert_eq!(sanitize(&zalgo), "Z\u{0301}\u{0301}…y");
        assert_eq!(sanitize("\u{0301}a"), "◌\u{0301}a");
    }

    #[test]
    fn what_languages_need_stays() {
        for name in [
            "မြို့",
            "བསྒྲུབས",
            "שָׁלוֹם",
            "\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}",
            "Nguye\u{302}\u{303}n",
            "Ada…",
        ] {
            assert_eq!(sanitize(name), name);
        }
        assert_eq!(sanitize("◌ revoking"), "◌ revoking", "a sign of our own screens");
        assert_eq!(sanitize("a\u{1161}"), "a‹1161›", "on a letter of another script it would be nothing");
    }

    #[test]
    fn text_copied_from_the_terminal_equals_the_original() {
        for text in [
            "علی\u{200c}رضا",
            "👩\u{200d}💻 dev",
            "Mül\u{ad}ler",
            "x\u{202e}y\u{9b}z\u{e0041}",
            "\u{301}lone",
            "a\u{1b}[2J\u{7f}\t",
            "Anna ‹200C› literal ‹x› ‹",
            "␛ ␡ ␀",
            "◌\u{301} ◌a",
            "e\u{301}…x",
            "a…b",
            "\u{e000}pple",
            "မြို့",
        ] {
            assert_eq!(unescape(&sanitize(text)), text, "{text:?} is shown as {:?}", sanitize(text));
        }
        assert_eq!(unescape(&sanitize("q\u{323}\u{307}\u{304}\u{301}s")), "q\u{323}\u{307}s");
        assert_eq!(unescape(&cut("Bartholomew Longname", 12)), "Bartholomew");
        assert_eq!(unescape("‹D800›‹110000›‹20›‹zzzz›"), "‹D800›‹110000›‹20›‹zzzz›");
    }

    #[test]
    fn json_stays_the_same_value() {
        let value = serde_json::json!({ "name": "a\u{9b}b\u{202e}c\u{e0041}\u{1b}" });
        let text = sanitize_json(&value.to_string(), true);
        assert!(text.chars().all(|c| !matches!(char_class(c), CharClass::Escaped)), "{text:?}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }

    #[test]
    fn cutting_counts_columns_and_not_bytes() {
        assert_eq!(cut("愛愛愛", 5), "愛愛…");
        assert_eq!(fit("愛", 4), "愛  ");
        assert_eq!(fit("abcdef", 4), "abc…");
        assert_eq!(count(4_812_337), "4,812,337");
        assert_eq!(short_id("acct_01h455vb4pex5vsknk084sn02q"), "acct_01h4…4sn02q");
    }

    #[test]
    fn the_busiest_minute_is_a_full_bar_and_a_quiet_one_a_dot() {
        assert_eq!(sparkline(&[0, 1, 4, 8]), "·▁▄█");
        assert_eq!(sparkline(&[0, 0]), "··");
        assert_eq!(sparkline(&[u64::MAX, 1]), "█▁");
    }
}
