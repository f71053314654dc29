//! Delivering events.
//!
//! A sender takes an endpoint that has something due under a lease and delivers to it in a lane of its own (`lane.rs`) until nothing is left.
//! So no endpoint has two senders, a slow endpoint delays no other, and its events are in order without a lock (`queue.rs`). Between
//! attempts a lane writes down what became of them, and reads what is due next, in one transaction (`turn.rs`).

mod lane;
mod outcome;
mod places;
mod queue;
mod sending;
mod turn;

pub use sending::Sending;

use std::sync::Arc;

use tokio::sync::watch;
use uuid::Uuid;

use crate::app::App;
use crate::domain::Result;
use crate::store::webhooks::due::DueEndpoint;
use turn::LEASE;

/// Takes up to `limit` endpoints that have something due and no sender; `failing` of them may be failing.
///
/// # Errors
/// The first database error.
pub async fn claim(app: &App, owner: Uuid, limit: i64, failing: usize) -> Result<Vec<DueEndpoint>> {
    let is_sharded = app.store.is_sharded();
    let limits = (limit, failing);
    app.store.worker(async |tx| tx.claim_webhook_endpoints(owner, limits, LEASE, is_sharded).await).await
}

/// Delivers to an endpoint under the lease of `owner` until nothing is due, the lease is lost, or `stop` turns true.
///
/// # Errors
/// The first database error. The lease then expires, and what was not written down is sent again.
pub async fn deliver(
    app: &Arc<App>,
    lease: DueEndpoint,
    owner: Uuid,
    stop: watch::Receiver<bool>,
) -> Result<()> {
    lane::Lane::new(app, lease, owner).run(stop).await
}
