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
const WINDOW: TimeDelta = TimeDelta::seconds(10);
/// Failures that open the breaker, if at least half of all calls failed. One account alone cannot cause as many in a
/// window, because its own cool-down grows.
const THRESHOLD: i32 = 5;
/// The number of failures that open the breaker while it heals.
const HEALING_THRESHOLD: i32 = 2;
/// How long it stays open the first time, and at most, unless the provider asks for longer.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// How many seconds healing takes, and how many calls are allowed in the first.
const HEALING_SECONDS: i32 = 10;
const FIRST_CALLS: i32 = 2;
/// How long a probe is considered under way: longer than the longest outbound call.
const PROBE: TimeDelta = TimeDelta::seconds(15);

/// How long healing takes.
pub(super) const HEALING: Duration = Duration::from_secs(HEALING_SECONDS.unsigned_abs() as u64);

/// Whether the provider may be called for a connector now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Gate {
    /// Calls go through.
    Closed,
    /// This call is the probe.
    HalfOpen,
    /// A limited number of calls go through each second, and this call is one of them.
    Healing,
    /// No calls for this long.
    Open(Duration),
}

/// The right by which a call was made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::service::token) enum Pass {
    /// The breaker is closed, and no failures are being counted.
    Free,
    /// Failures are being counted, so successes count, too.
    Counted,
    /// The call is the probe of this owner.
    Probe(Uuid),
}

/// The state of the breaker at `now`. A connector that is `broken` is tried by one call at a time, whatever its row
/// says.
pub(super) fn gate(row: &BreakerRow, broken: bool, now: DateTime<Utc>) -> Gate {
    if broken || row.opened_at.is_some() {
        if let Some(wait) = row.retry_at.and_then(|at| ahead(at, now)) {
            return Gate::Open(wait);
        }
        return row.probe_until.and_then(|until| ahead(until, now)).map_or(Gate::HalfOpen, |_| {
            // The result of the probe is due in a moment.
            Gate::Open(Duration::from_secs(1))
        });
    }
    match healing_second(row, now) {
        None => Gate::Closed,
        Some(second) if calls_in(row, second) < allowed_in(second) => Gate::Healing,
        Some(_) => Gate::Open(Duration::from_secs(1)),
    }
}

/// Passes the gate: becomes the probe, or takes one of the calls of this second.
pub(super) fn enter(
    row: &mut BreakerRow,
    broken: bool,
    owner: Uuid,
    now: DateTime<Utc>,
) -> Result<Pass, Duration> {
    match gate(row, broken, now) {
        Gate::Open(wait) => Err(wait),
        Gate::Closed => Ok(free_pass(row, now)),
        Gate::HalfOpen => {
            row.probe_owner = Some(owner);
            row.probe_until = Some(now + PROBE);
            Ok(Pass::Probe(owner))
        }
        Gate::Healing => {
            let second = healing_second(row, now).unwrap_or_default();
            row.healing_calls = calls_in(row, second) + 1;
            row.healing_second = second;
            Ok(Pass::Counted)
        }
    }
}

/// The right by which calls are made while the breaker is closed.
pub(super) fn free_pass(row: &BreakerRow, now: DateTime<Utc>) -> Pass {
    if row.failures > 0 && now - row.window_started_at < WINDOW { Pass::Counted } else { Pass::Free }
}

/// Counts successes that were not reported before.
pub(super) fn succeeded(row: &mut BreakerRow, successes: i64, now: DateTime<Utc>) {
    if row.opened_at.is_some() || successes == 0 {
        return;
    }
    begin_window(row, now);
    row.successes = row.successes.saturating_add(successes);
}

fn begin_window(row: &mut BreakerRow, now: DateTime<Utc>) {
    if now - row.window_started_at >= WINDOW {
        row.window_started_at = now;
        row.failures = 0;
        row.successes = 0;
    }
}

/// Counts a failure that points to trouble at the provider. True if it opens the breaker.
pub(super) fn failed(
    row: &mut BreakerRow,
    pass: Pass,
    retry_after: Option<Duration>,
    jitter: f64,
    now: DateTime<Utc>,
) -> bool {
    if let Pass::Probe(owner) = pass {
        let mine = row.probe_owner == Some(owner);
        if mine {
            open(row, retry_after, jitter, now);
        }
        return mine;
    }
    if row.opened_at.is_some() {
        // The call was under way when the breaker opened. A longer pause that the provider asks for still counts.
        let longer = retry_after.and_then(|wait| TimeDelta::from_std(wait).ok()).map(|wait| now + wait);
        row.retry_at = row.retry_at.max(longer);
        return false;
    }
    let healing = healing_second(row, now).is_some();
    if !healing && row.healing_since.take().is_some() {
        row.openings = 0;
    }
    begin_window(row, now);
    row.failures = row.failures.saturating_add(1);
    let threshold = if healing { HEALING_THRESHOLD } else { THRESHOLD };
    let opens = row.failures >= threshold && i64::from(row.failures) >= row.successes;
    if opens {
        open(row, retry_after, jitter, now);
    }
    opens
}

