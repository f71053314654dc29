//! What operators search for, and how long the answer may take.

/// How much of a text is known, which decides how it is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// A whole value.
    Whole,
    /// The beginning of a value.
    Beginning,
    /// A part of a value with a trigram that fewer than one account in a hundred has.
    Rare,
    /// Anything else within values, or values of which the list has more after those that match best.
    Common,
}

impl Class {
    pub(super) const ALL: [Self; 4] = [Self::Whole, Self::Beginning, Self::Rare, Self::Common];

    /// What is searched for, as the report says it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Whole => "whole values",
            Self::Beginning => "beginnings",
            Self::Rare => "parts with a rare trigram",
            Self::Common => "other parts, perhaps incomplete",
        }
    }

    /// The limit for the 99th percentile of whole calls in milliseconds.
    pub(super) const fn limit(self) -> f64 {
        match self {
            Self::Whole | Self::Beginning => 20.0,
            Self::Rare => 100.0,
            Self::Common => 300.0,
        }
    }
}

/// One kind of search.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    pub(super) class: Class,
    pub(super) name: &'static str,
    /// The text, from the columns of a random account and its number `n`.
    pub(super) text: &'static str,
    /// Whether to follow to the page that comes after what matches best.
    pub(super) follow: bool,
}

const fn kind(class: Class, name: &'static str, text: &'static str) -> Kind {
    Kind { class, name, text, follow: false }
}

const fn rest(name: &'static str, text: &'static str) -> Kind {
    Kind { class: Class::Common, name, text, follow: true }
}

/// The column whose values are written as the API writes them.
pub(super) const ACCOUNT_ID: &str = "id::text";

pub(super) const KINDS: [Kind; 20] = [
    kind(Class::Whole, "whole e-mail address", "email"),
    kind(Class::Whole, "whole user id", "external_user_id"),
    kind(Class::Whole, "whole Dropbox id", "provider_account_id"),
    kind(Class::Whole, "whole label", "'Kaleidoscope ' || (n - n % 1000 + 7)"),
    kind(Class::Whole, "account id", ACCOUNT_ID),
    kind(Class::Beginning, "e-mail address up to the @", "split_part(email, '@', 1)"),
    kind(Class::Beginning, "beginning of an e-mail address, common", "split_part(email, '.', 1)"),
    kind(Class::Beginning, "beginning of a user id", "left(external_user_id, 4)"),
    kind(Class::Beginning, "beginning of a Dropbox id", "left(provider_account_id, 12)"),
    kind(Class::Rare, "part of a Dropbox id", "substr(provider_account_id, 20, 8)"),
    kind(Class::Rare, "part of a word, 1 in 1,000", "'aleidosco'"),
    kind(Class::Rare, "the same and a part that all have", "'aleidosco xampl'"),
    kind(Class::Common, "four digits", "substr(n::text, 2, 4)"),
    kind(Class::Common, "part of a family name", "substr(split_part(display_name, ' ', 2), 2)"),
    kind(
        Class::Common,
        "two names, in the other order",
        "split_part(display_name, ' ', 2) || ' ' || split_part(display_name, ' ', 1)",
    ),
    kind(Class::Common, "two words that nobody has together", "'plan free pro'"),
    kind(Class::Common, "two letters that nobody has", "'zq'"),
    kind(Class::Common, "e-mail address that nobody has", "'x' || email"),
    rest("what follows a whole user id", "external_user_id"),
    rest("what follows a whole e-mail address", "email"),
];
