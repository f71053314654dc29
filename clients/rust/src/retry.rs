//! When a call is repeated.

use std::time::{Duration, SystemTime};

use crate::{Code, Error, Refusal};

/// The statuses after which a call may be repeated if they come from Bowline with `Retry-After`.
const REPEATED_IF_TOLD: [u16; 5] = [408, 409, 429, 502, 503];
/// What a proxy before Bowline says when no server is there.
const OF_PROXIES: [u16; 3] = [502, 503, 504];

/// How a call is repeated after a lost answer, and after an answer that says when to repeat it (`Retry-After`).
///
/// No call is repeated sooner than it says. If that would take longer than `patience`, the call fails at once, and
/// [`Refusal::retry_after`] says when to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retries {
    /// How often a call is sent at most; 3 by default.
    pub attempts: u32,
    /// How long a call waits at most, all pauses together, besides the time in which it is answered; 5 seconds by default.
    pub patience: Duration,
}

impl Default for Retries {
    fn default() -> Self {
        Self { attempts: 3, patience: Duration::from_secs(5) }
    }
}

/// The attempts of one call.
#[derive(Debug)]
pub(crate) struct Attempts {
    retries: Retries,
    made: u32,
    waited: Duration,
}

impl Attempts {
    pub(crate) fn new(retries: Retries) -> Self {
        Self { retries, made: 0, waited: Duration::ZERO }
    }

    /// How long to wait before the call is sent again after an attempt that failed like this; `None` if it is not sent again.
    /// `jitter`, from 0 to 1, keeps the clients of a crowd apart.
    pub(crate) fn pause(&mut self, failure: &Error, jitter: f64) -> Option<Duration> {
        self.made += 1;
        if self.made >= self.retries.attempts || !may_be_repeated(failure) {
            return None;
        }
        let told = failure.refusal().and_then(|refusal| refusal.retry_after);
        let growing = Duration::from_millis(100).saturating_mul(1 << self.made.min(10));
        let pause = told.unwrap_or(growing).saturating_add(Duration::from_millis(250).mul_f64(jitter));
        self.waited = self.waited.saturating_add(pause);
        (self.waited <= self.retries.patience).then_some(pause)
    }
}

fn may_be_repeated(failure: &Error) -> bool {
    match failure {
        Error::Refused(refusal) => refusal_may_be_repeated(refusal),
        Error::Unreachable { .. } => true,
        _ => false,
    }
}

fn refusal_may_be_repeated(refusal: &Refusal) -> bool {
    if refusal.retry_after.is_some() {
        return REPEATED_IF_TOLD.contains(&refusal.status);
    }
    refusal.code == Code::LinkInProgress
        || (refusal.request_id.is_empty() && OF_PROXIES.contains(&refusal.status))
}

/// Reads `Retry-After`: seconds, or a date (RFC 9110, 10.2.3).
pub(crate) fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let then = httpdate::parse_http_date(value).ok()?;
    Some(then.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn refused(status: u16, code: &str, request_id: &str, after: Option<u64>) -> Error {
        let serde_json::Value::Object(members) = json!({ "code": code, "request_id": request_id }) else {
            unreachable!()
        };
        Refusal::of(members, status, after.map(Duration::from_secs)).unwrap().into()
    }

    fn lost() -> Error {
        Error::Unreachable { source: "reset by peer".into() }
    }

    /// The pauses after these failures, without jitter, until the call fails.
    fn pauses(failures: &[Error]) -> Vec<Duration> {
        let mut attempts = Attempts::new(Retries::default());
        failures.iter().map_while(|failure| attempts.pause(failure, 0.0)).collect()
    }

    #[test]
    fn a_lost_answer_is_asked_for_again_after_growing_pauses() {
        let millis = Duration::from_millis;
        assert_eq!(pauses(&[lost(), lost(), lost(), lost()]), [millis(200), millis(400)]);
        let mut once = Attempts::new(Retries { attempts: 1, ..Retries::default() });
        assert_eq!(once.pause(&lost(), 0.0), None);
        assert_eq!(Attempts::new(Retries::default()).pause(&lost(), 1.0), Some(millis(450)));
    }

    #[test]
    fn a_call_waits_as_long_as_it_is_told() {
        let (limited, database) =
            (refused(429, "rate_limited", "r", Some(2)), refused(503, "database_unavailable", "r", Some(1)));
        assert_eq!(pauses(&[limited, database]), [2 * SECOND, SECOND]);
    }

    #[test]
    fn a_long_pause_is_left_to_the_caller() {
        let told = |seconds| refused(503, "database_unavailable", "r", Some(seconds));
        assert!(pauses(&[told(30)]).is_empty());
        assert_eq!(
            pauses(&[told(3), told(3)]),
            [3 * SECOND],
            "two pauses of three seconds are more than five"
        );
    }

    #[test]
    fn what_does_not_help_is_not_repeated() {
        let not_bowline = Error::NotUnderstood { why: "hotel Wi-Fi".to_owned(), source: None };
        let helpless = [
            refused(409, "needs_reauth", "r", None),
            refused(502, "connector_broken", "r", None),
            // Bowline's own 503 without a pause would be one that nobody has told.
            refused(503, "something_new", "r", None),
            refused(400, "invalid_request", "r", Some(1)),
            not_bowline,
        ];
        for failure in helpless {
            assert!(pauses(std::slice::from_ref(&failure)).is_empty(), "{failure}");
        }
    }

    #[test]
    fn a_proxy_without_a_server_and_a_link_in_progress_are_asked_again() {
        assert_eq!(pauses(&[refused(503, "http_503", "", None)]).len(), 1);
        assert_eq!(pauses(&[refused(409, "link_in_progress", "r", None)]).len(), 1);
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = SystemTime::UNIX_EPOCH + 1000 * SECOND;
        assert_eq!(retry_after("2", now), Some(2 * SECOND));
        assert_eq!(retry_after(" 0.5 ", now), Some(Duration::from_millis(500)));
        assert_eq!(retry_after(&httpdate::fmt_http_date(now + 3 * SECOND), now), Some(3 * SECOND));
        assert_eq!(retry_after(&httpdate::fmt_http_date(now - 3 * SECOND), now), Some(Duration::ZERO));
        for nonsense in ["", "-1", "soon", "NaN", "1e400"] {
            assert_eq!(retry_after(nonsense, now), None, "{nonsense}");
        }
    }
}
