//! `Retry-After`: seconds, seconds with a fraction, or a date (RFC 9110, 10.2.3).

use std::time::Duration;

/// The longest accepted wait: 1 hour. A longer one is shortened to it.
pub const MAX_RETRY_AFTER: Duration = Duration::from_hours(1);

/// Parses the header into whole seconds, rounded up, because a caller that returns a moment too early is told to wait
/// again. A date is relative to the response's own `Date`, so our clock does not matter.
///
/// None for an invalid value, and for a date if the response has no `Date`. A date in the past is zero.
pub(super) fn parse(value: &str, date: Option<&str>) -> Option<Duration> {
    let value = value.trim();
    let wait = if value.starts_with(|first: char| first.is_ascii_digit()) {
        let seconds: f64 = value.parse().ok()?;
        Duration::try_from_secs_f64(seconds.min(MAX_RETRY_AFTER.as_secs_f64()).ceil()).ok()?
    } else {
        let then = httpdate::parse_http_date(value).ok()?;
        let now = httpdate::parse_http_date(date?.trim()).ok()?;
        then.duration_since(now).unwrap_or_default()
    };
    Some(wait.min(MAX_RETRY_AFTER))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "Sun, 06 Nov 1994 08:49:37 GMT";

    #[test]
    fn seconds_fractions_dates_and_nonsense() {
        for (value, expected) in [
            ("0", Some(0)),
            ("7", Some(7)),
            (" 7 ", Some(7)),
            ("0.0", Some(0)),
            ("0.001", Some(1)),
            ("1.5", Some(2)),
            ("2.9", Some(3)),
            ("3.0", Some(3)),
            ("1e1", Some(10)),
            ("3599.5", Some(3600)),
            ("3600.1", Some(3600)),
            ("999999", Some(3600)),
            ("9e99", Some(3600)),
            ("1e999", Some(3600)),
            ("Sun, 06 Nov 1994 08:49:47 GMT", Some(10)),
            ("Sunday, 06-Nov-94 08:49:39 GMT", Some(2)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("Mon, 07 Nov 1994 08:49:37 GMT", Some(3600)),
            ("-5", None),
            ("+5", None),
            ("inf", None),
            ("NaN", None),
            ("soon", None),
            ("5 s", None),
            ("2,9", None),
            ("0x10", None),
            ("٣", None),
            ("", None),
        ] {
            let expected = expected.map(Duration::from_secs);
            assert_eq!(parse(value, Some(NOW)), expected, "{value:?}");
        }
        assert_eq!(parse("Sun, 06 Nov 1994 08:49:47 GMT", None), None);
    }
}
