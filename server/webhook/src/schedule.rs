//! When a delivery that failed is tried again.

use std::time::Duration;

/// How long an event is tried for. What has waited longer is skipped.
pub const PATIENCE: Duration = Duration::from_hours(72);

/// The pauses after each attempt. With the longest jitter they add up to less than [`PATIENCE`].
const PAUSES: [Duration; 11] = [
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_mins(2),
    Duration::from_mins(10),
    Duration::from_mins(30),
    Duration::from_hours(2),
    Duration::from_hours(5),
    Duration::from_hours(10),
    Duration::from_hours(14),
    Duration::from_hours(14),
    Duration::from_hours(14),
];

/// The largest part by which jitter lengthens a pause.
const SPREAD: f64 = 0.2;

/// The longest pause that a receiver can ask for by `Retry-After`.
const LONGEST_ASKED: Duration = Duration::from_hours(1);

/// The pause after the attempt with this number, which begins at 1. None if it was the last. `jitter` is 0 to 1; a receiver's own wish can
/// only make the pause longer, up to an hour.
#[must_use]
pub fn pause_after(attempt: u32, jitter: f64, asked: Option<Duration>) -> Option<Duration> {
    let at = usize::try_from(attempt).ok()?.checked_sub(1)?;
    let pause = PAUSES.get(at)?.mul_f64(1.0 + SPREAD * jitter.clamp(0.0, 1.0));
    Some(pause.max(asked.unwrap_or_default().min(LONGEST_ASKED)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_attempts_fit_into_three_days_and_nearly_fill_them() {
        let total = |jitter: f64| -> Duration { (1..).map_while(|n| pause_after(n, jitter, None)).sum() };
        assert!(total(1.0) < PATIENCE, "{:?}", total(1.0));
        assert!(total(0.0) > PATIENCE.mul_f64(0.8), "{:?}", total(0.0));
        assert_eq!(pause_after(12, 0.0, None), None);
        assert_eq!(pause_after(0, 0.0, None), None);
    }

    #[test]
    fn pauses_grow_and_are_spread() {
        for attempt in 1..11 {
            assert!(pause_after(attempt, 0.0, None) <= pause_after(attempt + 1, 0.0, None));
            assert!(pause_after(attempt, 0.0, None) < pause_after(attempt, 0.5, None));
        }
    }

    #[test]
    fn a_receiver_can_ask_for_a_longer_pause_within_limits() {
        let asked = |seconds| pause_after(1, 0.0, Some(Duration::from_secs(seconds)));
        assert_eq!(asked(1), Some(Duration::from_secs(5)));
        assert_eq!(asked(60), Some(Duration::from_mins(1)));
        assert_eq!(asked(1_000_000), Some(LONGEST_ASKED));
    }
}
