//! Makes foreign text inert: what others wrote can never steer the terminal or hide in it.

use std::fmt::Write as _;

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Accents kept on one base; more are stacked text that runs over its neighbours.
const ACCENTS_KEPT: usize = 2;
/// Other combining characters kept on one base: vowel signs of Burmese and Tibetan, points of Hebrew.
const SIGNS_KEPT: usize = 6;

/// What becomes of one character of foreign text.
enum Fate {
    Shown,
    Combining,
    Marked,
}

fn fate(c: char) -> Fate {
    match c {
        // Combining by category, yet made to be invisible: grapheme joiner, variation selectors.
        '\u{034f}' | '\u{180b}'..='\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => {
            Fate::Marked
        }
        // Letters by category, blank on the screen: Hangul fillers, the empty braille cell.
        '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' | '\u{2800}' => Fate::Marked,
        _ => match c.general_category() {
            GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::PrivateUse
            | GeneralCategory::Unassigned
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator => Fate::Marked,
            GeneralCategory::NonspacingMark
            | GeneralCategory::EnclosingMark
            | GeneralCategory::SpacingMark => Fate::Combining,
            _ if c.width() == Some(0) => Fate::Marked,
            _ => Fate::Shown,
        },
    }
}

/// One line of text that is safe to draw: C0, C1, ESC, bidirectional and zero-width characters become marks that
/// can be seen, and at most some combining characters stay on one base. [`meant`] undoes it.
pub fn inert(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut combining = 0;
    let mut base = None;
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match fate(c) {
            // What a foreign text has of our own marks is marked, or it could pretend to be one.
            Fate::Shown if is_mark(c, rest.as_str(), combining > 0) => {
                mark(&mut out, c);
                (combining, base) = (0, None);
            }
            Fate::Shown => {
                out.push(c);
                (combining, base) = (0, Some(c));
            }
            Fate::Marked if !(is_joining_jamo(c) && base.is_some_and(is_hangul)) => {
                mark(&mut out, c);
                (combining, base) = (0, None);
            }
            Fate::Combining | Fate::Marked => {
                if base.is_none() {
                    out.push(NO_BASE);
                    base = Some(NO_BASE);
                }
                combining += 1;
                let kept = if is_accent(c) { ACCENTS_KEPT } else { SIGNS_KEPT };
                if combining <= kept {
                    out.push(c);
                } else if combining == kept + 1 {
                    out.push(LEFT_OUT);
                    combining = SIGNS_KEPT + 1;
                }
            }
        }
    }
    out
}

/// What an operator means who copied a text from the terminal: marks become the characters that they stand for, and what says that
/// something was left out goes, so that the rest can be searched for.
pub fn meant(shown: &str) -> String {
    let mut out = String::with_capacity(shown.len());
    let mut after_sign = false;
    let mut rest = shown;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        rest = after;
        let is_sign = matches!(fate(c), Fate::Combining) || is_joining_jamo(c);
        match c {
            OPEN if let Some((named, behind)) = named(after) => {
                out.push(named);
                rest = behind;
            }
            // The picture of NUL stays: nothing that is searched has one.
            '\u{2401}'..='\u{241f}' => out.extend(char::from_u32(u32::from(c) - 0x2400)),
            '␡' => out.push('\u{7f}'),
            NO_BASE if begins_with_sign(after) => {}
            LEFT_OUT if after_sign || after.trim().is_empty() => {}
            c => out.push(c),
        }
        after_sign = is_sign;
    }
    out
}

/// Begins and ends the code point of a character that is not drawn.
const OPEN: char = '‹';
const CLOSE: char = '›';
/// Carries a combining character that has no base.
const NO_BASE: char = '◌';
/// Stands for what is left out.
const LEFT_OUT: char = '…';

/// Control characters have pictures of their own; everything else is named by its code point.
fn mark(out: &mut String, c: char) {
    match c {
        '\u{00}'..='\u{1f}' => out.push(char::from_u32(0x2400 + u32::from(c)).unwrap_or('␦')),
        '\u{7f}' => out.push('␡'),
        _ => {
            // Writing to a String cannot fail.
            let _ = write!(out, "{OPEN}{:04X}{CLOSE}", u32::from(c));
        }
    }
}

/// The character that `text` names, up to the end of its mark, and what is behind.
fn named(text: &str) -> Option<(char, &str)> {
    let (digits, behind) = text.split_once(CLOSE)?;
    let is_code = (4..=6).contains(&digits.len())
        && digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'A'..=b'F'));
    let code = is_code.then(|| u32::from_str_radix(digits, 16).ok()).flatten()?;
    Some((char::from_u32(code)?, behind))
}

/// Whether a character that is shown looks like one of our marks where it stands.
fn is_mark(c: char, after: &str, after_sign: bool) -> bool {
    match c {
        OPEN => named(after).is_some(),
        NO_BASE => begins_with_sign(after),
        '\u{2400}'..='\u{241f}' | '␡' => true,
        LEFT_OUT => after_sign,
        _ => false,
    }
}

