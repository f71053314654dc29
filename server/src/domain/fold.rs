//! Folds text for searching. Stored text and search terms go through the same function, so the locale and collation of
//! the database have no influence.

use icu_casemap::CaseMapper;
use icu_normalizer::DecomposingNormalizerBorrowed;
use icu_properties::props::{CanonicalCombiningClass, DefaultIgnorableCodePoint, WhiteSpace};
use icu_properties::{CodePointMapData, CodePointSetData};

/// `text` without the differences that a search ignores: case (Unicode full case folding), compatibility forms (NFKD),
/// accents and other combining marks, the Turkish dotless i, kinds of white space, and invisible characters.
///
/// Each character is folded independently of its neighbours, and consecutive white space becomes one space. Therefore
/// every part of a text, folded, is a part of the folded text, so any part of a displayed text finds it.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        let folded = text.chars().map(|c| if is_ascii_space(c) { ' ' } else { c.to_ascii_lowercase() });
        return with_single_spaces(folded);
    }
    let nfkd = DecomposingNormalizerBorrowed::new_nfkd();
    let marks = CodePointMapData::<CanonicalCombiningClass>::new();
    let invisible = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    let space = CodePointSetData::new::<WhiteSpace>();
    let decomposed = nfkd.normalize(text);
    // Case folding a decomposed text can produce characters that decompose again, so both are done twice.
    let folded = CaseMapper::new().fold_string(&decomposed);
    let kept = nfkd
        .normalize(&folded)
        .chars()
        .filter(|c| marks.get(*c) == CanonicalCombiningClass::NotReordered && !invisible.contains(*c))
        .map(|c| match c {
            'ı' => 'i',
            c if space.contains(c) => ' ',
            c => c,
        })
        .collect::<Vec<_>>();
    with_single_spaces(kept.into_iter())
}

/// Terminals, pages and people do not distinguish repeated spaces.
fn with_single_spaces(text: impl Iterator<Item = char>) -> String {
    let mut single = String::new();
    for c in text {
        if c != ' ' || !single.ends_with(' ') {
            single.push(c);
        }
    }
    single
}

/// The ASCII characters that Unicode counts as white space.
const fn is_ascii_space(c: char) -> bool {
    matches!(c, '\t'..='\r' | ' ')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_that_differ_in_case_accents_or_form_fold_to_the_same() {
        for (shown, typed) in [
            ("İbrahim", "ibrahim"),
            ("İbrahim", "İBRAHİM"),
            ("Işık", "ışık"),
            ("Işık", "ISIK"),
            ("INFO@example.com", "info@EXAMPLE.com"),
            ("ΟΔΥΣΣΕΥΣ", "Οδυσσεύς"),
            ("ΟΔΥΣΣΕΥΣ", "οδυσσευσ"),
            ("Émile", "E\u{301}MILE"),
            ("Émile", "emile"),
            ("Åsa", "\u{212b}sa"),
            ("Straße", "STRASSE"),
            ("STRAẞE", "straße"),
            ("ﬁnn", "FINN"),
            ("Ｔｏｋｙｏ", "tokyo"),
            ("ǅ", "ǆ"),
            ("ᾼ", "αι"),
            ("Ꭰ", "ꭰ"),
            ("한국", "\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}"),
            ("Anna\u{a0}Lena", "anna lena"),
            ("Anna  Lena", "anna lena"),
            ("Anna \u{200b}\u{3000}Lena", "anna \tlena"),
            ("Mül\u{ad}ler", "muller"),
            ("علی\u{200c}رضا", "علیرضا"),
        ] {
            assert_eq!(fold(shown), fold(typed), "{shown} {typed}");
        }
        assert_ne!(fold("Emil"), fold("Emile"));
        assert_ne!(fold("Иван"), fold("Ivan"));
    }

    proptest! {
        #[test]
        fn a_part_of_what_is_shown_is_found(head in any::<String>(), part in any::<String>(), tail in any::<String>()) {
            let whole = format!("{head}{part}{tail}");
            prop_assert!(fold(&whole).contains(&fold(&part)));
            let parts = [fold(&head), fold(&part), fold(&tail)].concat();
            prop_assert_eq!(fold(&whole), with_single_spaces(parts.chars()));
        }
    }

    /// All characters, in texts of a few hundred each. Neighbours do not matter, as the test above shows.
    #[test]
    fn no_character_keeps_its_case_or_changes_when_it_is_folded_once_more() {
        let all: Vec<char> = ('\0'..=char::MAX).collect();
        for some in all.chunks(512) {
            let text: String = some.iter().collect();
            let once = fold(&text);
            assert_eq!(fold(&once), once, "twice, from {:?} on", some[0]);
            let upper: String = some.iter().flat_map(|c| c.to_uppercase()).collect();
            assert_eq!(fold(&upper), once, "upper, from {:?} on", some[0]);
            let lower: String = some.iter().flat_map(|c| c.to_lowercase()).collect();
            assert_eq!(fold(&lower), once, "lower, from {:?} on", some[0]);
        }
    }
}
