//! An account in the words of its page.

use bowline_api::AccountId;
use chrono::{DateTime, Datelike as _, TimeDelta, Utc};

use crate::route::link::scope_words::Scopes;
use crate::service::manage::{Got, LinkAgain, LinkedAccount, State, Used};
use crate::words::Words;

/// An account as the page shows it.
pub(super) struct Card {
    pub(super) id: AccountId,
    /// What the user recognises the card's account by.
    pub(super) name: String,
    /// The name of its state's text, and the class of its colours.
    pub(super) state: &'static str,
    pub(super) tone: &'static str,
    /// What the account's state means, if that needs saying on the card.
    pub(super) help: Option<&'static str>,
    /// The name of the text about its last use.
    pub(super) used: &'static str,
    /// The name of the text about what the app got in its last use.
    pub(super) got: Option<&'static str>,
    /// The permissions that the app got then, if not all.
    pub(super) got_scopes: Option<Scopes>,
    /// The name of the heading above its permissions.
    pub(super) may: &'static str,
    pub(super) scopes: Scopes,
    /// Whether the card's account can be disconnected.
    pub(super) ends: bool,
    /// Whether it can be linked again on this page.
    pub(super) links: bool,
    /// Whether it can be linked again in the app only.
    pub(super) links_in_app: bool,
    /// The texts, with the names of its app and provider.
    pub(super) words: Words,
}

impl Card {
    pub(super) fn of(account: LinkedAccount, words: &Words) -> Self {
        let words = words
            .clone()
            .with("app", &account.app)
            .with_host("provider", &account.provider)
            .with("account", &account.name);
        let since = words.clone();
        let words = words.with_host("since", &day_in_words(&since, account.linked_at));
        let words = match &account.used {
            Some(Used { at, .. }) => words.with_host("date", &day_in_words(&since, *at)),
            None => words,
        };
        let got = account.used.as_ref().map(|used| &used.got);
        let (state, tone, help) = state_words(account.state);
        let ended = matches!(account.state, State::Revoking | State::Revoked | State::RevokedHere);
        Self {
            id: account.id,
            name: account.name,
            state,
            tone,
            help,
            used: use_words(account.used.as_ref().map(|used| used.ago)),
            got: got.map(told_got),
            got_scopes: match got {
                Some(Got::Scopes(scopes)) => Some(Scopes::of(scopes, &[], &words)),
                Some(Got::AllScopes | Got::Signature) | None => None,
            },
            may: if ended { "might" } else { "may" },
            scopes: Scopes::of(&account.scopes, &[], &words),
            ends: !ended,
            links: account.again == LinkAgain::Here,
            links_in_app: account.again == LinkAgain::InApp,
            words,
        }
    }
}

/// The text of a state, its colours, and what it means.
fn state_words(state: State) -> (&'static str, &'static str, Option<&'static str>) {
    match state {
        State::Linked => ("state-linked", "good", None),
        State::NeedsReauth => ("state-needs-reauth", "warn", Some("state-needs-reauth-help")),
        State::Suspended => ("state-suspended", "warn", Some("state-suspended-help")),
        State::Revoking => ("state-revoking", "", Some("state-revoking-help")),
        State::Revoked => ("state-revoked", "", Some("state-revoked-help")),
        State::RevokedHere => ("state-revoked", "warn", Some("state-revoked-here-help")),
    }
}

fn told_got(got: &Got) -> &'static str {
    match got {
        Got::AllScopes => "got-all",
        Got::Scopes(_) => "got-some",
        Got::Signature => "got-signature",
    }
}

fn use_words(ago: Option<TimeDelta>) -> &'static str {
    match ago {
        None => "used-never",
        Some(ago) if ago < TimeDelta::days(1) => "used-day",
        Some(ago) if ago < TimeDelta::days(7) => "used-week",
        Some(ago) if ago < TimeDelta::days(30) => "used-month",
        Some(_) => "used-earlier",
    }
}

/// A day in the language of `words`.
fn day_in_words(words: &Words, at: DateTime<Utc>) -> String {
    let month = words.plain(&format!("month-{}", at.month()));
    let words = words.clone().with_host("day", &at.day().to_string()).with_host("month", &month);
    words.with_host("year", &at.year().to_string()).plain("date")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    #[test]
    fn a_day_is_written_as_its_language_does() {
        let at = "2026-11-09T23:59:59Z".parse().unwrap();
        for (language, expected) in [
            (Language::English, "9 November 2026"),
            (Language::German, "9. November 2026"),
            (Language::Spanish, "9 de noviembre de 2026"),
            (Language::Japanese, "2026年11月9日"),
            (Language::Arabic, "9 نوفمبر 2026"),
        ] {
            assert_eq!(day_in_words(&Words::new(language), at), expected);
        }
    }

    #[test]
    fn the_last_use_is_told_in_days_weeks_and_months() {
        let ago = |hours| use_words(Some(TimeDelta::hours(hours)));
        assert_eq!(use_words(None), "used-never");
        for (hours, expected) in [
            (-1, "used-day"),
            (23, "used-day"),
            (24, "used-week"),
            (168, "used-month"),
            (720, "used-earlier"),
        ] {
            assert_eq!(ago(hours), expected, "{hours}");
        }
    }
}