/// The probe got an answer. True if healing begins now.
pub(super) fn answered(row: &mut BreakerRow, owner: Uuid, now: DateTime<Utc>) -> bool {
    if row.probe_owner != Some(owner) {
        return false;
    }
    (row.probe_owner, row.probe_until) = (None, None);
    (row.opened_at, row.retry_at) = (None, None);
    (row.window_started_at, row.failures, row.successes) = (now, 0, 0);
    (row.healing_since, row.healing_second, row.healing_calls) = (Some(now), 0, 0);
    true
}

fn open(row: &mut BreakerRow, retry_after: Option<Duration>, jitter: f64, now: DateTime<Utc>) {
    let doublings = row.openings.clamp(0, 8).unsigned_abs();
    let pause = FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(doublings)).min(LONGEST_PAUSE);
    let pause = pause.mul_f64(1.0 + jitter / 5.0).max(retry_after.unwrap_or_default());
    row.openings = row.openings.saturating_add(1);
    row.opened_at = row.opened_at.or(Some(now));
    row.retry_at = Some(now + TimeDelta::from_std(pause).unwrap_or(WINDOW));
    (row.probe_owner, row.probe_until) = (None, None);
    (row.healing_since, row.healing_second, row.healing_calls) = (None, 0, 0);
}

/// The current second of healing; `None` if the breaker is not healing. It is never earlier than the last second in
/// which a call was counted, because `now` is when a transaction began, and a transaction that began later may have
/// locked the row first.
fn healing_second(row: &BreakerRow, now: DateTime<Utc>) -> Option<i32> {
    let seconds = i32::try_from((now - row.healing_since?).num_seconds().max(0)).ok()?;
    (seconds < HEALING_SECONDS).then_some(seconds.max(row.healing_second))
}

fn calls_in(row: &BreakerRow, second: i32) -> i32 {
    if row.healing_second == second { row.healing_calls } else { 0 }
}

/// The number of calls in a second of healing, which doubles each second.
fn allowed_in(second: i32) -> i32 {
    FIRST_CALLS << second.clamp(0, HEALING_SECONDS)
}

