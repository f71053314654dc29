//! How long ago something was, as operators write it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A length of time such as `90d`: a number and `m` (minutes), `h`, `d` or `w`. At most 100 years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Age {
    number: u32,
    unit: char,
}

/// Selects accounts by how long ago they were used and linked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Ages {
    /// Used within this time.
    pub used_within: Option<Age>,
    /// Not used for this time, nor linked within it.
    pub unused_for: Option<Age>,
    /// First linked within this time.
    pub linked_within: Option<Age>,
    /// First linked longer ago than this.
    pub linked_for: Option<Age>,
}

impl Ages {
    /// The names of the fields as query parameters, with the values of those that are given.
    #[must_use]
    pub fn parameters(&self) -> Vec<(&'static str, Age)> {
        let all = [
            ("used_within", self.used_within),
            ("unused_for", self.unused_for),
            ("linked_within", self.linked_within),
            ("linked_for", self.linked_for),
        ];
        all.into_iter().filter_map(|(name, age)| age.map(|age| (name, age))).collect()
    }
}

/// A text that is no [`Age`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("needs a number and m, h, d or w, such as 90d; at most 100 years")]
pub struct NoAge;

const UNITS: [(char, u64); 4] = [('m', 60), ('h', 3_600), ('d', 86_400), ('w', 604_800)];
const LONGEST: u64 = 100 * 365 * 86_400;

impl Age {
    /// The length in seconds.
    #[must_use]
    pub fn seconds(self) -> u64 {
        let seconds = UNITS.iter().find(|(unit, _)| *unit == self.unit).map_or(0, |(_, seconds)| *seconds);
        u64::from(self.number) * seconds
    }
}

impl FromStr for Age {
    type Err = NoAge;

    fn from_str(text: &str) -> Result<Self, NoAge> {
        let unit = text.chars().next_back().ok_or(NoAge)?;
        let number = text.strip_suffix(unit).unwrap_or_default();
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NoAge);
        }
        let age = Self { number: number.parse().map_err(|_| NoAge)?, unit: unit.to_ascii_lowercase() };
        if (1..=LONGEST).contains(&age.seconds()) { Ok(age) } else { Err(NoAge) }
    }
}

impl fmt::Display for Age {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.number, self.unit)
    }
}

impl TryFrom<String> for Age {
    type Error = NoAge;

    fn try_from(text: String) -> Result<Self, NoAge> {
        text.parse()
    }
}

impl From<Age> for String {
    fn from(age: Age) -> Self {
        age.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_read_and_written_alike() {
        for (text, seconds) in [("90d", 7_776_000), ("15m", 900), ("1h", 3_600), ("2w", 1_209_600)] {
            let age: Age = text.parse().unwrap();
            assert_eq!((age.seconds(), age.to_string().as_str()), (seconds, text));
        }
        assert_eq!("7D".parse::<Age>().unwrap().to_string(), "7d");
        for text in ["", "d", "0d", "90", "-1d", "1.5h", "1y", "99999999999w", "36501d", "٣d", "1é"] {
            assert_eq!(text.parse::<Age>(), Err(NoAge), "{text}");
        }
    }
}
