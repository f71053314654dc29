//! One or several values of a set of names, as filters take them.

use std::borrow::Cow;
use std::fmt::{self, Display};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// One or several values of a set of names, of which any may be met. They are written with commas between: `active,needs_reauth`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnyOf<S>(Box<[S]>);

impl<S: Copy + Ord> AnyOf<S> {
    fn new(mut values: Vec<S>) -> Self {
        values.sort_unstable();
        values.dedup();
        Self(values.into())
    }

    /// The values in the order of the set, each once. There is at least one.
    pub fn values(&self) -> &[S] {
        &self.0
    }

    /// The value, if it is the only one.
    pub fn single(&self) -> Option<S> {
        match self.values() {
            [only] => Some(*only),
            _ => None,
        }
    }

    /// The values of both.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        Self::new([self.values(), other.values()].concat())
    }
}

impl<S> From<S> for AnyOf<S> {
    fn from(value: S) -> Self {
        Self(Box::new([value]))
    }
}

impl<S: Display> Display for AnyOf<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, value) in self.0.iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            write!(f, "{comma}{value}")?;
        }
        Ok(())
    }
}

impl<S: FromStr + Copy + Ord> FromStr for AnyOf<S> {
    type Err = S::Err;

    fn from_str(text: &str) -> Result<Self, S::Err> {
        text.split(',').map(str::parse).collect::<Result<Vec<S>, _>>().map(Self::new)
    }
}

impl<S: Display> Serialize for AnyOf<S> {
    fn serialize<T: Serializer>(&self, serializer: T) -> Result<T::Ok, T::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, S: FromStr<Err: Display> + Copy + Ord> Deserialize<'de> for AnyOf<S> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use crate::status::AccountStatus::{self, Active, NeedsReauth, Revoked};
    use crate::status::UnknownName;

    use super::*;

    fn read(text: &str) -> Result<AnyOf<AccountStatus>, UnknownName> {
        text.parse()
    }

    #[test]
    fn values_are_read_and_written_each_once_in_the_order_of_the_set() {
        let both = read("revoked,active,revoked").unwrap();
        assert_eq!((both.values(), both.single()), (&[Active, Revoked][..], None));
        assert_eq!(serde_json::to_string(&both).unwrap(), "\"active,revoked\"");
        assert_eq!(serde_json::from_str::<AnyOf<AccountStatus>>("\"active,revoked\"").unwrap(), both);
        let one = AnyOf::from(NeedsReauth);
        assert_eq!((one.single(), one.to_string()), (Some(NeedsReauth), "needs_reauth".to_owned()));
        assert_eq!(both.or(&one).or(&one).values(), [Active, NeedsReauth, Revoked]);
        for bad in ["", ",", "active,", "active,nonsense", "active, revoked"] {
            assert!(read(bad).is_err(), "{bad}");
            assert!(serde_json::from_value::<AnyOf<AccountStatus>>(bad.into()).is_err(), "{bad}");
        }
    }
}
