//! Rate limits: a number of times per period, with a burst after a quiet time.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::Clock as _;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

/// A rate with a burst.
#[derive(Debug, Clone, Copy)]
pub struct Pace(Quota);

impl Pace {
    /// `times` in each `period`, with a burst of `burst` after a quiet time. None if `times` is 0, which means no
    /// limit.
    pub fn new(times: u32, period: Duration, burst: u32) -> Option<Self> {
        let times = NonZeroU32::new(times)?;
        let quota = Quota::with_period((period / times.get()).max(Duration::from_nanos(1)))?;
        Some(Self(quota.allow_burst(NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN))))
    }
}

/// Counts one caller against a [`Pace`].
#[derive(Debug)]
pub struct Meter(DefaultDirectRateLimiter);

impl Meter {
    /// A meter of this pace that has counted nothing yet.
    pub fn new(pace: Pace) -> Self {
        Self(RateLimiter::direct(pace.0))
    }

    /// Counts `times`, all or none.
    ///
    /// # Errors
    /// How long to wait until as many are allowed. More than the burst count as the burst.
    pub fn count(&self, times: NonZeroU32) -> Result<(), Duration> {
        let now = || self.0.clock().now();
        match self.0.check_n(times) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(until)) => Err(until.wait_time_from(now())),
            Err(over) => match NonZeroU32::new(over.0).map(|burst| self.0.check_n(burst)) {
                Some(Ok(Err(until))) => Err(until.wait_time_from(now())),
                _ => Ok(()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_taken_and_then_the_pace_is_kept() {
        let meter = Meter::new(Pace::new(2, Duration::from_mins(1), 3).unwrap());
        for _ in 0..3 {
            meter.count(NonZeroU32::MIN).unwrap();
        }
        let wait = meter.count(NonZeroU32::MIN).unwrap_err();
        assert!(wait > Duration::from_secs(25) && wait <= Duration::from_secs(30), "{wait:?}");
    }

    #[test]
    fn more_than_a_burst_count_as_a_burst() {
        let meter = Meter::new(Pace::new(1, Duration::from_mins(1), 3).unwrap());
        let many = NonZeroU32::new(100).unwrap();
        meter.count(many).unwrap();
        assert!(meter.count(NonZeroU32::MIN).is_err());
    }

    #[test]
    fn zero_is_no_limit() {
        assert!(Pace::new(0, Duration::from_secs(1), 3).is_none());
    }
}
