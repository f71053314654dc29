//! OAuth scopes: parsing, and comparing granted scopes with requested ones.

use super::error::{Code, Result};

/// Required to read which account was linked, whatever else the tenant requests.
pub const IDENTITY: &str = "account_info.read";

/// `scopes`, sorted and deduplicated, if there are 1 to 100 and each has the form of Dropbox's scopes: words of
/// lower-case letters, digits and `_`, separated by dots, such as `files.metadata.read`. This is narrower than the
/// scope-token of RFC 6749 section 3.3.
///
/// # Errors
/// `invalid_field` if one of them does not.
pub fn parse(scopes: &[String]) -> Result<Vec<String>> {
    if scopes.is_empty() || scopes.len() > 100 || !scopes.iter().all(|scope| is_well_formed(scope)) {
        let detail = "scopes must be 1 to 100 names of Dropbox's scopes, such as files.metadata.read";
        return Err(Code::InvalidField.because(detail).field("scopes").into());
    }
    let mut sorted = scopes.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    Ok(sorted)
}

fn is_well_formed(scope: &str) -> bool {
    let is_word = |word: &str| {
        word.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
            && word.starts_with(|first: char| first.is_ascii_lowercase())
    };
    scope.len() <= 100 && scope.split('.').all(is_word)
}

/// `scopes` without duplicates, in the order of first occurrence.
#[must_use]
pub fn set(mut scopes: Vec<String>) -> Vec<String> {
    for at in (1..scopes.len()).rev() {
        let (before, from) = scopes.split_at(at);
        if before.contains(&from[0]) {
            scopes.remove(at);
        }
    }
    scopes
}

/// The scopes of `asked` that `granted` lacks.
pub fn missing(asked: &[String], granted: &[String]) -> Vec<String> {
    asked.iter().filter(|scope| !granted.contains(scope)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_a_set_of_names_of_dropboxs_form() {
        let own = |scopes: &[&str]| scopes.iter().map(|scope| (*scope).to_owned()).collect::<Vec<_>>();
        assert_eq!(parse(&own(&["b.read", "a", "b.read"])).unwrap(), own(&["a", "b.read"]));
        assert_eq!(set(own(&["b", "a", "b"])), own(&["b", "a"]));
        for bad in [
            "",
            "<b>",
            "a b",
            "a\"",
            "A.read",
            ".read",
            "a.",
            "a..b",
            "files/read",
            "é",
            "1a",
            &"x".repeat(101),
        ] {
            assert_eq!(parse(&own(&[bad])).unwrap_err().code(), Code::InvalidField, "{bad:?}");
        }
        for good in ["openid", "account_info.read", "files.permanent_delete", "team_data.governance.read"] {
            assert!(parse(&own(&[good])).is_ok(), "{good}");
        }
    }
}
