//! A name from a set that a newer server may have extended: what an older client reads as the word that it is.

use std::borrow::Cow;
use std::fmt::{self, Debug, Display};
use std::str::FromStr;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The greatest length of a word that this version does not know, in bytes. The rest of a longer word is cut.
const MAX_WORD: usize = 48;

/// A word that this version does not know.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Word {
    /// UTF-8, of which the first `length` bytes are the word.
    bytes: [u8; MAX_WORD],
    length: u8,
}

impl Word {
    fn new(text: &str) -> Self {
        let end = text.floor_char_boundary(MAX_WORD);
        let mut bytes = [0; MAX_WORD];
        bytes[..end].copy_from_slice(&text.as_bytes()[..end]);
        Self { bytes, length: u8::try_from(end).unwrap_or_default() }
    }

    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..usize::from(self.length)]).unwrap_or_default()
    }
}

impl Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Debug::fmt(self.as_str(), f)
    }
}

/// A value that this version knows, or the word of a newer server for one that it does not know.
///
/// It stands in answers only. A request with an unknown name is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Named<S> {
    /// One of the values of this version.
    Known(S),
    /// The word of a newer version's value.
    Unknown(Word),
}

impl<S: Copy> Named<S> {
    /// The value; `None` if this version does not know it.
    pub const fn known(self) -> Option<S> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown(_) => None,
        }
    }
}

impl<S: FromStr> Named<S> {
    /// The value with this name, or the word that it is.
    pub fn read(text: &str) -> Self {
        text.parse().map_or_else(|_| Self::Unknown(Word::new(text)), Self::Known)
    }
}

impl<S: Copy + Into<&'static str>> Named<S> {
    /// The name in the API.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Known(value) => (*value).into(),
            Self::Unknown(word) => word.as_str(),
        }
    }
}

impl<S> From<S> for Named<S> {
    fn from(value: S) -> Self {
        Self::Known(value)
    }
}

impl<S: PartialEq> PartialEq<S> for Named<S> {
    fn eq(&self, other: &S) -> bool {
        matches!(self, Self::Known(value) if value == other)
    }
}

impl<S: Copy + Into<&'static str>> Display for Named<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl<S: Copy + Into<&'static str>> Serialize for Named<S> {
    fn serialize<T: Serializer>(&self, serializer: T) -> Result<T::Ok, T::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de, S: FromStr> Deserialize<'de> for Named<S> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::read(&Cow::<'de, str>::deserialize(deserializer)?))
    }
}

/// Reads a part of an answer that cannot be shown word by word: none if a newer server sent it in a form that this
/// version does not know, so that the rest of the answer can be read.
pub(crate) fn readable<'de, T: DeserializeOwned, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Ok(serde_json::from_value(serde_json::Value::deserialize(deserializer)?).ok())
}

#[cfg(test)]
mod tests {
    use crate::status::AccountStatus;

    use super::*;

    #[test]
    fn a_word_of_a_newer_server_is_kept_as_it_is_and_equals_no_known_value() {
        let read = |json: &str| serde_json::from_str::<Named<AccountStatus>>(json).unwrap();
        assert_eq!(read("\"active\""), AccountStatus::Active);
        let newer = read("\"hibernating\"");
        assert_eq!((newer.known(), newer.as_str()), (None, "hibernating"));
        assert!(AccountStatus::ALL.iter().all(|status| newer != *status));
        assert_eq!(serde_json::to_string(&newer).unwrap(), "\"hibernating\"");
        assert_eq!(format!("{newer:>12}|"), " hibernating|");
        let long = read(&format!("\"{}\"", "é".repeat(40)));
        assert_eq!(long.as_str(), "é".repeat(24));
        assert!(serde_json::from_str::<Named<AccountStatus>>("7").is_err());
    }
}
