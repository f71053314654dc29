//! A rate with a burst that all replicas keep together. What was done is one time, which fits into a column (GCRA).

use chrono::{DateTime, TimeDelta, Utc};

/// A second in microseconds, the unit of the database's times.
const SECOND_MICROS: i64 = 1_000_000;

/// How often something may be done, by all replicas together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    per_second: i64,
    burst: i64,
}

impl Share {
    /// `per_second` times a second, and `burst` times (at least once) at once after a quiet time. `None` if `per_second` is 0, which means no
    /// limit.
    pub fn new(per_second: u32, burst: u32) -> Option<Self> {
        (per_second > 0).then(|| Self { per_second: per_second.into(), burst: burst.max(1).into() })
    }

    /// The time in which a whole burst becomes possible again.
    fn whole(self) -> TimeDelta {
        // Rounded up, so that a burst of one fits into it.
        TimeDelta::microseconds((self.burst * SECOND_MICROS + self.per_second - 1) / self.per_second)
    }

    /// How often more it may be done at `now`, from 0 up to the burst. What was done counts until `until`.
    pub fn room(self, now: DateTime<Utc>, until: Option<DateTime<Utc>>) -> i64 {
        let counts = until.map_or(TimeDelta::zero(), |until| until - now).max(TimeDelta::zero());
        let free = (self.whole() - counts).max(TimeDelta::zero());
        let free = free.num_microseconds().unwrap_or(i64::MAX / self.per_second);
        (free.saturating_mul(self.per_second) / SECOND_MICROS).min(self.burst)
    }

    /// Until when it counts after it was done `times` at `now`.
    pub fn after(self, now: DateTime<Utc>, until: Option<DateTime<Utc>>, times: i64) -> DateTime<Utc> {
        until.map_or(now, |until| until.max(now))
            + TimeDelta::microseconds(times * SECOND_MICROS / self.per_second)
    }

    /// Whoever has done it so often that it counts until later than this should wait: until there is room for what a second allows, or for a
    /// whole burst if that is less.
    pub fn latest(self, now: DateTime<Utc>) -> DateTime<Utc> {
        now + self.whole() - self.whole().min(TimeDelta::seconds(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn later_by(milliseconds: i64) -> DateTime<Utc> {
        NOW + TimeDelta::milliseconds(milliseconds)
    }

    #[test]
    fn a_burst_is_used_up_and_comes_back_at_the_rate() {
        let share = Share::new(10, 50).unwrap();
        assert_eq!(share.room(NOW, None), 50);
        let until = Some(share.after(NOW, None, 50));
        assert_eq!(until, Some(later_by(5_000)));
        assert_eq!(
            [0, 99, 100, 1_000, 5_000, 60_000].map(|at| share.room(later_by(at), until)),
            [0, 0, 1, 10, 50, 50]
        );
        assert_eq!(share.room(later_by(1_000), Some(share.after(later_by(1_000), until, 10))), 0);
        // After a quiet time, no more than a burst.
        assert_eq!(share.after(later_by(60_000), until, 1), later_by(60_100));
    }

    #[test]
    fn who_waits_is_let_in_again_with_room_for_a_second() {
        for (per_second, burst, least) in
            [(10, 50, 10), (10, 5, 5), (1, 1, 1), (3, 1, 1), (7, 7, 7), (1_000, 1, 1)]
        {
            let share = Share::new(per_second, burst).unwrap();
            assert_eq!(share.room(NOW, Some(share.latest(NOW))), least, "{share:?}");
        }
    }

    #[test]
    fn no_rate_is_no_limit_and_a_large_one_is_still_one() {
        assert_eq!(Share::new(0, 5), None);
        assert_eq!(Share::new(2, 0).unwrap().room(NOW, None), 1);
        let most = Share::new(u32::MAX, u32::MAX).unwrap();
        assert_eq!(most.room(NOW, None), i64::from(u32::MAX));
        assert_eq!(Share::new(1, u32::MAX).unwrap().room(NOW, None), i64::from(u32::MAX));
    }
}