/// How far `at` is in the future, if it is.
fn ahead(at: DateTime<Utc>, now: DateTime<Utc>) -> Option<Duration> {
    (at - now).to_std().ok().filter(|wait| !wait.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(milliseconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::milliseconds(milliseconds)
    }

    fn row() -> BreakerRow {
        BreakerRow {
            tenant_id: Uuid::nil(),
            connector_id: Uuid::nil(),
            window_started_at: at(0),
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

    fn fail(row: &mut BreakerRow, successes: i64, now: i64) -> bool {
        succeeded(row, successes, at(now));
        failed(row, Pass::Free, None, 0.0, at(now))
    }

    fn opened() -> BreakerRow {
        let mut row = row();
        assert_eq!((0..5).filter(|number| fail(&mut row, 0, *number)).collect::<Vec<_>>(), [4]);
        row
    }

    const A: Uuid = Uuid::from_u128(1);
    const B: Uuid = Uuid::from_u128(2);

    #[test]
    fn five_failures_in_ten_seconds_open_it_and_four_do_not() {
        let mut row = row();
        for number in 0..4 {
            assert!(!fail(&mut row, 0, number * 2_000), "{number}");
        }
        assert!(!fail(&mut row, 0, 10_000), "the window is over");
        assert_eq!(gate(&row, false, at(10_000)), Gate::Closed);
        for number in 1..4 {
            assert!(!fail(&mut row, 0, 10_000 + number));
        }
        assert!(fail(&mut row, 0, 19_999));
        assert_eq!(gate(&row, false, at(19_999)), Gate::Open(FIRST_PAUSE));
    }

    #[test]
    fn many_successes_beside_the_failures_keep_it_closed() {
        let mut row = row();
        for number in 0..100 {
            assert!(!fail(&mut row, 19, number));
        }
        assert_eq!(gate(&row, false, at(100)), Gate::Closed);
    }

    #[test]
    fn a_replica_without_a_way_out_does_not_speak_for_those_that_have_one() {
        let mut row = row();
        assert_eq!(enter(&mut row, false, B, at(0)), Ok(Pass::Free), "nothing is counted yet");
        fail(&mut row, 0, 100);
        for second in 1..100 {
            let now = second * 1_000;
            match enter(&mut row, false, B, at(now)) {
                Ok(Pass::Counted) => succeeded(&mut row, 50, at(now)),
                // The window is over, and the next failure begins a new one.
                other => assert_eq!((other, second % 10), (Ok(Pass::Free), 0), "{second}"),
            }
            assert!(!fail(&mut row, 0, now + 1), "{second}");
        }
    }

    #[test]
    fn one_call_at_a_time_probes_and_a_dead_probe_is_replaced() {
        let mut row = opened();
        assert_eq!(enter(&mut row, false, A, at(5_004)), Ok(Pass::Probe(A)));
        assert!(enter(&mut row, false, B, at(5_004)).is_err());
        assert_eq!(enter(&mut row, false, B, at(5_004 + 15_000)), Ok(Pass::Probe(B)));
        // The first probe wakes up. Its result no longer counts.
        assert!(!answered(&mut row, A, at(20_100)));
        assert!(!failed(&mut row, Pass::Probe(A), None, 0.0, at(20_100)));
        assert!(answered(&mut row, B, at(20_100)));
    }

    #[test]
    fn each_failed_try_makes_the_pause_longer_up_to_half_a_minute() {
        let mut row = opened();
        let mut now = 4;
        for expected in [10, 20, 30, 30] {
            now = row.retry_at.map_or(0, |at| at.timestamp_millis()).max(now);
            assert_eq!(enter(&mut row, false, A, at(now)), Ok(Pass::Probe(A)));
            assert!(failed(&mut row, Pass::Probe(A), None, 0.0, at(now)));
            assert_eq!(gate(&row, false, at(now)), Gate::Open(Duration::from_secs(expected)));
        }
    }

    #[test]
    fn the_provider_may_ask_for_a_longer_pause() {
        let mut row = opened();
        failed(&mut row, Pass::Free, Some(Duration::from_secs(90)), 0.0, at(1_000));
        assert_eq!(gate(&row, false, at(1_000)), Gate::Open(Duration::from_secs(90)));
    }

    #[test]
    fn a_healing_breaker_doubles_its_calls_each_second() {
        let mut row = opened();
        assert!(enter(&mut row, false, A, at(10_000)).is_ok());
        assert!(answered(&mut row, A, at(10_000)));
        for second in 0..10 {
            let now = at(10_000 + second * 1_000);
            let let_through = (0..10_000).filter(|_| enter(&mut row, false, B, now).is_ok()).count();
            assert_eq!(let_through, 2 << second);
        }
        assert_eq!(gate(&row, false, at(20_000)), Gate::Closed);
    }

    #[test]
    fn calls_that_come_to_the_row_out_of_order_get_no_more_places() {
        let mut row = opened();
        assert!(enter(&mut row, false, A, at(10_000)).is_ok());
        assert!(answered(&mut row, A, at(10_000)));
        let around_a_second = [11_001, 10_999].into_iter().cycle().take(100);
        let let_through = around_a_second.filter(|now| enter(&mut row, false, B, at(*now)).is_ok()).count();
        assert_eq!(let_through, 4);
    }

    #[test]
    fn two_failures_while_it_heals_open_it_again_and_one_does_not() {
        let mut row = opened();
        assert!(enter(&mut row, false, A, at(10_000)).is_ok());
        assert!(answered(&mut row, A, at(10_000)));
        assert!(!fail(&mut row, 0, 10_100));
        assert!(fail(&mut row, 0, 10_200));
        assert_eq!(gate(&row, false, at(10_200)), Gate::Open(Duration::from_secs(10)), "longer than before");
    }

    #[test]
    fn a_closed_breaker_counts_failures_from_zero() {
        let mut row = opened();
        assert!(enter(&mut row, false, A, at(10_000)).is_ok());
        assert!(answered(&mut row, A, at(10_000)));
        for number in 0..4 {
            assert!(!fail(&mut row, 0, 30_000 + number));
        }
        assert!(fail(&mut row, 0, 30_004));
        assert_eq!(gate(&row, false, at(30_004)), Gate::Open(FIRST_PAUSE));
    }

    #[test]
    fn a_broken_connector_is_tried_by_one_call_at_a_time() {
        let mut row = row();
        assert_eq!(enter(&mut row, true, A, at(0)), Ok(Pass::Probe(A)));
        assert!(enter(&mut row, true, B, at(1)).is_err());
        assert!(answered(&mut row, A, at(2)));
        assert_eq!(gate(&row, false, at(2)), Gate::Healing);
    }
}
