//! What an operator has chosen for a screen: its columns, and the queries that they saved.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The longest name of a saved query, in characters.
const MAX_QUERY_NAME: usize = 40;
/// How the service's secrets begin.
const SECRETS_BEGIN: &str = "bwl_";

/// What an operator has chosen for a screen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScreenSettings {
    /// The names of the columns that are shown, from left to right; empty for the screen's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
    /// The saved queries by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub queries: BTreeMap<String, String>,
}

/// What is chosen for a screen as long as nothing is.
pub static NOTHING: ScreenSettings = ScreenSettings { columns: Vec::new(), queries: BTreeMap::new() };

impl ScreenSettings {
    /// The name under which this query is saved.
    pub fn name_of(&self, query: &str) -> Option<&str> {
        let query = query.trim();
        self.queries.iter().find(|(_, saved)| saved.trim() == query).map(|(name, _)| name.as_str())
    }
}

/// Why a query cannot be saved under this name; `None` if it can.
pub fn why_not_saved(name: &str, query: &str) -> Option<String> {
    if query.trim().is_empty() {
        return Some("there is no query to save: type one after /".to_owned());
    }
    if query.contains(SECRETS_BEGIN) {
        return Some("this query holds a secret, and would be saved in a file".to_owned());
    }
    let length = name.trim().chars().count();
    if !(1..=MAX_QUERY_NAME).contains(&length) || name.chars().any(char::is_control) {
        return Some(format!("a name has 1 to {MAX_QUERY_NAME} characters, in any script"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_be_in_any_script_and_a_secret_is_not_saved() {
        for name in ["stale", "застряли", "待处理 ٣", "a b"] {
            assert_eq!(why_not_saved(name, "status:active"), None, "{name}");
        }
        for (name, query) in
            [("", "x"), ("  ", "x"), ("a\nb", "x"), (&*"x".repeat(41), "x"), ("a", " "), ("a", "bwl_op_7f3a")]
        {
            assert!(why_not_saved(name, query).is_some(), "{name:?} {query:?}");
        }
    }

    #[test]
    fn a_query_has_the_name_under_which_it_was_saved() {
        let queries = BTreeMap::from([("stale".to_owned(), "status:active".to_owned())]);
        let settings = ScreenSettings { queries, ..ScreenSettings::default() };
        assert_eq!(settings.name_of(" status:active "), Some("stale"));
        assert_eq!(settings.name_of("status:revoked"), None);
    }
}
