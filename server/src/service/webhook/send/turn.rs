//! One transaction of a lane: writes down what became of attempts, and reads what is due next.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use bowline_api::WebhookEndpointId;
use bowline_api::status::WebhookState;
use bowline_webhook::Signer;
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::leases::{Hold, LEASE, OLD};
use super::outcome;
use super::places::TenantShare;
use super::queue::in_order;
use crate::app::App;
use crate::domain::{Actor, Error, Event, Result};
use crate::metrics;
use crate::service::webhook::{secret, switch};
use crate::store::TenantTx;
use crate::store::webhooks::endpoints::EndpointRow;
use crate::store::webhooks::sender::{DueDelivery, Followers, Outcome};

/// How long an endpoint may accept nothing until it is disabled.
const LONGEST_FAILURE: TimeDelta = TimeDelta::days(10);

/// What a lane has done since its last turn.
#[derive(Default)]
pub(super) struct Done {
    pub(super) outcomes: Vec<Outcome>,
    /// What attempts say of the endpoint, and the URL at which they were made.
    pub(super) signs: Signs,
    pub(super) url: Arc<str>,
}

/// Whether an attempt was accepted, not accepted, and answered with 410.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Signs {
    pub(super) accepted: bool,
    pub(super) failed: bool,
    pub(super) gone: bool,
}

impl Done {
    /// What the attempts say of the endpoint as it is now. The old URL says nothing of a new one.
    fn signs_of(&self, endpoint_row: &EndpointRow) -> Signs {
        if *self.url == *endpoint_row.url { self.signs } else { Signs::default() }
    }
}

/// What a lane does next.
pub(super) enum SendTurn {
    /// Nothing: nothing is due, or the endpoint is not this sender's any more.
    Over,
    /// It delivers.
    Goes(Box<NextDeliveries>),
}

/// The endpoint as it is now, and what is due.
pub(super) struct NextDeliveries {
    pub(super) url: Arc<str>,
    pub(super) signer: Arc<Signer>,
    pub(super) is_failing: bool,
    /// The time of the database when the transaction began, and this machine's at about the same time.
    pub(super) at: (DateTime<Utc>, Instant),
    pub(super) deliveries: Vec<DueDelivery>,
    /// Whether more may be due, which was not read because of what had to be put off.
    pub(super) more: bool,
    /// Whether the lane's turn extends its lease.
    pub(super) extends: bool,
}

/// What a lane has and wants.
pub(super) struct Wish {
    /// The deliveries in memory, and the accounts of which it takes no others meanwhile.
    pub(super) known: Vec<i64>,
    pub(super) busy: Vec<Uuid>,
    /// How many more deliveries the lane takes.
    pub(super) room: usize,
}

/// Takes a turn.
pub(super) async fn take(
    app: &App,
    share: &TenantShare,
    hold: &Hold,
    done: &Done,
    wish: &Wish,
) -> Result<SendTurn> {
    let _place = share.turn().await;
    let lease = hold.lease;
    app.store
        .scoped(lease.tenant.into(), async |tx| {
            let found = tx.held_webhook_endpoint(lease.endpoint, hold.owner).await?;
            let Some((endpoint_row, is_frozen)) = found else {
                return Ok(SendTurn::Over);
            };
            tx.write_webhook_outcomes(endpoint_row.id, &done.outcomes).await?;
            let signs = done.signs_of(&endpoint_row);
            if let Some(reason) = judge_endpoint(tx, &endpoint_row, signs).await? {
                return give_up(tx, &endpoint_row, reason).await;
            }
            // What waits for a frozen tenant waits until it is thawed.
            if is_frozen || endpoint_row.state != WebhookState::Enabled {
                return endpoint_is_over(tx, &endpoint_row).await;
            }
            match secret::signer(app, tx, &endpoint_row).await {
                Ok(signer) => next_deliveries(tx, &endpoint_row, signs, signer, (hold, wish)).await,
                // It would fail again and again until somebody looks.
                Err(Error::Integrity { what, about }) => {
                    let over = give_up(tx, &endpoint_row, "integrity_error").await?;
                    tx.record(&Actor::System, Event::integrity_error(what, about)).await?;
                    Ok(over)
                }
                Err(error) => Err(error),
            }
        })
        .await
}

