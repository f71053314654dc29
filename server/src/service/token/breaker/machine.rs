//! The circuit breaker of one connector, as pure transitions of its row, which all replicas share.
//!
//! `closed → open → half open → healing → closed`. While the breaker is open, nobody calls. Then one call at a time is
//! the probe. After a probe that succeeds, a few calls go through each second, and twice as many in each further
//! second, so that a provider that has just recovered is not overwhelmed by all the calls that waited.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::store::connectors::breakers::BreakerRow;

/// The length of the window in which failures are counted.
const BREAKER_WINDOW: TimeDelta = TimeDelta::seconds(10);
/// Failures that open the breaker, if at least half of all calls failed. One account alone cannot cause as many in a
/// window, because its own cool-down grows.
const BREAKER_THRESHOLD: i32 = 5;
/// The number of failures that open the breaker while it heals.
const HEALING_THRESHOLD: i32 = 2;
/// How long it stays open the first time, and at most, unless the provider asks for longer.
const FIRST_OPEN_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_OPEN_PAUSE: Duration = Duration::from_secs(30);
/// How many seconds healing takes, and how many calls are allowed in the first.
const HEALING_SECONDS: i32 = 10;
const HEALING_FIRST_CALLS: i32 = 2;
/// How long a probe is considered under way: longer than the longest outbound call.
const PROBE_UNDER_WAY: TimeDelta = TimeDelta::seconds(15);

/// How long a breaker's healing takes.
pub(super) const HEALING: Duration = Duration::from_secs(HEALING_SECONDS.unsigned_abs() as u64);

/// Whether the provider may be called for a connector now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Gate {
    /// Calls go through.
    Closed,
    /// Half-open: this call is the breaker's probe.
    HalfOpen,
    /// A limited number of calls go through each second, and this call is one of them.
    Healing,
    /// Open: the breaker lets no calls through for this long.
    Open(Duration),
}

/// The right by which the breaker let a call through.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::service::token) enum Pass {
    /// The breaker is closed, and no failures are being counted.
    Free,
    /// Failures are being counted, so successes count, too.
    Counted,
    /// The call is the breaker's probe of this owner.
    Probe(Uuid),
}

/// The state of the breaker at `now`. A connector that is `broken` is tried by one call at a time, whatever its row
/// says.
pub(super) fn gate(breaker: &BreakerRow, broken: bool, now: DateTime<Utc>) -> Gate {
    if broken || breaker.opened_at.is_some() {
        if let Some(wait) = breaker.retry_at.and_then(|at| time_ahead(at, now)) {
            return Gate::Open(wait);
        }
        return breaker.probe_until.and_then(|until| time_ahead(until, now)).map_or(Gate::HalfOpen, |_| {
            // The result of the probe is due in a moment.
            Gate::Open(Duration::from_secs(1))
        });
    }
    match healing_second(breaker, now) {
        None => Gate::Closed,
        Some(second) if calls_in(breaker, second) < allowed_in(second) => Gate::Healing,
        Some(_) => Gate::Open(Duration::from_secs(1)),
    }
}

/// Passes the gate: becomes the probe, or takes one of the calls of this second.
pub(super) fn enter(
    breaker: &mut BreakerRow,
    broken: bool,
    owner: Uuid,
    now: DateTime<Utc>,
) -> Result<Pass, Duration> {
    match gate(breaker, broken, now) {
        Gate::Open(wait) => Err(wait),
        Gate::Closed => Ok(free_pass(breaker, now)),
        Gate::HalfOpen => {
            breaker.probe_owner = Some(owner);
            breaker.probe_until = Some(now + PROBE_UNDER_WAY);
            Ok(Pass::Probe(owner))
        }
        Gate::Healing => {
            let second = healing_second(breaker, now).unwrap_or_default();
            breaker.healing_calls = calls_in(breaker, second) + 1;
            breaker.healing_second = second;
            Ok(Pass::Counted)
        }
    }
}

/// The right by which calls are made while the breaker is closed.
pub(super) fn free_pass(breaker: &BreakerRow, now: DateTime<Utc>) -> Pass {
    if breaker.failures > 0 && now - breaker.window_started_at < BREAKER_WINDOW {
        Pass::Counted
    } else {
        Pass::Free
    }
}

