//! Invisible characters: where they are deceptive, and where a language or an emoji needs them.
//!
//! The rules for joiners follow RFC 5892, appendix A, with one relaxation: a joiner is accepted between two letters of
//! a joining script even if the first of them does not join, because Persian is written that way.

use icu_properties::props::{
    CanonicalCombiningClass, DefaultIgnorableCodePoint, Emoji, EmojiModifier, ExtendedPictographic,
    GeneralCategory, JoiningType, PrependedConcatenationMark, UnifiedIdeograph,
};
use icu_properties::{CodePointMapData, CodePointSetData};

const ZWNJ: char = '\u{200c}';
const ZWJ: char = '\u{200d}';
/// The keycap of an emoji such as 1️⃣.
const KEYCAP: char = '\u{20e3}';

/// Whether the character at `at` of `text` is deceptive at that position: a control, a line break, a direction, a
/// filler, or an invisible character that nothing before it needs.
pub(super) fn deceives(text: &[char], at: usize) -> bool {
    let Some(&c) = text.get(at) else { return false };
    let before = at.checked_sub(1).and_then(|before| text.get(before)).copied();
    let after = text.get(at + 1).copied();
    match c {
        ZWJ | ZWNJ => !joiner_is_legitimate(&text[..at], c, after),
        '\u{fe0e}' | '\u{fe0f}' => !before.is_some_and(|before| is_emoji(before, after)),
        '\u{fe00}'..='\u{fe0d}' | '\u{e0100}'..='\u{e01ef}' => !before.is_some_and(is_ideograph),
        '\u{180b}'..='\u{180d}' | '\u{180f}' => !before.is_some_and(is_joining),
        // Blank characters that are not spaces, and placeholders for missing objects.
        '\u{2800}' | '\u{fffc}' | '\u{13441}' | '\u{13442}' | '\u{16fe4}' | '\u{1d159}' => true,
        TAG_FIRST..=TAG_END => !is_in_flag(text, at),
        // A mark without a base letter combines with whatever precedes the text.
        c if before.is_none() && is_mark(c) => true,
        c => is_unseen(c),
    }
}

/// Tag characters: invisible letters and their terminator.
const TAG_FIRST: char = '\u{e0020}';
const TAG_END: char = '\u{e007f}';
/// The flags written with tag characters that Unicode recommends: England, Scotland and Wales.
const FLAGS: [&str; 3] = ["gbeng", "gbsct", "gbwls"];

/// Whether the tag character at `at` belongs to such a flag: a black flag, the name in tag characters, and the
/// terminator.
fn is_in_flag(text: &[char], at: usize) -> bool {
    let Some(flag) = text[..at].iter().rposition(|c| *c == '🏴') else { return false };
    FLAGS.iter().any(|name| {
        let tags = name.chars().filter_map(|c| char::from_u32(0xe0000 + u32::from(c))).chain([TAG_END]);
        at <= flag + name.len() + 1 && text[flag + 1..].iter().copied().take(name.len() + 1).eq(tags)
    })
}

fn is_mark(c: char) -> bool {
    use GeneralCategory::{EnclosingMark, NonspacingMark, SpacingMark};
    matches!(CodePointMapData::<GeneralCategory>::new().get(c), EnclosingMark | NonspacingMark | SpacingMark)
}

fn is_unseen(c: char) -> bool {
    let category = CodePointMapData::<GeneralCategory>::new().get(c);
    let shown_format = || CodePointSetData::new::<PrependedConcatenationMark>().contains(c);
    match category {
        GeneralCategory::Control | GeneralCategory::LineSeparator | GeneralCategory::ParagraphSeparator => {
            true
        }
        GeneralCategory::Format => !shown_format(),
        _ => CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c),
    }
}

/// Whether a joiner between `before` and `after` has a legitimate effect.
fn joiner_is_legitimate(before: &[char], joiner: char, after: Option<char>) -> bool {
    let Some(&last) = before.last() else { return false };
    // In Indic scripts a joiner forms a conjunct with a virama, which may be on either side of it.
    if is_virama(last) || after.is_some_and(is_virama) && is_letter_or_mark(last) {
        return true;
    }
    let letter = before.iter().rev().copied().find(|c| !is_transparent(*c));
    if letter.is_some_and(is_joining) {
        return joiner == ZWJ || after.is_some_and(is_joining);
    }
    let pictograph = before.iter().rev().copied().find(|c| *c != '\u{fe0f}' && !is_emoji_modifier(*c));
    joiner == ZWJ && pictograph.is_some_and(is_pictograph) && after.is_some_and(is_pictograph)
}

fn is_virama(c: char) -> bool {
    CodePointMapData::<CanonicalCombiningClass>::new().get(c) == CanonicalCombiningClass::Virama
}

fn is_letter_or_mark(c: char) -> bool {
    use GeneralCategory::{NonspacingMark, OtherLetter, SpacingMark};
    matches!(CodePointMapData::<GeneralCategory>::new().get(c), OtherLetter | NonspacingMark | SpacingMark)
}

/// A letter of a script whose letters join, such as Arabic.
fn is_joining(c: char) -> bool {
    let joining = CodePointMapData::<JoiningType>::new().get(c);
    [JoiningType::DualJoining, JoiningType::RightJoining, JoiningType::LeftJoining].contains(&joining)
}

/// A vowel sign of such a script. Joiners do not count, so two in a row are rejected.
fn is_transparent(c: char) -> bool {
    c != ZWNJ
        && c != ZWJ
        && CodePointMapData::<JoiningType>::new().get(c) == JoiningType::Transparent
        && !is_unseen(c)
}

fn is_pictograph(c: char) -> bool {
    CodePointSetData::new::<ExtendedPictographic>().contains(c)
}

fn is_emoji_modifier(c: char) -> bool {
    CodePointSetData::new::<EmojiModifier>().contains(c)
}

/// Whether a variation selector can choose the presentation of `c`. For digits this applies only in keycaps.
fn is_emoji(c: char, after_selector: Option<char>) -> bool {
    CodePointSetData::new::<Emoji>().contains(c) && (!c.is_ascii() || after_selector == Some(KEYCAP))
}

fn is_ideograph(c: char) -> bool {
    CodePointSetData::new::<UnifiedIdeograph>().contains(c)
}
