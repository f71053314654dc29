//! Makes foreign text inert: what others wrote can never steer the terminal or hide in it.

use std::fmt::Write as _;

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Combining characters kept on one base; more are stacked text that runs over its neighbours.
const COMBINING_KEPT: usize = 2;

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
/// can be seen, and at most two combining characters stay on one base.
pub fn inert(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut combining = 0;
    let mut has_base = false;
    for c in text.chars() {
        match fate(c) {
            Fate::Shown => {
                out.push(c);
                (combining, has_base) = (0, true);
            }
            Fate::Combining if !has_base => {
                out.push('◌');
                out.push(c);
                (combining, has_base) = (1, true);
            }
            Fate::Combining => {
                combining += 1;
                if combining <= COMBINING_KEPT {
                    out.push(c);
                } else if combining == COMBINING_KEPT + 1 {
                    out.push('…');
                }
            }
            Fate::Marked => {
                mark(&mut out, c);
                (combining, has_base) = (0, false);
            }
        }
    }
    out
}

/// Control characters have pictures of their own; everything else is named by its code point.
fn mark(out: &mut String, c: char) {
    match c {
        '\u{00}'..='\u{1f}' => out.push(char::from_u32(0x2400 + u32::from(c)).unwrap_or('␦')),
        '\u{7f}' => out.push('␡'),
        _ => {
            // Writing to a String cannot fail.
            let _ = write!(out, "‹{:04X}›", u32::from(c));
        }
    }
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
