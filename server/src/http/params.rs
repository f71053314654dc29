//! Ids and limits from paths and queries.

use std::time::Duration;

use bowline_api::Id;
use chrono::{DateTime, Utc};
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
pub fn id<Kind: StaticType>(param_text: &str) -> Result<Id<Kind>> {
    param_text.parse().map_err(|_| not_found())
}

/// A query parameter.
///
/// # Errors
/// `invalid_field`, with the name of `field` and what is allowed.
pub fn query<T: std::str::FromStr<Err: std::fmt::Display>>(
    field: &'static str,
    param_text: Option<&str>,
) -> Result<Option<T>> {
    let parse = |param_text: &str| {
        param_text.parse().map_err(|error| {
            Error::from(Code::InvalidField.because(format!("{field}: {error}")).field(field))
        })
    };
    param_text.map(parse).transpose()
}

/// A query parameter with a time (RFC 3339).
///
/// # Errors
/// `invalid_field`, with the name of `field`.
pub fn time(field: &'static str, param_text: Option<&str>) -> Result<Option<DateTime<Utc>>> {
    let parse = |param_text: &str| {
        DateTime::parse_from_rfc3339(param_text).map(|at| at.to_utc()).map_err(|_| {
            let detail =
                format!("{field} must be a time such as 2026-11-23T18:35:07Z; write a + in it as %2B");
            Error::from(Code::InvalidField.because(detail).field(field))
        })
    };
    param_text.map(parse).transpose()
}

/// The number of seconds that a call may wait for something to happen: 0 to 30.
///
/// # Errors
/// `invalid_field`.
pub fn wait(param_text: Option<&str>) -> Result<Duration> {
    match param_text.map_or(0, |param_text| param_text.parse().unwrap_or(u64::MAX)) {
        seconds @ 0..=30 => Ok(Duration::from_secs(seconds)),
        _ => Err(Code::InvalidField.because("wait must be 0 to 30 seconds").field("wait").into()),
    }
}

/// The page size: 1 to 200 rows, 50 by default. It is taken as text because Rocket would treat a value that is not a
/// number as absent.
///
/// # Errors
/// `invalid_field`.
pub fn limit(param_text: Option<&str>) -> Result<i64> {
    match param_text.map_or(50, |param_text| param_text.parse().unwrap_or(0)) {
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
