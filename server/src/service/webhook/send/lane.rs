//! A lane: the attempts at one endpoint, several at a time.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bowline_api::EventId;
use bowline_api::status::WebhookDeliveryState;
use bowline_webhook::{Attempt, Message, Signer};
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant as Moment, sleep, sleep_until};
use uuid::Uuid;

use super::leases::Hold;
use super::outcome;
use super::places::{LONG_ATTEMPT, TenantShare};
use super::queue::Queue;
use super::turn::{self, Done, SendTurn, Signs, Wish};
use crate::app::App;
use crate::domain::{Result, entropy};
use crate::metrics;
use crate::store::webhooks::due::DueEndpoint;
use crate::store::webhooks::sender::DueDelivery;

/// Attempts at the same time: at first and, one more with each delivery that is accepted soon, at most. An endpoint that hangs or is slow
/// therefore occupies few places, even before it is known.
const FIRST_ATTEMPTS: usize = 4;
const MOST_ATTEMPTS: usize = 16;
/// Attempts at the same time at an endpoint that does not accept what it gets.
const AILING_ATTEMPTS: usize = 2;

/// After this many failures without a success, an endpoint counts as one that does not accept what it gets.
const FAILURE_STREAK: usize = 3;

/// How long outcomes are gathered before they are written down together.
const OUTCOMES_GATHERED: Duration = Duration::from_millis(25);
/// The pause between two turns while nothing ends. Other accounts' events are found then.
const LANE_LOOK_PAUSE: Duration = Duration::from_millis(500);

/// The attempts at one endpoint.
pub(super) struct Lane {
    app: Arc<App>,
    hold: Arc<Hold>,
    share: TenantShare,
    queue: Queue,
    /// Each ends with its attempt, or without one if the process stops before it has begun.
    running: JoinSet<(DueDelivery, Option<Tried>)>,
    /// Where attempts are made that begin now. None before the first turn.
    aim: watch::Sender<Option<Aim>>,
    /// How many attempts are made at the same time, unless the endpoint is ailing.
    most: usize,
    /// Failures of the lane since the last delivery that was accepted.
    streak: usize,
}

/// What an attempt needs to know about the endpoint.
#[derive(Clone)]
struct Aim {
    url: Arc<str>,
    signer: Arc<Signer>,
    at: (DateTime<Utc>, Instant),
}

/// An attempt, where it was made, and when it began by the database's clock.
struct Tried {
    url: Arc<str>,
    began: DateTime<Utc>,
    attempt: Attempt,
}

impl Aim {
    /// The time by the database's clock.
    fn now(&self) -> DateTime<Utc> {
        let (at, here) = self.at;
        at + TimeDelta::from_std(here.elapsed()).unwrap_or_default()
    }
}

impl Lane {
    pub(super) fn new(app: &Arc<App>, lease: DueEndpoint, owner: Uuid) -> Self {
        Self {
            app: Arc::clone(app),
            hold: app.webhooks.leases.add(lease, owner),
            share: app.webhooks.places.share(lease.tenant),
            queue: Queue::default(),
            running: JoinSet::new(),
            aim: watch::Sender::new(None),
            most: FIRST_ATTEMPTS,
            streak: 0,
        }
    }

    /// Delivers until nothing is due, the endpoint is lost, or `stop` turns true.
    pub(super) async fn run(mut self, mut stop: watch::Receiver<bool>) -> Result<()> {
        let mut done = Done::default();
        loop {
            let is_stopping = *stop.borrow();
            if is_stopping {
                self.queue.clear();
            }
            let room = if is_stopping { 0 } else { self.queue.room() };
            let wish = Wish { known: self.queue.known(), busy: self.queue.busy(), room };
            match turn::take(&self.app, &self.share, &self.hold, &done, &wish).await? {
                // Attempts that still run end with the lane. What they sent is sent again.
                SendTurn::Over => return Ok(()),
                SendTurn::Goes(next) => {
                    let next = *next;
                    if next.extends {
                        self.hold.extended(next.at.1);
                    }
                    self.queue.add(next.deliveries);
                    if next.is_failing && self.streak == 0 {
                        self.streak = FAILURE_STREAK;
                    }
                    let pause = if next.more { OUTCOMES_GATHERED } else { LANE_LOOK_PAUSE };
                    let aim = Aim { url: next.url, signer: next.signer, at: next.at };
                    self.aim.send_replace(Some(aim.clone()));
                    done = self.make_attempts(&aim, pause, &mut stop).await;
                }
            }
        }
    }

