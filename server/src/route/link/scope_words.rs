//! Explains scopes to end users.

/// Every scope that Dropbox documents, in the wording of the page (Dropbox OAuth guide, "Scopes"; `team_*`, `members.*`
/// and similar scopes are for teams).
const WORDS: &[(&str, &str)] = &[
    ("account_info.read", "see your name, e-mail address and country"),
    ("account_info.write", "change your account's settings, such as your profile photo"),
    ("files.metadata.read", "see the names and places of your files and folders"),
    ("files.metadata.write", "change information about your files and folders"),
    ("files.content.read", "read the content of your files"),
    ("files.content.write", "change, add and delete files"),
    ("files.permanent_delete", "delete files forever, so that nobody can restore them"),
    ("sharing.read", "see what you share and with whom"),
    ("sharing.write", "share your files and folders with others"),
    ("file_requests.read", "see your file requests"),
    ("file_requests.write", "make and change file requests"),
    ("contacts.read", "see your contacts"),
    ("contacts.write", "change your contacts"),
    ("openid", "know which Dropbox account is yours"),
    ("email", "see your e-mail address"),
    ("profile", "see your name"),
    ("team_info.read", "see your team's name, size and settings"),
    ("team_data.member", "act for the members of your team, with the other permissions in this list"),
    ("team_data.team_space", "work with your team's shared space"),
    ("team_data.content.read", "read the content of your team's files"),
    ("team_data.content.write", "change, add and delete your team's files"),
    ("team_data.governance.read", "see your team's legal holds"),
    ("team_data.governance.write", "make, change and release your team's legal holds"),
    ("files.team_metadata.read", "see the names and places of your team's files and folders"),
    ("files.team_metadata.write", "change information about your team's files and folders"),
    ("members.read", "see who is in your team"),
    ("members.write", "invite, change and suspend members of your team"),
    ("members.delete", "remove members from your team, with their accounts"),
    ("groups.read", "see your team's groups and who is in them"),
    ("groups.write", "make, change and delete your team's groups"),
    ("sessions.list", "see the devices and apps that members of your team use"),
    ("sessions.modify", "sign out devices and apps of your team's members"),
    ("events.read", "see what has been done in your team"),
];

/// The words for a scope. For a scope that Dropbox did not document when this was written, the page completes the words
/// with its name.
pub(super) fn words(scope: &str) -> &'static str {
    let known = WORDS.iter().find(|(name, _)| *name == scope);
    known.map_or("use this permission of Dropbox:", |(_, words)| words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::scope;

    #[test]
    fn each_documented_scope_has_words_of_its_own() {
        let mut seen = std::collections::HashSet::new();
        for (name, told) in WORDS {
            assert!(scope::parse(&[(*name).to_owned()]).is_ok(), "{name}");
            assert_eq!(words(name), *told);
            assert!(seen.insert(*told), "{name} has the words of another scope");
        }
        assert_eq!(words("files.invented"), "use this permission of Dropbox:");
    }
}
