//! Ids and limits out of paths and queries.

use bowline_api::Id;
use type_safe_id::StaticType;

use crate::domain::{Code, Error, Result};

/// The refusal of everything that is not there.
pub fn not_found() -> Error {
    Error::not_found()
}

/// The id in a path; one that is none names nothing, and so is not found.
///
/// # Errors
/// `not_found`.
pub fn id<Kind: StaticType>(text: &str) -> Result<Id<Kind>> {
    text.parse().map_err(|_| not_found())
}

/// A value of the query.
///
/// # Errors
/// `invalid_field` that names `field` and says what is allowed.
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

/// Rows of a page: 1 to 200, 50 if nothing is said. Taken as text: Rocket would hold what is no number for left out.
///
/// # Errors
/// `invalid_field`.
pub fn limit(text: Option<&str>) -> Result<i64> {
    match text.map_or(50, |text| text.parse().unwrap_or(0)) {
        limit @ 1..=200 => Ok(limit),
        _ => Err(Code::InvalidField.because("limit must be 1 to 200").field("limit").into()),
    }
}

/// A caller's name for something, if it can be repeated to them: short, plain, and no credential of ours in the wrong place.
pub(super) fn plain(name: &str) -> Option<&str> {
    let is_plain = (1..=64).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'[' | b']'));
    (is_plain && !name.contains("bwl_")).then_some(name)
}