fn begins_with_sign(text: &str) -> bool {
    text.chars().next().is_some_and(|c| matches!(fate(c), Fate::Combining))
}

/// An accent of any script, of the kind that can be stacked without end.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}'
        | '\u{fe20}'..='\u{fe2f}')
}

/// A vowel or final consonant of Hangul, which joins the consonant before it to one syllable.
fn is_joining_jamo(c: char) -> bool {
    matches!(c, '\u{1161}'..='\u{11ff}' | '\u{d7b0}'..='\u{d7fb}')
}

fn is_hangul(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{115e}' | '\u{a960}'..='\u{a97c}' | '가'..='힣')
}

/// The same for JSON text: what would be marked becomes `\uXXXX`, so that a parser reads the very same value.
pub fn inert_json(json: &str, keep_newlines: bool) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c == '\n' && keep_newlines || !matches!(fate(c), Fate::Marked) {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
    out
}

/// Columns that the text takes on a terminal.
pub fn width(text: &str) -> usize {
    text.width()
}

/// Cuts to at most `columns`, with an ellipsis where something was lost.
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

/// Cuts or fills up to exactly `columns`.
pub fn fit(text: &str, columns: usize) -> String {
    let mut out = cut(text, columns);
    let missing = columns.saturating_sub(out.width());
    out.extend(std::iter::repeat_n(' ', missing));
    out
}

/// An id short enough for a column, with the end that a typed confirmation asks for: `acct_01h4…5k2q`.
pub fn short_id(id: &str) -> String {
    let (prefix, rest) = id.split_once('_').map_or(("", id), |(p, r)| (p, r));
    if !rest.is_ascii() || rest.len() <= 12 {
        return inert(id);
    }
    format!("{prefix}_{}…{}", &rest[..4], &rest[rest.len() - CONFIRM_CHARS..])
}

/// How many last characters of an id are typed to confirm what cannot be undone.
pub const CONFIRM_CHARS: usize = 6;

/// A count with thousands apart.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_steers_a_terminal_survives() {
        for c in (0..=0x9f).filter(|c| !(0x20..0x7f).contains(c)).filter_map(char::from_u32) {
            let shown = inert(&format!("a{c}b"));
            assert!(
                !shown.contains(c) && shown.starts_with('a') && shown.ends_with('b'),
                "{c:?} → {shown:?}"
            );
        }
        assert_eq!(inert("\u{1b}]0;owned\u{7}\r\n"), "␛]0;owned␇␍␊");
        assert_eq!(inert("a\u{9b}2Jb"), "a‹009B›2Jb");
    }

    #[test]
    fn nothing_hides_or_turns_the_text_around() {
        assert_eq!(inert("pay\u{202e}gnp.exe"), "pay‹202E›gnp.exe");
        assert_eq!(inert("a\u{200b}d\u{2060}a\u{feff}"), "a‹200B›d‹2060›a‹FEFF›");
        assert_eq!(inert("x\u{2028}y\u{e0041}\u{3164}"), "x‹2028›y‹E0041›‹3164›");
        assert_eq!(inert("Ada Lovelace, 愛, ñ, é"), "Ada Lovelace, 愛, ñ, é");
    }

    #[test]
    fn stacked_marks_are_limited() {
        let zalgo = format!("Z{}y", "\u{0301}".repeat(50));
        assert_eq!(inert(&zalgo), "Z\u{0301}\u{0301}…y");
        assert_eq!(inert("\u{0301}a"), "◌\u{0301}a");
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
            assert_eq!(inert(name), name);
        }
        assert_eq!(inert("◌ revoking"), "◌ revoking", "a sign of our own screens");
        assert_eq!(inert("a\u{1161}"), "a‹1161›", "on a letter of another script it would be nothing");
    }

    #[test]
    fn what_was_copied_from_the_terminal_is_what_was_meant() {
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
            assert_eq!(meant(&inert(text)), text, "{text:?} is shown as {:?}", inert(text));
        }
        assert_eq!(meant(&inert("q\u{323}\u{307}\u{304}\u{301}s")), "q\u{323}\u{307}s");
        assert_eq!(meant(&cut("Bartholomew Longname", 12)), "Bartholomew");
        assert_eq!(meant("‹D800›‹110000›‹20›‹zzzz›"), "‹D800›‹110000›‹20›‹zzzz›");
    }

    #[test]
    fn json_stays_the_same_value() {
        let value = serde_json::json!({ "name": "a\u{9b}b\u{202e}c\u{e0041}\u{1b}" });
        let text = inert_json(&value.to_string(), true);
        assert!(text.chars().all(|c| !matches!(fate(c), Fate::Marked)), "{text:?}");
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
}
