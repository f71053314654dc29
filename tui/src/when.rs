//! Formats times and ages.

use chrono::{DateTime, TimeDelta, Utc};

/// An age such as `91 d`, `3 h`, `5 min`, `12 s`; `now` for times within a second or in the future.
pub fn ago(now: DateTime<Utc>, then: DateTime<Utc>) -> String {
    span(now - then).unwrap_or_else(|| "now".to_owned())
}

/// `in 3 h` or `3 h ago`.
pub fn relative(now: DateTime<Utc>, then: DateTime<Utc>) -> String {
    if then > now {
        span(then - now).map_or_else(|| "now".to_owned(), |s| format!("in {s}"))
    } else {
        span(now - then).map_or_else(|| "now".to_owned(), |s| format!("{s} ago"))
    }
}

fn span(time: TimeDelta) -> Option<String> {
    Some(match time.num_seconds() {
        ..1 => return None,
        s @ 1..120 => format!("{s} s"),
        s @ 120..7_200 => format!("{} min", s / 60),
        s @ 7_200..172_800 => format!("{} h", s / 3_600),
        s => format!("{} d", s / 86_400),
    })
}

/// A time of day such as `18:25:07Z`.
pub fn clock(at: DateTime<Utc>) -> String {
    at.format("%H:%M:%SZ").to_string()
}

/// A date and time such as `2026-11-23 18:25:07Z`.
pub fn stamp(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%SZ").to_string()
}

/// Whole seconds until `then`, at least one, for a countdown.
pub fn seconds_until(now: DateTime<Utc>, then: DateTime<Utc>) -> i64 {
    ((then - now).num_milliseconds() + 999).div_euclid(1000).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_written_in_short_units() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(1000);
        let back = |seconds| ago(now, now - TimeDelta::seconds(seconds));
        assert_eq!(
            [back(-5), back(0), back(1), back(119), back(120)],
            ["now", "now", "1 s", "119 s", "2 min"]
        );
        assert_eq!(
            [back(7_199), back(7_200), back(172_799), back(172_800)],
            ["119 min", "2 h", "47 h", "2 d"]
        );
        assert_eq!(relative(now, now + TimeDelta::hours(4)), "in 4 h");
        assert_eq!(seconds_until(now, now + TimeDelta::milliseconds(3_001)), 4);
        assert_eq!(seconds_until(now, now), 1);
    }
}
