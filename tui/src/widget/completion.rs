//! The filters of a query line, and how a word of it is completed: tab puts the first choice in its place, tab again the
//! next one.

use std::collections::BTreeSet;

/// A filter of a query line, written `key:value`.
#[derive(Debug, Clone, Copy)]
pub struct Filter {
    /// Its key.
    pub key: &'static str,
    /// What its value can be.
    pub values: FilterValues,
    /// What it finds, and how its value is written, for the help.
    pub about: &'static str,
}

/// What a filter's value can be.
#[derive(Debug, Clone, Copy)]
pub enum FilterValues {
    /// Any text, such as an id or a time.
    Free,
    /// One of these words.
    Words(fn() -> Vec<&'static str>),
    /// One or several of these words, with commas between.
    AnyOf(fn() -> Vec<&'static str>),
    /// A tenant's short name.
    Tenant,
    /// An age such as 90d, to be compared: the filter is written `key<age` or `key>age`.
    Compared,
}

impl Filter {
    /// The filter by tenant.
    pub const TENANT: Self = Self::new("tenant", FilterValues::Tenant, "of this tenant: short name or id");

    /// A filter whose value is any text.
    pub const fn free(key: &'static str, about: &'static str) -> Self {
        Self::new(key, FilterValues::Free, about)
    }

    /// A filter whose value is one of these words.
    pub const fn words(key: &'static str, words: fn() -> Vec<&'static str>, about: &'static str) -> Self {
        Self::new(key, FilterValues::Words(words), about)
    }

    /// A filter whose value is one or several of these words, with commas between.
    pub const fn any_of(key: &'static str, words: fn() -> Vec<&'static str>, about: &'static str) -> Self {
        Self::new(key, FilterValues::AnyOf(words), about)
    }

    /// A filter that compares an age.
    pub const fn compared(key: &'static str, about: &'static str) -> Self {
        Self::new(key, FilterValues::Compared, about)
    }

    const fn new(key: &'static str, values: FilterValues, about: &'static str) -> Self {
        Self { key, values, about }
    }

    /// How it begins as it is typed.
    pub fn beginnings(&self) -> Vec<String> {
        let signs: &[char] = if matches!(self.values, FilterValues::Compared) { &['<', '>'] } else { &[':'] };
        signs.iter().map(|sign| format!("{}{sign}", self.key)).collect()
    }
}

/// The choices for a word, while one of them stands in its place.
#[derive(Debug)]
pub struct Completion {
    before: String,
    after: String,
    /// The choices in their order; there is at least one.
    pub choices: Vec<String>,
    /// The index of the one that stands in the line.
    pub chosen: usize,
}

impl Completion {
    /// Begins with the first choice for the word before the cursor, which is given in characters. `None` if there is none.
    pub fn begin(text: &str, cursor: usize, filters: &[Filter], tenants: &BTreeSet<String>) -> Option<Self> {
        let at = text.char_indices().nth(cursor).map_or(text.len(), |(at, _)| at);
        let (left, after) = text.split_at(at);
        let from = left.rfind(char::is_whitespace).map_or(0, |at| at + 1);
        let (before, word) = left.split_at(from);
        let choices = completion_choices(word, filters, tenants);
        (!choices.is_empty()).then(|| Self {
            before: before.to_owned(),
            after: after.to_owned(),
            choices,
            chosen: 0,
        })
    }

    /// Chooses the next or the previous one; after the last one comes the first.
    pub fn step(&mut self, is_forward: bool) {
        let by = if is_forward { 1 } else { self.choices.len() - 1 };
        self.chosen = (self.chosen + by) % self.choices.len();
    }

    /// The text before the cursor and the text behind it. A value that is the only choice is complete, so a space follows.
    pub fn parts(&self) -> (String, &str) {
        let choice = &self.choices[self.chosen];
        let is_complete = self.choices.len() == 1 && !choice.ends_with([':', '<', '>']);
        let space = if is_complete && !self.after.starts_with(' ') { " " } else { "" };
        (format!("{}{choice}{space}", self.before), &self.after)
    }
}

fn completion_choices(word: &str, filters: &[Filter], tenants: &BTreeSet<String>) -> Vec<String> {
    let begins = |whole: &str, typed: &str| whole.starts_with(&typed.to_lowercase());
    let Some((key, value)) = word.split_once(':') else {
        let keys = filters.iter().filter(|filter| begins(filter.key, word));
        return keys.flat_map(Filter::beginnings).collect();
    };
    let Some(filter) = filters.iter().find(|filter| filter.key.eq_ignore_ascii_case(key)) else {
        return Vec::new();
    };
    let whole = |value: &str| format!("{}:{value}", filter.key);
    match filter.values {
        FilterValues::Free | FilterValues::Compared => Vec::new(),
        FilterValues::Words(words) => {
            words().into_iter().filter(|word| begins(word, value)).map(whole).collect()
        }
        FilterValues::AnyOf(words) => {
            let (before, last) = value.rfind(',').map_or(("", value), |at| value.split_at(at + 1));
            let is_new = |word: &&str| !before.split(',').any(|earlier| earlier.eq_ignore_ascii_case(word));
            let others = words().into_iter().filter(|word| begins(word, last)).filter(is_new);
            others.map(|word| whole(&format!("{before}{word}"))).collect()
        }
        FilterValues::Tenant => {
            tenants.iter().filter(|tenant| begins(tenant, value)).map(|slug| whole(slug)).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILTERS: [Filter; 3] = [
        Filter::any_of("status", || vec!["active", "revoking", "revoked"], ""),
        Filter::TENANT,
        Filter::free("since", ""),
    ];

    fn press_tab(text: &str, cursor: usize, times: usize) -> Option<(String, String)> {
        let tenants = ["acme", "globex"].map(str::to_owned).into();
        let mut completion = Completion::begin(text, cursor, &FILTERS, &tenants)?;
        (0..times).for_each(|_| completion.step(true));
        let (before, after) = completion.parts();
        Some((before, after.to_owned()))
    }

    #[test]
    fn keys_and_values_are_completed_where_the_cursor_stands() {
        let both = |before: &str, after: &str| Some((before.to_owned(), after.to_owned()));
        assert_eq!(press_tab("st", 2, 0), both("status:", ""));
        assert_eq!(press_tab("", 0, 1), both("tenant:", ""), "an empty word offers every filter");
        assert_eq!(press_tab("Status:REVOK", 12, 0), both("status:revoking", ""));
        assert_eq!(press_tab("status:revok", 12, 1), both("status:revoked", ""));
        assert_eq!(
            press_tab("status:revok", 12, 2),
            both("status:revoking", ""),
            "after the last comes the first"
        );
        assert_eq!(press_tab("status:a ada", 8, 0), both("status:active", " ada"));
        assert_eq!(
            press_tab("status:Revoked,r", 16, 0),
            both("status:Revoked,revoking ", ""),
            "those that are not there yet"
        );
        assert_eq!(
            press_tab("山田 tenant:g", 11, 0),
            both("山田 tenant:globex ", ""),
            "places are characters"
        );
        assert_eq!(press_tab("since:", 6, 0), None);
        assert_eq!(press_tab("user:b", 6, 0), None);
        assert_eq!(press_tab("ada", 3, 0), None, "no word is changed into something else");
    }

    #[test]
    fn stepping_back_from_the_first_choice_leads_to_the_last() {
        let mut completion = Completion::begin("status:", 7, &FILTERS, &BTreeSet::new()).unwrap();
        completion.step(false);
        assert_eq!(completion.parts().0, "status:revoked");
    }
}