/// Counts successes that were not reported before.
pub(super) fn succeeded(breaker: &mut BreakerRow, successes: i64, now: DateTime<Utc>) {
    if breaker.opened_at.is_some() || successes == 0 {
        return;
    }
    begin_window(breaker, now);
    breaker.successes = breaker.successes.saturating_add(successes);
}

fn begin_window(breaker: &mut BreakerRow, now: DateTime<Utc>) {
    if now - breaker.window_started_at >= BREAKER_WINDOW {
        breaker.window_started_at = now;
        breaker.failures = 0;
        breaker.successes = 0;
    }
}

/// Counts a failure that points to trouble at the provider. True if it opens the breaker.
pub(super) fn failed(
    breaker: &mut BreakerRow,
    pass: Pass,
    retry_after: Option<Duration>,
    jitter: f64,
    now: DateTime<Utc>,
) -> bool {
    if let Pass::Probe(owner) = pass {
        let mine = breaker.probe_owner == Some(owner);
        if mine {
            open_breaker(breaker, retry_after, jitter, now);
        }
        return mine;
    }
    if breaker.opened_at.is_some() {
        // The call was under way when the breaker opened. A longer pause that the provider asks for still counts.
        let longer = retry_after.and_then(|wait| TimeDelta::from_std(wait).ok()).map(|wait| now + wait);
        breaker.retry_at = breaker.retry_at.max(longer);
        return false;
    }
    let healing = healing_second(breaker, now).is_some();
    if !healing && breaker.healing_since.take().is_some() {
        breaker.openings = 0;
    }
    begin_window(breaker, now);
    breaker.failures = breaker.failures.saturating_add(1);
    let threshold = if healing { HEALING_THRESHOLD } else { BREAKER_THRESHOLD };
    let opens = breaker.failures >= threshold && i64::from(breaker.failures) >= breaker.successes;
    if opens {
        open_breaker(breaker, retry_after, jitter, now);
    }
    opens
}

/// The probe got an answer. True if healing begins now.
pub(super) fn answered(breaker: &mut BreakerRow, owner: Uuid, now: DateTime<Utc>) -> bool {
    if breaker.probe_owner != Some(owner) {
        return false;
    }
    (breaker.probe_owner, breaker.probe_until) = (None, None);
    (breaker.opened_at, breaker.retry_at) = (None, None);
    (breaker.window_started_at, breaker.failures, breaker.successes) = (now, 0, 0);
    (breaker.healing_since, breaker.healing_second, breaker.healing_calls) = (Some(now), 0, 0);
    true
}

fn open_breaker(breaker: &mut BreakerRow, retry_after: Option<Duration>, jitter: f64, now: DateTime<Utc>) {
    let doublings = breaker.openings.clamp(0, 8).unsigned_abs();
    let pause = FIRST_OPEN_PAUSE.saturating_mul(2_u32.saturating_pow(doublings)).min(LONGEST_OPEN_PAUSE);
    let pause = pause.mul_f64(1.0 + jitter / 5.0).max(retry_after.unwrap_or_default());
    breaker.openings = breaker.openings.saturating_add(1);
    breaker.opened_at = breaker.opened_at.or(Some(now));
    breaker.retry_at = Some(now + TimeDelta::from_std(pause).unwrap_or(BREAKER_WINDOW));
    (breaker.probe_owner, breaker.probe_until) = (None, None);
    (breaker.healing_since, breaker.healing_second, breaker.healing_calls) = (None, 0, 0);
}

/// The current second of healing; `None` if the breaker is not healing. It is never earlier than the last second in
/// which a call was counted, because `now` is when a transaction began, and a transaction that began later may have
/// locked the row first.
fn healing_second(breaker: &BreakerRow, now: DateTime<Utc>) -> Option<i32> {
    let seconds = i32::try_from((now - breaker.healing_since?).num_seconds().max(0)).ok()?;
    (seconds < HEALING_SECONDS).then_some(seconds.max(breaker.healing_second))
}

