//! Ids and limits from paths and queries.

use bowline_api::Id;
use type_safe_id::StaticType;

use crate::domain::{Code, Error, Result};

/// The error for everything that does not exist.
pub fn not_found() -> Error {
    Error::not_found()
}

/// The id in a path. A malformed id identifies nothing, so it is reported as not found.
///
/// # Errors
/// `not_found`.
pub fn id<Kind: StaticType>(text: &str) -> Result<Id<Kind>> {
    text.parse().map_err(|_| not_found())
}

/// A query parameter.
///
/// # Errors
/// `invalid_field`, with the name of `field` and what is allowed.
pub fn query<T: std::str::FromStr<Err: std::fmt::Display>>(
    field: &'static str,
    text: Option<&str>,
) -> Result<Option<T>> {
    let parse = |text: &str| {
        text.parse().map_err(|error| {
            Error::from(Code::InvalidField.because(format!("{field}: {error}")).field(field))
        })
    };
    text.map(parse).transpose()
}

/// The page size: 1 to 200 rows, 50 by default. It is taken as text because Rocket would treat a value that is not a
/// number as absent.
///
/// # Errors
/// `invalid_field`.
pub fn limit(text: Option<&str>) -> Result<i64> {
    match text.map_or(50, |text| text.parse().unwrap_or(0)) {
        limit @ 1..=200 => Ok(limit),
        _ => Err(Code::InvalidField.because("limit must be 1 to 200").field("limit").into()),
    }
}

/// A name that the caller sent, if it can safely be echoed: short, plain, and not a misplaced Bowline credential.
pub(super) fn plain(name: &str) -> Option<&str> {
    let is_plain = (1..=64).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'[' | b']'));
    (is_plain && !name.contains("bwl_")).then_some(name)
}
