//! What an attempt means for its delivery.

use bowline_api::status::WebhookDeliveryState;
use bowline_webhook::{Attempt, PATIENCE, pause_after};
use chrono::{DateTime, TimeDelta, Utc};

use crate::store::webhooks::sender::{DueDelivery, Outcome};

/// Why a delivery is skipped that could not be tried in time.
const TOO_LATE: &str = "too_late";

/// What is written down about an attempt that began and ended at these times.
pub(super) fn of(
    delivery: &DueDelivery,
    attempt: &Attempt,
    (began, now): (DateTime<Utc>, DateTime<Utc>),
    jitter: f64,
) -> Outcome {
    let (state, next_at) = if attempt.is_accepted() {
        (WebhookDeliveryState::Delivered, now)
    } else {
        let number = u32::try_from(delivery.attempts).unwrap_or_default().saturating_add(1);
        let pause =
            pause_after(number, jitter, attempt.retry_after).and_then(|p| TimeDelta::from_std(p).ok());
        match pause.map(|pause| now + pause).filter(|next| !is_too_late(delivery, *next)) {
            Some(next) => (WebhookDeliveryState::Waiting, next),
            None => (WebhookDeliveryState::Skipped, now),
        }
    };
    let followers_change = delivery.next_waits || state == WebhookDeliveryState::Waiting;
    Outcome {
        sequence: delivery.sequence,
        account: delivery.account_id,
        queued_by: began.max(delivery.queued_at),
        state,
        was_tried: true,
        next_at,
        status: attempt.status.ok(),
        error: attempt.status.err().map(bowline_webhook::NotSent::code),
        milliseconds: i32::try_from(attempt.elapsed.as_millis()).ok(),
        answer: (!attempt.answer.is_empty()).then(|| shown_answer(&attempt.answer)),
        followers: followers_change.then_some(next_at),
    }
}

/// Skips a delivery that has waited too long to be tried.
pub(super) fn skipped(delivery: &DueDelivery, now: DateTime<Utc>) -> Outcome {
    Outcome {
        sequence: delivery.sequence,
        account: delivery.account_id,
        queued_by: delivery.queued_at,
        state: WebhookDeliveryState::Skipped,
        was_tried: false,
        next_at: now,
        status: None,
        error: Some(TOO_LATE),
        milliseconds: None,
        answer: None,
        followers: delivery.next_waits.then_some(now),
    }
}

/// Whether a delivery is no longer tried at `at`.
pub(super) fn is_too_late(delivery: &DueDelivery, at: DateTime<Utc>) -> bool {
    TimeDelta::from_std(PATIENCE).is_ok_and(|patience| at - delivery.queued_at > patience)
}

/// An answer as text. Postgres cannot store a NUL.
fn shown_answer(answer: &[u8]) -> String {
    String::from_utf8_lossy(answer).replace('\0', "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bowline_webhook::NotSent;
    use uuid::Uuid;

    use super::*;

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn failed_delivery(attempts: i32, queued_at: DateTime<Utc>) -> DueDelivery {
        DueDelivery {
            sequence: 1,
            account_id: Some(Uuid::nil()),
            attempts,
            queued_at,
            event: Uuid::nil(),
            at: NOW,
            payload: String::new(),
            behind: None,
            behind_until: None,
            next_waits: false,
        }
    }

    fn attempt_with_answer(status: Result<u16, NotSent>) -> Attempt {
        Attempt { status, answer: b"a\0\xff".to_vec(), retry_after: None, elapsed: Duration::from_millis(7) }
    }

    #[test]
    fn what_is_accepted_is_delivered_and_lets_the_next_one_go() {
        for status in [200, 202, 204, 299] {
            let outcome = of(&failed_delivery(0, NOW), &attempt_with_answer(Ok(status)), (NOW, NOW), 0.0);
            assert_eq!(
                (outcome.state, outcome.followers),
                (WebhookDeliveryState::Delivered, None),
                "{status}"
            );
        }
        let held = DueDelivery { next_waits: true, ..failed_delivery(3, NOW) };
        assert_eq!(
            of(&held, &attempt_with_answer(Ok(200)), (NOW, NOW), 0.0).followers,
            Some(NOW),
            "they had to wait"
        );
        assert_eq!(skipped(&held, NOW).followers, Some(NOW));
    }

    #[test]
    fn what_is_not_accepted_is_tried_again_and_holds_its_account_up() {
        for status in
            [Ok(199), Ok(301), Ok(400), Ok(404), Ok(500), Err(NotSent::Timeout), Err(NotSent::NotPublic)]
        {
            let outcome = of(&failed_delivery(0, NOW), &attempt_with_answer(status), (NOW, NOW), 0.0);
            assert_eq!(outcome.state, WebhookDeliveryState::Waiting, "{status:?}");
            assert_eq!(outcome.followers, Some(outcome.next_at));
            assert!(outcome.next_at > NOW);
        }
        let outcome =
            of(&failed_delivery(0, NOW), &attempt_with_answer(Err(NotSent::Connect)), (NOW, NOW), 0.0);
        assert_eq!((outcome.status, outcome.error), (None, Some("connect_failed")));
        assert_eq!(outcome.answer.as_deref(), Some("a\u{fffd}\u{fffd}"));
    }

    #[test]
    fn after_the_last_attempt_or_three_days_it_is_skipped_and_the_account_goes_on() {
        let held = DueDelivery { next_waits: true, ..failed_delivery(11, NOW) };
        let last = of(&held, &attempt_with_answer(Ok(500)), (NOW, NOW), 0.0);
        assert_eq!((last.state, last.followers), (WebhookDeliveryState::Skipped, Some(NOW)));
        // One that was held up by another one has fewer attempts.
        let old = failed_delivery(0, NOW - TimeDelta::hours(72));
        assert_eq!(
            of(&old, &attempt_with_answer(Ok(500)), (NOW, NOW), 0.0).state,
            WebhookDeliveryState::Skipped
        );
        assert!(!is_too_late(&old, NOW) && is_too_late(&old, NOW + TimeDelta::seconds(1)));
    }

    #[test]
    fn an_attempt_counts_for_what_was_queued_before_it_began() {
        let (began, ended) = (NOW + TimeDelta::seconds(1), NOW + TimeDelta::seconds(9));
        let outcome = |queued_at| {
            of(&failed_delivery(0, queued_at), &attempt_with_answer(Ok(200)), (began, ended), 0.0)
        };
        assert_eq!(outcome(NOW).queued_by, began);
        // A clock that was set back does not make it count for nothing.
        assert_eq!(outcome(ended).queued_by, ended);
    }
}
