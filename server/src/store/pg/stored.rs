//! A column value from a closed set. During a rolling update a newer version may write a value that this version does
//! not know.

use std::fmt::{self, Debug, Display};
use std::str::FromStr;

use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;

use crate::domain::{Result, unknown_state};

/// A value that this version knows, or the text of one that only a newer version knows.
///
/// A row with an unknown value can still be read. Other rows in a list are unaffected, and its sealed values still
/// open, because their associated data contains the text. Only code that needs the value calls [`known`](Self::known),
/// which fails.
#[derive(Debug, Clone, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub enum Stored<S> {
    /// One of the values of this version.
    Known(S),
    /// The text of a newer version's value.
    Unknown(Box<str>),
}

impl<S: Copy> Stored<S> {
    /// The value.
    ///
    /// # Errors
    /// `unknown_state` if this version does not know it.
    pub fn known(&self) -> Result<S> {
        match self {
            Self::Known(value) => Ok(*value),
            Self::Unknown(text) => Err(unknown_state(text)),
        }
    }
}

impl<S: Copy + Into<&'static str>> Stored<S> {
    /// The stored text in the database.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Known(value) => (*value).into(),
            Self::Unknown(text) => text,
        }
    }
}

impl<S> From<S> for Stored<S> {
    fn from(value: S) -> Self {
        Self::Known(value)
    }
}

impl<S: PartialEq> PartialEq<S> for Stored<S> {
    fn eq(&self, other: &S) -> bool {
        matches!(self, Self::Known(value) if value == other)
    }
}

impl<S: Copy + Into<&'static str>> Display for Stored<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl<S: FromStr> FromSql<Text, Pg> for Stored<S> {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let text = std::str::from_utf8(value.as_bytes())?;
        Ok(text.parse().map_or_else(|_| Self::Unknown(text.into()), Self::Known))
    }
}

impl<S: Copy + Debug + Into<&'static str>> ToSql<Text, Pg> for Stored<S> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<Text, Pg>::to_sql(self.as_str(), out)
    }
}

#[cfg(test)]
mod tests {
    use bowline_api::status::AccountStatus;

    use super::*;

    #[test]
    fn an_unknown_value_is_an_error_and_equals_no_known_value() {
        let known = Stored::from(AccountStatus::Active);
        assert_eq!((known.known().unwrap(), known.as_str()), (AccountStatus::Active, "active"));
        let unknown = Stored::<AccountStatus>::Unknown("hibernating".into());
        let refused = unknown.known().unwrap_err();
        assert_eq!((refused.code().status(), refused.code().as_str()), (503, "unknown_state"));
        assert_eq!(unknown.to_string(), "hibernating");
        assert!(AccountStatus::ALL.iter().all(|status| unknown != *status));
    }
}
