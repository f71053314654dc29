//! Who holds an account's token, as labels and values.

use bowline_api::admin::{TokenHolder, TokenHolders};
use chrono::{DateTime, Utc};

use crate::theme::Meaning;
use crate::when::{relative, stamp};

use super::facts::Fact;

/// The heading.
pub(super) const HOLDERS_HEADING: &str = "Who has the token";

/// The API keys that have received the token, the last issue first: the key, when and how often.
pub(super) fn holder_facts(found: &TokenHolders, now: DateTime<Utc>) -> Vec<Fact> {
    let muted = |label, text: String| Fact::Pair(label, text, Meaning::Muted);
    let mut facts = vec![Fact::Section(HOLDERS_HEADING)];
    match (found.generation, found.current) {
        (None, _) => facts.push(muted("held by", "no API key has ever received a token".to_owned())),
        (Some(_), true) if found.items.is_empty() => {
            facts.push(muted("held by", "no API key has received the current token".to_owned()));
        }
        (Some(_), true) => {}
        (Some(generation), false) => {
            let text = format!("of generation {generation}, the last one that was issued");
            facts.push(muted("the token", text));
        }
    }
    for holder in &found.items {
        facts.push(Fact::Pair("key", holder_summary(holder, now), Meaning::Text));
        facts.push(muted("first", stamp(holder.first_issued_at)));
        if let Some(at) = holder.api_key.revoked_at {
            let text = format!("revoked {}; it may still use what it received", relative(now, at));
            facts.push(Fact::Pair("▲ key", text, Meaning::Warn));
        }
    }
    if found.more {
        facts.push(muted("more", "there are more keys: bowline accounts holders".to_owned()));
    }
    facts
}

/// The key with the time of the last issue, and how often it has received the token.
fn holder_summary(holder: &TokenHolder, now: DateTime<Utc>) -> String {
    let about = if holder.approximate { "≈ " } else { "" };
    let times = if holder.issues == 1 { "once".to_owned() } else { format!("{about}{}×", holder.issues) };
    format!("{} · last {} · {times}", holder.api_key.name, relative(now, holder.last_issued_at))
}

#[cfg(test)]
mod tests {
    use bowline_api::AccountId;

    use super::*;

    #[test]
    fn a_token_that_no_key_has_is_said_to_be_nobodys() {
        let found = |generation| TokenHolders {
            account_id: AccountId::from(uuid::Uuid::nil()),
            generation,
            current: true,
            fingerprint: None,
            items: Vec::new(),
            more: false,
        };
        for (generation, says) in [
            (None, "no API key has ever received a token"),
            (Some(1), "no API key has received the current token"),
        ] {
            let fact = Fact::Pair("held by", says.to_owned(), Meaning::Muted);
            assert_eq!(
                holder_facts(&found(generation), DateTime::UNIX_EPOCH),
                [Fact::Section(HOLDERS_HEADING), fact]
            );
        }
    }
}