/// Notes whether the endpoint fails. Why it is to be disabled, if it is.
async fn judge_endpoint(
    tx: &mut TenantTx,
    endpoint_row: &EndpointRow,
    signs: Signs,
) -> Result<Option<&'static str>> {
    let now = tx.now().await?;
    let since =
        if signs.accepted { None } else { endpoint_row.failing_since.or(signs.failed.then_some(now)) };
    if since != endpoint_row.failing_since {
        tx.mark_webhook_endpoint(endpoint_row.id, since).await?;
    }
    let has_failed_long = signs.failed && since.is_some_and(|since| now - since >= LONGEST_FAILURE);
    Ok(if signs.gone { Some("gone") } else { has_failed_long.then_some("failing") })
}

/// Disables the endpoint, unless that was done meanwhile.
async fn give_up(tx: &mut TenantTx, endpoint_row: &EndpointRow, reason: &'static str) -> Result<SendTurn> {
    tx.hold_webhook_endpoint(endpoint_row.id, None).await?;
    if endpoint_row.state == WebhookState::Enabled {
        switch::disable_locked(tx, &Actor::System, endpoint_row, reason).await?;
        let endpoint = WebhookEndpointId::from(endpoint_row.id);
        tracing::warn!(%endpoint, reason, "an endpoint for webhooks was disabled");
        metrics::webhook_endpoint_disabled(reason);
    }
    Ok(SendTurn::Over)
}

async fn endpoint_is_over(tx: &mut TenantTx, endpoint_row: &EndpointRow) -> Result<SendTurn> {
    tx.hold_webhook_endpoint(endpoint_row.id, None).await?;
    Ok(SendTurn::Over)
}

async fn next_deliveries(
    tx: &mut TenantTx,
    endpoint_row: &EndpointRow,
    signs: Signs,
    signer: Signer,
    (hold, wish): (&Hold, &Wish),
) -> Result<SendTurn> {
    let (now, here) = (tx.now().await?, Instant::now());
    let limit = i64::try_from(wish.room).unwrap_or_default();
    let taken = (wish.known.as_slice(), wish.busy.as_slice());
    let read = if limit == 0 { Vec::new() } else { tx.due_webhooks(endpoint_row.id, taken, limit).await? };
    let is_full = i64::try_from(read.len()).is_ok_and(|count| count >= limit);
    if read.is_empty() && wish.known.is_empty() {
        return endpoint_is_over(tx, endpoint_row).await;
    }
    let extends = hold.age() > OLD;
    if extends {
        tx.hold_webhook_endpoint(endpoint_row.id, Some(LEASE)).await?;
    }
    let (late, read): (Vec<_>, Vec<_>) = read.into_iter().partition(|one| outcome::is_too_late(one, now));
    let skipped: Vec<Outcome> = late.iter().map(|one| outcome::skipped(one, now)).collect();
    tx.write_webhook_outcomes(endpoint_row.id, &skipped).await?;
    metrics::webhooks_expired(skipped.len());
    let (deliveries, early) = in_order(&wish.known, read);
    tx.move_webhook_followers(endpoint_row.id, &put_off(&early)).await?;
    Ok(SendTurn::Goes(Box::new(NextDeliveries {
        url: endpoint_row.url.as_str().into(),
        signer: Arc::new(signer),
        is_failing: !signs.accepted && (signs.failed || endpoint_row.failing_since.is_some()),
        at: (now, here),
        deliveries,
        more: is_full && !early.is_empty(),
        extends,
    })))
}

/// Lets deliveries that are behind another one of their account wait until that is tried, with what is behind them. If that one has been skipped
/// just now, they stay due, and the next turn finds them.
fn put_off(early: &[DueDelivery]) -> Vec<Followers> {
    let mut first: BTreeMap<Uuid, &DueDelivery> = BTreeMap::new();
    for one in early {
        let Some(account) = one.account_id else { continue };
        let known = first.entry(account).or_insert(one);
        if one.sequence < known.sequence {
            *known = one;
        }
    }
    let wait = |(account, one): (Uuid, &DueDelivery)| {
        Some(Followers { account, after: one.sequence - 1, until: one.behind_until?, later: true })
    };
    first.into_iter().filter_map(wait).collect()
}
