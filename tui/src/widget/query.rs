//! The language of query lines: words in any order, `key:value` filters, and quotes around text that has a colon or
//! spaces.

use super::completion::Filter;

/// A word of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryWord {
    /// Where it begins, in characters.
    pub at: usize,
    /// How long it is as typed, in characters.
    pub length: usize,
    /// The filter's key in lower case; `None` for search text.
    pub key: Option<String>,
    /// The value, or the search text, without quotes.
    pub value: String,
}

/// What is wrong with a query, and with which word of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where the word begins, in characters.
    pub at: usize,
    /// How long the word is, in characters.
    pub length: usize,
    /// What is wrong, in words.
    pub text: String,
}

impl QueryWord {
    /// Says what is wrong with this word.
    pub fn problem(&self, text: impl Into<String>) -> Problem {
        Problem { at: self.at, length: self.length, text: text.into() }
    }
}

/// Begins of search text that look like filters but are none: ids of Dropbox, and URLs.
const TEXT_KEYS: [&str; 4] = ["dbid", "http", "https", "mailto"];

/// The words of a query. A quote that is not closed yet ends with the text.
pub fn words(text: &str) -> Vec<QueryWord> {
    let chars: Vec<char> = text.chars().collect();
    let mut words = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if chars[at].is_whitespace() {
            at += 1;
            continue;
        }
        let begin = at;
        let (mut value, mut colon, mut quoted) = (String::new(), None, false);
        while at < chars.len() && (quoted || !chars[at].is_whitespace()) {
            match chars[at] {
                '"' => quoted = !quoted,
                ':' if colon.is_none() && !quoted && at > begin && chars[begin] != '"' => {
                    colon = Some(value.len());
                    value.push(':');
                }
                c => value.push(c),
            }
            at += 1;
        }
        let key = colon.map(|colon| value[..colon].to_lowercase()).filter(|key| is_key(key));
        if let Some(key) = &key {
            value.drain(..=key.len());
        }
        words.push(QueryWord { at: begin, length: at - begin, key, value });
    }
    words
}

fn is_key(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphabetic() || c == '_') && !TEXT_KEYS.contains(&text)
}

/// The keys of filters as they are typed, such as `status: tenant:`.
pub fn keys(filters: &[Filter]) -> String {
    filters.iter().flat_map(Filter::beginnings).collect::<Vec<_>>().join(" ")
}

/// The problem of a word whose key is none of these. Where text is searched for, too, it says how.
pub fn unknown_key(word: &QueryWord, filters: &[Filter], searches_text: bool) -> Problem {
    let key = word.key.as_deref().unwrap_or_default();
    let filters = keys(filters);
    let text = if searches_text {
        format!(" (to search for the text, write \"{key}:{}\" with the quotes)", word.value)
    } else {
        String::new()
    };
    word.problem(format!("{key}: is no filter here; filters are {filters}{text}"))
}

/// The problem of a word that looks like the opposite of a filter, such as `-status:active`, which is none.
pub fn negated(word: &QueryWord, filters: &[Filter]) -> Option<Problem> {
    let rest = word.value.strip_prefix(['-', '!', '^']).filter(|_| word.key.is_none())?;
    let filter = filters.iter().find(|filter| {
        let rest = rest.to_lowercase();
        filter.beginnings().iter().any(|begin| rest.starts_with(begin))
    })?;
    Some(word.problem(format!("{}: no filter can be turned round; name what is wanted", filter.key)))
}

/// The value as it must be typed: with quotes if it has spaces or a colon.
fn typed_value(value: &str) -> String {
    if value.contains([' ', ':']) { format!("\"{value}\"") } else { value.to_owned() }
}

/// A query in which the word with this key is replaced, or added at the front.
pub fn with_word(text: &str, key: &str, value: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut all = vec![format!("{key}:{}", typed_value(value))];
    let others = words(text).into_iter().filter(|word| word.key.as_deref() != Some(key));
    all.extend(others.map(|word| chars[word.at..word.at + word.length].iter().collect()));
    all.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_keys_values_and_places() {
        let parse = |text| words(text).into_iter().map(|w| (w.key, w.value)).collect::<Vec<_>>();
        let key = |key: &str, value: &str| (Some(key.to_owned()), value.to_owned());
        let word = |text: &str| (None, text.to_owned());
        assert_eq!(
            parse("Status:Active  ada"),
            [key("status", "Active"), word("ada")],
            "keys in any case, values as typed"
        );
        assert_eq!(
            parse("dbid:AAx \"user:bob\" a:\"b c\""),
            [word("dbid:AAx"), word("user:bob"), key("a", "b c")]
        );
        assert_eq!(parse("\"half typed"), [word("half typed")]);
        assert_eq!(parse("山田:x :y"), [word("山田:x"), word(":y")]);
        let all = words("山田 user:bob");
        assert_eq!((all[1].at, all[1].length), (3, 8), "places are characters");
    }

    #[test]
    fn a_word_is_replaced_wherever_it_stands() {
        assert_eq!(with_word("tenant:a b Tenant:c", "tenant", "d"), "tenant:d b");
        assert_eq!(with_word("\"x:y\" z", "subject", "a b"), "subject:\"a b\" \"x:y\" z");
    }
}
