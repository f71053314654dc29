//! What an operator's search text means: words that must all occur, phrases in quotes, pairs of metadata, the end of an
//! account's id.

use bowline_api::AccountId;
use uuid::Uuid;

use crate::domain::fold::fold;

/// The maximum number of words. The rest of a longer text is one phrase.
const MOST_WORDS: usize = 8;
/// The shortest end of an account id that is looked up, in characters. The terminal client shows as many.
const SHORTEST_END: usize = 6;
/// The hex digits of an id's end that an index has.
const INDEXED_DIGITS: usize = 7;

/// A word that must occur.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// A LIKE pattern of the word itself.
    pub(super) pattern: String,
    /// The pair of metadata that it may be instead.
    pub(super) pair: Option<Pair>,
    /// Whether most rows have it, so that the index is asked for the other words alone. This is unknown, thus false, at first.
    pub(super) is_common: bool,
}

/// A pair of metadata, written `name=value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pair {
    /// A LIKE pattern of name and value next to each other, as the searched text has them.
    pub(super) pattern: String,
    pub(super) name: String,
    /// None if the account only has to have the name.
    pub(super) value: Option<String>,
}

/// The words of a text. Text in double quotes is one word.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (word, after) = if words.len() + 1 == MOST_WORDS { (rest, "") } else { first(rest) };
        rest = after.trim_start();
        let folded = fold(word);
        if !folded.trim().is_empty() {
            words.push(Word { pattern: pattern(&folded), pair: pair(word), is_common: false });
        }
    }
    words
}

fn first(text: &str) -> (&str, &str) {
    if let Some((quoted, after)) = text.strip_prefix('"').and_then(|quoted| quoted.split_once('"')) {
        return (quoted, after);
    }
    text.split_once(char::is_whitespace).unwrap_or((text, ""))
}

fn pair(word: &str) -> Option<Pair> {
    let (name, value) = word.split_once('=')?;
    if name.is_empty() {
        return None;
    }
    let joined = if value.is_empty() { name.to_owned() } else { format!("{name} {value}") };
    let value = (!value.is_empty()).then(|| value.to_owned());
    Some(Pair { pattern: pattern(&fold(&joined)), name: name.to_owned(), value })
}

/// A pattern for a folded text anywhere, with LIKE wildcards escaped.
fn pattern(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// The end of an account's id, as a person reads it from a screen or types it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct IdEnd {
    end: String,
    /// The last hex digits of the account's UUID.
    pub(super) digits: String,
}

impl IdEnd {
    /// The end that a text may be: six or more characters of an id, perhaps after `…` or `acct_…`.
    pub(super) fn of(text: &str) -> Option<Self> {
        let text = text.trim();
        let end = text.rsplit(['…', '_']).next()?.trim_start_matches('.').to_ascii_lowercase();
        let is_id =
            |byte: u8| byte.is_ascii_digit() || (byte.is_ascii_lowercase() && !b"ilou".contains(&byte));
        if end.len() < SHORTEST_END || end.len() > 26 || !end.bytes().all(is_id) {
            return None;
        }
        // With zeros in front, the end is an id whose last digits are those of the wanted one.
        let whole: AccountId = format!("{}_{end:0>26}", AccountId::prefix()).parse().ok().or_else(|| {
            let last = end.get(end.len() - SHORTEST_END..)?;
            format!("{}_{last:0>26}", AccountId::prefix()).parse().ok()
        })?;
        let hex = whole.uuid().simple().to_string();
        let digits = hex.get(hex.len() - INDEXED_DIGITS..)?.to_owned();
        Some(Self { end, digits })
    }

    /// Whether the account's id ends like this.
    pub(super) fn is_of(&self, id: Uuid) -> bool {
        AccountId::from(id).to_string().ends_with(&self.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_are_plain_characters() {
        assert_eq!(pattern(&fold("50%_A\\")), "%50\\%\\_a\\\\%");
    }

    #[test]
    fn words_are_separate_unless_they_are_quoted() {
        let patterns = |text| words(text).into_iter().map(|word| word.pattern).collect::<Vec<_>>();
        assert_eq!(patterns("  Ito  ADA "), ["%ito%", "%ada%"]);
        assert_eq!(patterns("\"ada ito\" x\""), ["%ada ito%", "%x\"%"]);
        assert_eq!(patterns("\"\" \u{200b}"), [] as [&str; 0]);
        assert_eq!(patterns("1 2 3 4 5 6 7 8 9").last().unwrap(), "%8 9%");
    }

    #[test]
    fn a_word_with_an_equals_sign_may_be_a_pair() {
        let pair = |text| words(text).remove(0).pair;
        let found = pair("Plan=Team").unwrap();
        assert_eq!(
            (found.pattern.as_str(), found.name.as_str(), found.value.as_deref()),
            ("%plan team%", "Plan", Some("Team"))
        );
        assert_eq!(pair("\"plan=big team\"").unwrap().pattern, "%plan big team%");
        assert_eq!(pair("plan=").unwrap().value, None);
        assert_eq!((pair("plan"), pair("=x")), (None, None));
    }

    #[test]
    fn an_id_is_known_by_its_end() {
        let id: AccountId = "acct_01h455vb4pex5vsknk084sn02q".parse().unwrap();
        for text in ["4sn02q", "…4SN02Q", "acct_…4sn02q", "...084sn02q", "01h455vb4pex5vsknk084sn02q"] {
            let end = IdEnd::of(text).unwrap_or_else(|| panic!("{text}"));
            assert!(id.uuid().simple().to_string().ends_with(&end.digits), "{text}");
            assert!(end.is_of(id.uuid()), "{text}");
        }
        assert!(!IdEnd::of("5sn02q").unwrap().is_of(id.uuid()));
        for text in ["sn02q", "amara@", "michael", ""] {
            assert_eq!(IdEnd::of(text), None, "{text}");
        }
    }
}
