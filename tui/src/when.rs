//! Formats times and ages.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

/// An age such as `91 d`, `3 h`, `5 min`, `12 s`; `now` for times within a second or in the future.
pub fn ago(now: DateTime<Utc>, then: DateTime<Utc>) -> String {
    span_in_words(now - then).unwrap_or_else(|| "now".to_owned())
}

/// `in 3 h` or `3 h ago`.
pub fn relative(now: DateTime<Utc>, then: DateTime<Utc>) -> String {
    if then > now {
        span_in_words(then - now).map_or_else(|| "now".to_owned(), |s| format!("in {s}"))
    } else {
        span_in_words(now - then).map_or_else(|| "now".to_owned(), |s| format!("{s} ago"))
    }
}

fn span_in_words(time: TimeDelta) -> Option<String> {
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

/// The forms of a time that [`point`] takes.
pub const TIME_FORMS: &str = "30m, 2h, 3d, today, yesterday, 2026-11-28 or 2026-11-28T10:00:00Z";

/// A point in time as people write it: RFC 3339, a date (its first second in UTC), an age such as `2h`, or a day's name.
pub fn point(text: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let day = |date: NaiveDate| Some(date.and_hms_opt(0, 0, 0)?.and_utc());
    let number = |unit: char| text.strip_suffix(unit)?.parse::<u32>().ok().map(i64::from);
    let before = |age: Option<TimeDelta>| now.checked_sub_signed(age?);
    match text {
        "today" => day(now.date_naive()),
        "yesterday" => day(now.date_naive().pred_opt()?),
        _ => DateTime::parse_from_rfc3339(text)
            .map(|at| at.to_utc())
            .ok()
            .or_else(|| text.parse().ok().and_then(day))
            .or_else(|| before(number('m').and_then(TimeDelta::try_minutes)))
            .or_else(|| before(number('h').and_then(TimeDelta::try_hours)))
            .or_else(|| before(number('d').and_then(TimeDelta::try_days))),
    }
}

/// Whole seconds until `then`, at least one, for a countdown.
pub fn seconds_until(now: DateTime<Utc>, then: DateTime<Utc>) -> i64 {
    ((then - now).num_milliseconds() + 999).div_euclid(1000).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_in_time_is_an_instant_a_day_or_an_age() {
        let now = DateTime::parse_from_rfc3339("2026-11-28T18:25:07Z").unwrap().to_utc();
        let at = |text| point(text, now).map(stamp);
        let is = |text: &str| Some(text.to_owned());
        assert_eq!(at("2026-11-28T12:00:00+02:00"), is("2026-11-28 10:00:00Z"));
        assert_eq!(at("2026-11-27"), is("2026-11-27 00:00:00Z"));
        assert_eq!(at("today"), is("2026-11-28 00:00:00Z"));
        assert_eq!(at("yesterday"), is("2026-11-27 00:00:00Z"));
        assert_eq!((at("25m"), at("2h")), (is("2026-11-28 18:00:07Z"), is("2026-11-28 16:25:07Z")));
        assert_eq!(at("3d"), is("2026-11-25 18:25:07Z"));
        for none in ["", "h", "-2h", "2", "soon", "4294967295d", "2026-13-01", "é"] {
            assert_eq!(at(none), None, "{none:?}");
        }
    }

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
