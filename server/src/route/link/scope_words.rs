//! Explains scopes to end users, grouped by what the app can see and what it can change.

use crate::words::Words;

/// The scopes with which an app can change something, of those that Dropbox documents (Dropbox OAuth guide, "Scopes").
/// The words of a scope are in `server/locales`.
const WRITE_SCOPES: &[&str] = &[
    "account_info.write",
    "files.metadata.write",
    "files.content.write",
    "files.permanent_delete",
    "sharing.write",
    "file_requests.write",
    "contacts.write",
    "team_data.member",
    "team_data.team_space",
    "team_data.content.write",
    "team_data.governance.write",
    "files.team_metadata.write",
    "members.write",
    "members.delete",
    "groups.write",
    "sessions.modify",
];

/// The requested scopes in plain words.
pub(super) struct Scopes {
    /// What the app will be able to see.
    pub(super) see: Vec<ScopeWords>,
    /// What it will be able to change. A scope without words of ours counts as one of these.
    pub(super) change: Vec<ScopeWords>,
    /// The scopes' own names.
    pub(super) names: Vec<String>,
}

/// A scope in plain words.
pub(super) struct ScopeWords {
    pub(super) name: String,
    /// Its words as HTML.
    pub(super) words: String,
    /// Whether there are no words for it, and its name has to do.
    pub(super) unknown: bool,
    /// Whether the account that is linked again does not have it yet.
    pub(super) new: bool,
}

impl Scopes {
    /// Scopes in these words, of which some are new to the account. No scopes are those of a protocol that has none.
    pub(super) fn of(names: &[String], new: &[String], words: &Words) -> Self {
        let scopes = names.iter().map(|name| {
            let id = scope_text_id(name);
            let unknown = !words.has(&id);
            let told = words.html(if unknown { "scope-other" } else { &id });
            ScopeWords { name: name.clone(), words: told, unknown, new: new.contains(name) }
        });
        let (see, mut change): (Vec<_>, Vec<_>) =
            scopes.partition(|scope| !scope.unknown && !writes_something(&scope.name));
        if names.is_empty() {
            let words = words.html("everything");
            change.push(ScopeWords { name: String::new(), words, unknown: false, new: false });
        }
        Self { see, change, names: names.to_vec() }
    }

    /// All of them, first what the app can see.
    pub(super) fn all(&self) -> impl Iterator<Item = &ScopeWords> {
        self.see.iter().chain(&self.change)
    }
}

fn writes_something(scope: &str) -> bool {
    WRITE_SCOPES.contains(&scope)
}

/// The name of a scope's words: Fluent permits no full stop in a name.
fn scope_text_id(scope: &str) -> String {
    format!("scope-{}", scope.replace('.', "-"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::scope;
    use crate::words::Language;

    #[test]
    fn every_scope_that_can_change_something_has_words_and_no_other_sounds_like_one() {
        let words = Words::new(Language::English);
        for scope in WRITE_SCOPES {
            assert!(scope::parse(&[(*scope).to_owned()]).is_ok(), "{scope}");
            assert!(words.has(&scope_text_id(scope)), "{scope}");
        }
        for scope in ["account_info.read", "files.content.read", "openid", "sessions.list", "events.read"] {
            assert!(words.has(&scope_text_id(scope)) && !writes_something(scope), "{scope}");
        }
        assert!(!words.has(&scope_text_id("files.invented")));
    }
}
