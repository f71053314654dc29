//! A digest of the columns that determine what a secret is valid for. The envelope binds the digest.

use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};

/// Collects facts in an order that the caller chooses. Each fact has a name, so that two of the same type cannot be
/// swapped.
#[derive(Debug, Clone, Default)]
pub struct Facts(Sha256);

impl Facts {
    /// Creates an empty collection.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds bytes or their absence, which differs from empty bytes.
    #[must_use]
    pub fn bytes(self, name: &str, value: Option<&[u8]>) -> Self {
        match value {
            Some(value) => self.part(name.as_bytes()).part(b"1").part(value),
            None => self.part(name.as_bytes()).part(b"0"),
        }
    }

    /// Adds a text.
    #[must_use]
    pub fn text(self, name: &str, value: &str) -> Self {
        self.bytes(name, Some(value.as_bytes()))
    }

    /// Adds a time with microsecond precision, as Postgres stores it.
    #[must_use]
    pub fn time(self, name: &str, value: Option<DateTime<Utc>>) -> Self {
        let micros = value.map(|at| at.timestamp_micros().to_be_bytes());
        self.bytes(name, micros.as_ref().map(<[u8; 8]>::as_slice))
    }

    /// Adds a set of texts; order and duplicates make no difference.
    #[must_use]
    pub fn set<'a>(self, name: &str, values: impl IntoIterator<Item = &'a str>) -> Self {
        let mut sorted: Vec<&str> = values.into_iter().collect();
        sorted.sort_unstable();
        sorted.dedup();
        let count = sorted.len() as u64;
        let begun = self.part(name.as_bytes()).part(&count.to_be_bytes());
        sorted.into_iter().fold(begun, |facts, value| facts.part(value.as_bytes()))
    }

    /// Adds a part preceded by its length.
    fn part(mut self, part: &[u8]) -> Self {
        self.0.update((part.len() as u64).to_be_bytes());
        self.0.update(part);
        self
    }

    pub(crate) fn digest(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(facts: Facts) -> [u8; 32] {
        facts.digest()
    }

    #[test]
    fn a_set_has_neither_order_nor_doubles() {
        let of = |values: &[&'static str]| digest(Facts::new().set("scopes", values.iter().copied()));
        assert_eq!(of(&["b", "a", "b"]), of(&["a", "b"]));
        assert_ne!(of(&["a"]), of(&["a", "b"]));
        assert_ne!(of(&["ab"]), of(&["a", "b"]));
    }

    #[test]
    fn no_fact_can_be_mistaken_for_another() {
        let all = [
            digest(Facts::new()),
            digest(Facts::new().text("user", "ann")),
            digest(Facts::new().text("account", "ann")),
            digest(Facts::new().text("user", "")),
            digest(Facts::new().bytes("user", None)),
            digest(Facts::new().text("user", "an").text("n", "")),
            digest(Facts::new().time("user", Some(DateTime::UNIX_EPOCH))),
            digest(Facts::new().set("user", ["ann"])),
        ];
        for (index, one) in all.iter().enumerate() {
            assert!(!all[index + 1..].contains(one), "{index}");
        }
    }
}
