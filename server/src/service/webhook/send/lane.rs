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
use tokio::time::{Instant as Moment, sleep_until};
use uuid::Uuid;

use super::outcome;
use super::queue::Queue;
use super::turn::{self, Done, LEASE, Next, Turn, Wish};
use crate::app::App;
use crate::domain::{Result, entropy};
use crate::metrics;
use crate::store::webhooks::due::DueEndpoint;
use crate::store::webhooks::sender::DueDelivery;

/// Attempts at the same time: at first and, one more with each delivery that is accepted, at most. One that hangs therefore occupies few
/// places, even before it is known.
const FIRST: usize = 4;
const MOST: usize = 16;
/// Attempts at the same time at an endpoint that does not accept what it gets.
const AILING: usize = 2;

/// After this many failures without a success, an endpoint counts as one that does not accept what it gets.
const STREAK: usize = 3;

/// How long outcomes are gathered before they are written down together.
const GATHER: Duration = Duration::from_millis(25);
/// The pause between two turns while nothing ends. Other accounts' events are found then.
const LOOK: Duration = Duration::from_millis(500);

/// The attempts at one endpoint.
pub(super) struct Lane {
    app: Arc<App>,
    lease: DueEndpoint,
    owner: Uuid,
    queue: Queue,
    /// Each ends with its attempt, or without one if the process stops before it has begun.
    running: JoinSet<(DueDelivery, Option<Attempt>)>,
    /// How many attempts are made at the same time, unless the endpoint is ailing.
    most: usize,
    /// Failures since the last delivery that was accepted.
    streak: usize,
}

/// What an attempt needs to know about the endpoint.
#[derive(Clone)]
struct Aim {
    url: Arc<str>,
    signer: Arc<Signer>,
    at: (DateTime<Utc>, Instant),
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
            lease,
            owner,
            queue: Queue::default(),
            running: JoinSet::new(),
            most: FIRST,
            streak: 0,
        }
    }

    /// Delivers until nothing is due, the endpoint is lost, or `stop` turns true.
    pub(super) async fn run(mut self, mut stop: watch::Receiver<bool>) -> Result<()> {
        let mut done = Done::default();
        let mut held = Instant::now();
        loop {
            let is_stopping = *stop.borrow();
            if is_stopping {
                self.queue.clear();
            }
            let room = if is_stopping { 0 } else { self.queue.room() };
            let extends = held.elapsed() > LEASE / 3;
            if extends {
                held = Instant::now();
            }
            let wish = Wish { known: self.queue.known(), busy: self.queue.busy(), room, extends };
            match turn::take(&self.app, (self.lease, self.owner), &done, &wish).await? {
                // Attempts that still run end with the lane. What they sent is sent again.
                Turn::Over => return Ok(()),
                Turn::Goes(next) => {
                    let Next { url, signer, is_failing, at, deliveries } = *next;
                    self.queue.add(deliveries);
                    if is_failing && self.streak == 0 {
                        self.streak = STREAK;
                    }
                    done = self.attempts(&Aim { url, signer, at }, &mut stop).await;
                }
            }
        }
    }

    /// Makes attempts until some have ended, or for [`LOOK`].
    async fn attempts(&mut self, aim: &Aim, stop: &mut watch::Receiver<bool>) -> Done {
        let mut done = Done::default();
        let mut until = Moment::now() + LOOK;
        let was_stopping = *stop.borrow();
        loop {
            self.start(aim, stop);
            if self.queue.is_empty() {
                return done;
            }
            tokio::select! {
                Some(ended) = self.running.join_next() => {
                    // The lane ends with it, and the lease expires.
                    let (delivery, attempt) = ended.unwrap_or_else(|error| resume_unwind(error.into_panic()));
                    let Some(attempt) = attempt else {
                        self.queue.ended(&delivery, true);
                        continue;
                    };
                    if done.outcomes.is_empty() {
                        until = until.min(Moment::now() + GATHER);
                    }
                    self.ended(aim, &delivery, &attempt, &mut done);
                }
                () = sleep_until(until) => return done,
                _ = stop.wait_for(|stop| *stop), if !was_stopping => return done,
            }
        }
    }

    /// Starts as many attempts as the endpoint gets at the same time.
    fn start(&mut self, aim: &Aim, stop: &watch::Receiver<bool>) {
        let is_ailing = self.streak >= STREAK;
        let most = if is_ailing { AILING } else { self.most };
        while self.running.len() < most {
            let Some(delivery) = self.queue.start() else { break };
            let (app, aim, mut stop) = (Arc::clone(&self.app), aim.clone(), stop.clone());
            self.running.spawn(async move {
                let place = tokio::select! {
                    place = app.webhooks.places.attempt(is_ailing) => place,
                    _ = stop.wait_for(|stop| *stop) => None,
                };
                let Some(place) = place else { return (delivery, None) };
                let attempt = place.hold(attempt(&app, &aim, &delivery)).await;
                (delivery, Some(attempt))
            });
        }
    }

    fn ended(&mut self, aim: &Aim, delivery: &DueDelivery, attempt: &Attempt, done: &mut Done) {
        let now = aim.now();
        let outcome = outcome::of(delivery, attempt, now, entropy::jitter());
        let waits_on = outcome.state == WebhookDeliveryState::Waiting;
        metrics::webhook_attempt(outcome.state, attempt.elapsed);
        if attempt.is_accepted() {
            (self.streak, self.most) = (0, MOST.min(self.most + 1));
            done.accepted = true;
            if delivery.attempts == 0 {
                metrics::webhook_delay((now - delivery.queued_at).to_std().unwrap_or_default());
            }
        } else {
            self.streak += 1;
            done.failed = true;
            done.gone |= attempt.is_gone();
        }
        done.outcomes.push(outcome);
        self.queue.ended(delivery, waits_on);
    }
}

/// Sends a delivery once.
async fn attempt(app: &App, aim: &Aim, delivery: &DueDelivery) -> Attempt {
    let id = EventId::from(delivery.event).to_string();
    let signed = aim.signer.sign(&id, aim.now().timestamp(), delivery.payload.as_bytes());
    let message = Message { id: &id, body: &delivery.payload, signed: &signed };
    app.webhooks.poster.post(&aim.url, message).await
}