fn calls_in(breaker: &BreakerRow, second: i32) -> i32 {
    if breaker.healing_second == second { breaker.healing_calls } else { 0 }
}

/// The number of calls in a second of healing, which doubles each second.
fn allowed_in(second: i32) -> i32 {
    HEALING_FIRST_CALLS << second.clamp(0, HEALING_SECONDS)
}

/// How far `at` is in the future, if it is.
fn time_ahead(at: DateTime<Utc>, now: DateTime<Utc>) -> Option<Duration> {
    (at - now).to_std().ok().filter(|wait| !wait.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds_at(milliseconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::milliseconds(milliseconds)
    }

    fn breaker_row() -> BreakerRow {
        BreakerRow {
            tenant_id: Uuid::nil(),
            connector_id: Uuid::nil(),
            window_started_at: seconds_at(0),
            failures: 0,
            successes: 0,
            opened_at: None,
            retry_at: None,
            openings: 0,
            probe_owner: None,
            probe_until: None,
            healing_since: None,
            healing_second: 0,
            healing_calls: 0,
        }
    }

    fn fail_counted(breaker: &mut BreakerRow, successes: i64, now: i64) -> bool {
        succeeded(breaker, successes, seconds_at(now));
        failed(breaker, Pass::Free, None, 0.0, seconds_at(now))
    }

    fn opened_breaker() -> BreakerRow {
        let mut breaker = breaker_row();
        assert_eq!((0..5).filter(|number| fail_counted(&mut breaker, 0, *number)).collect::<Vec<_>>(), [4]);
        breaker
    }

    const A: Uuid = Uuid::from_u128(1);
    const B: Uuid = Uuid::from_u128(2);

    #[test]
    fn five_failures_in_ten_seconds_open_it_and_four_do_not() {
        let mut breaker = breaker_row();
        for number in 0..4 {
            assert!(!fail_counted(&mut breaker, 0, number * 2_000), "{number}");
        }
        assert!(!fail_counted(&mut breaker, 0, 10_000), "the window is over");
        assert_eq!(gate(&breaker, false, seconds_at(10_000)), Gate::Closed);
        for number in 1..4 {
            assert!(!fail_counted(&mut breaker, 0, 10_000 + number));
        }
        assert!(fail_counted(&mut breaker, 0, 19_999));
        assert_eq!(gate(&breaker, false, seconds_at(19_999)), Gate::Open(FIRST_OPEN_PAUSE));
    }

    #[test]
    fn many_successes_beside_the_failures_keep_it_closed() {
        let mut breaker = breaker_row();
        for number in 0..100 {
            assert!(!fail_counted(&mut breaker, 19, number));
        }
        assert_eq!(gate(&breaker, false, seconds_at(100)), Gate::Closed);
    }

    #[test]
    fn a_replica_without_a_way_out_does_not_speak_for_those_that_have_one() {
        let mut breaker = breaker_row();
        assert_eq!(enter(&mut breaker, false, B, seconds_at(0)), Ok(Pass::Free), "nothing is counted yet");
        fail_counted(&mut breaker, 0, 100);
        for second in 1..100 {
            let now = second * 1_000;
            match enter(&mut breaker, false, B, seconds_at(now)) {
                Ok(Pass::Counted) => succeeded(&mut breaker, 50, seconds_at(now)),
                // The window is over, and the next failure begins a new one.
                other => assert_eq!((other, second % 10), (Ok(Pass::Free), 0), "{second}"),
            }
            assert!(!fail_counted(&mut breaker, 0, now + 1), "{second}");
        }
    }

    #[test]
    fn one_call_at_a_time_probes_and_a_dead_probe_is_replaced() {
        let mut breaker = opened_breaker();
        assert_eq!(enter(&mut breaker, false, A, seconds_at(5_004)), Ok(Pass::Probe(A)));
        assert!(enter(&mut breaker, false, B, seconds_at(5_004)).is_err());
        assert_eq!(enter(&mut breaker, false, B, seconds_at(5_004 + 15_000)), Ok(Pass::Probe(B)));
        // The first probe wakes up. Its result no longer counts.
        assert!(!answered(&mut breaker, A, seconds_at(20_100)));
        assert!(!failed(&mut breaker, Pass::Probe(A), None, 0.0, seconds_at(20_100)));
        assert!(answered(&mut breaker, B, seconds_at(20_100)));
    }

    #[test]
    fn each_failed_try_makes_the_pause_longer_up_to_half_a_minute() {
        let mut breaker = opened_breaker();
        let mut now = 4;
        for expected in [10, 20, 30, 30] {
            now = breaker.retry_at.map_or(0, |at| at.timestamp_millis()).max(now);
            assert_eq!(enter(&mut breaker, false, A, seconds_at(now)), Ok(Pass::Probe(A)));
            assert!(failed(&mut breaker, Pass::Probe(A), None, 0.0, seconds_at(now)));
            assert_eq!(gate(&breaker, false, seconds_at(now)), Gate::Open(Duration::from_secs(expected)));
        }
    }

    #[test]
    fn the_provider_may_ask_for_a_longer_pause() {
        let mut breaker = opened_breaker();
        failed(&mut breaker, Pass::Free, Some(Duration::from_secs(90)), 0.0, seconds_at(1_000));
        assert_eq!(gate(&breaker, false, seconds_at(1_000)), Gate::Open(Duration::from_secs(90)));
    }

    #[test]
    fn a_healing_breaker_doubles_its_calls_each_second() {
        let mut breaker = opened_breaker();
        assert!(enter(&mut breaker, false, A, seconds_at(10_000)).is_ok());
        assert!(answered(&mut breaker, A, seconds_at(10_000)));
        for second in 0..10 {
            let now = seconds_at(10_000 + second * 1_000);
            let let_through = (0..10_000).filter(|_| enter(&mut breaker, false, B, now).is_ok()).count();
            assert_eq!(let_through, 2 << second);
        }
        assert_eq!(gate(&breaker, false, seconds_at(20_000)), Gate::Closed);
    }

    #[test]
    fn calls_that_come_to_the_row_out_of_order_get_no_more_places() {
        let mut breaker = opened_breaker();
        assert!(enter(&mut breaker, false, A, seconds_at(10_000)).is_ok());
        assert!(answered(&mut breaker, A, seconds_at(10_000)));
        let around_a_second = [11_001, 10_999].into_iter().cycle().take(100);
        let let_through =
            around_a_second.filter(|now| enter(&mut breaker, false, B, seconds_at(*now)).is_ok()).count();
        assert_eq!(let_through, 4);
    }

    #[test]
    fn two_failures_while_it_heals_open_it_again_and_one_does_not() {
        let mut breaker = opened_breaker();
        assert!(enter(&mut breaker, false, A, seconds_at(10_000)).is_ok());
        assert!(answered(&mut breaker, A, seconds_at(10_000)));
        assert!(!fail_counted(&mut breaker, 0, 10_100));
        assert!(fail_counted(&mut breaker, 0, 10_200));
        assert_eq!(
            gate(&breaker, false, seconds_at(10_200)),
            Gate::Open(Duration::from_secs(10)),
            "longer than before"
        );
    }

    #[test]
    fn a_closed_breaker_counts_failures_from_zero() {
        let mut breaker = opened_breaker();
        assert!(enter(&mut breaker, false, A, seconds_at(10_000)).is_ok());
        assert!(answered(&mut breaker, A, seconds_at(10_000)));
        for number in 0..4 {
            assert!(!fail_counted(&mut breaker, 0, 30_000 + number));
        }
        assert!(fail_counted(&mut breaker, 0, 30_004));
        assert_eq!(gate(&breaker, false, seconds_at(30_004)), Gate::Open(FIRST_OPEN_PAUSE));
    }

    #[test]
    fn a_broken_connector_is_tried_by_one_call_at_a_time() {
        let mut breaker = breaker_row();
        assert_eq!(enter(&mut breaker, true, A, seconds_at(0)), Ok(Pass::Probe(A)));
        assert!(enter(&mut breaker, true, B, seconds_at(1)).is_err());
        assert!(answered(&mut breaker, A, seconds_at(2)));
        assert_eq!(gate(&breaker, false, seconds_at(2)), Gate::Healing);
    }
}