    /// Makes attempts until some have ended, or for `pause`.
    async fn make_attempts(&mut self, aim: &Aim, pause: Duration, stop: &mut watch::Receiver<bool>) -> Done {
        let mut done = Done { url: Arc::clone(&aim.url), ..Done::default() };
        let mut until = Moment::now() + pause;
        let was_stopping = *stop.borrow();
        loop {
            self.start(stop);
            if self.queue.is_empty() {
                return done;
            }
            tokio::select! {
                Some(ended) = self.running.join_next() => {
                    // The lane ends with it, and the lease expires.
                    let (delivery, tried) = ended.unwrap_or_else(|error| resume_unwind(error.into_panic()));
                    let Some(tried) = tried else {
                        self.queue.ended(&delivery, true);
                        continue;
                    };
                    if done.outcomes.is_empty() {
                        until = until.min(Moment::now() + OUTCOMES_GATHERED);
                    }
                    self.ended(aim, &delivery, &tried, &mut done);
                }
                () = sleep_until(until) => return done,
                _ = stop.wait_for(|stop| *stop), if !was_stopping => return done,
            }
        }
    }

    /// Starts as many attempts as the endpoint gets at the same time.
    fn start(&mut self, stop: &watch::Receiver<bool>) {
        let is_ailing = self.streak >= FAILURE_STREAK;
        let most = if is_ailing { AILING_ATTEMPTS } else { self.most };
        while self.running.len() < most {
            let Some(delivery) = self.queue.start() else { break };
            let (app, share) = (Arc::clone(&self.app), self.share.clone());
            let (aim, mut stop) = (self.aim.subscribe(), stop.clone());
            self.running.spawn(async move {
                let place = tokio::select! {
                    place = share.attempt(is_ailing) => place,
                    _ = stop.wait_for(|stop| *stop) => None,
                };
                // Waiting for the place may have taken long, so it aims now.
                let aim = aim.borrow().clone();
                let (Some(place), Some(aim)) = (place, aim) else { return (delivery, None) };
                let began = aim.now();
                let attempt = place.hold(attempt_delivery(&app, &aim, &delivery)).await;
                // Others can have the place meanwhile.
                sleep(app.webhooks.poster.kept_back(&attempt)).await;
                (delivery, Some(Tried { url: aim.url, began, attempt }))
            });
        }
    }

    fn ended(&mut self, aim: &Aim, delivery: &DueDelivery, tried: &Tried, done: &mut Done) {
        let (now, attempt) = (aim.now(), &tried.attempt);
        let outcome = outcome::of(delivery, attempt, (tried.began, now), entropy::jitter());
        let waits_on = outcome.state == WebhookDeliveryState::Waiting;
        metrics::webhook_attempt(outcome.state, attempt.elapsed);
        if attempt.is_accepted() && delivery.attempts == 0 {
            metrics::webhook_delay((now - delivery.queued_at).to_std().unwrap_or_default());
        }
        // An attempt at an old URL says nothing of the endpoint as it is now.
        if tried.url == aim.url {
            self.note(attempt, &mut done.signs);
        }
        done.outcomes.push(outcome);
        self.queue.ended(delivery, waits_on);
    }

    fn note(&mut self, attempt: &Attempt, signs: &mut Signs) {
        if attempt.is_accepted() {
            (self.streak, self.most) = (0, most_after(self.most, attempt.elapsed));
            signs.accepted = true;
        } else {
            self.streak += 1;
            signs.failed = true;
            signs.gone |= attempt.is_gone();
        }
    }
}

/// How many attempts an endpoint gets at the same time that has accepted one of `most` in this time. Only one that is quick gets more.
fn most_after(most: usize, elapsed: Duration) -> usize {
    if elapsed < LONG_ATTEMPT { MOST_ATTEMPTS.min(most + 1) } else { FIRST_ATTEMPTS.max(most - 1) }
}

/// Sends a delivery once.
async fn attempt_delivery(app: &App, aim: &Aim, delivery: &DueDelivery) -> Attempt {
    let id = EventId::from(delivery.event).to_string();
    let signed = aim.signer.sign(&id, aim.now().timestamp(), delivery.payload.as_bytes());
    let message = Message { id: &id, body: &delivery.payload, signed: &signed };
    app.webhooks.poster.post(&aim.url, message).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_that_accepts_slowly_gets_no_more_attempts_at_the_same_time() {
        let after = |count: usize, elapsed: Duration, most: usize| {
            (0..count).fold(most, |most, _| most_after(most, elapsed))
        };
        assert_eq!(after(100, LONG_ATTEMPT, FIRST_ATTEMPTS), FIRST_ATTEMPTS);
        assert_eq!(after(100, Duration::from_millis(20), FIRST_ATTEMPTS), MOST_ATTEMPTS);
        assert_eq!(
            after(MOST_ATTEMPTS - FIRST_ATTEMPTS, LONG_ATTEMPT, MOST_ATTEMPTS),
            FIRST_ATTEMPTS,
            "one that becomes slow loses them again"
        );
    }
}
