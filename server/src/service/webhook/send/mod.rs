//! Delivering events.
//!
//! A sender takes an endpoint that has something due under a lease and delivers to it in a lane of its own (`lane.rs`) until nothing is left.
//! So no endpoint has two senders, a slow endpoint delays no other, and its events are in order without a lock (`queue.rs`). Between
//! attempts a lane writes down what became of them, and reads what is due next, in one transaction (`turn.rs`). While it waits for that turn,
//! the worker extends its lease (`leases.rs`).

mod lane;
mod leases;
mod outcome;
mod places;
mod queue;
mod sending;
mod turn;

pub use sending::Sending;

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use uuid::Uuid;

use crate::app::App;
use crate::domain::Result;
use crate::store::webhooks::due::DueEndpoint;
use leases::{LEASE, OLD};

/// Takes up to `limit` endpoints that have something due and no sender; `failing` of them may be failing.
///
/// # Errors
/// The first database error.
pub async fn claim(app: &App, owner: Uuid, limit: i64, failing: usize) -> Result<Vec<DueEndpoint>> {
    let is_sharded = app.store.is_sharded();
    let limits = (limit, failing);
    app.store.worker(async |tx| tx.claim_webhook_endpoints(owner, limits, LEASE, is_sharded).await).await
}

/// Extends the leases of lanes that wait for a turn for long, and returns their number.
///
/// # Errors
/// The database error.
pub async fn keep(app: &App) -> Result<usize> {
    keep_older_than(app, OLD).await
}

async fn keep_older_than(app: &App, age: Duration) -> Result<usize> {
    let old = app.webhooks.leases.older_than(age);
    if old.is_empty() {
        return Ok(0);
    }
    let (now, is_sharded) = (Instant::now(), app.store.is_sharded());
    let leases: Vec<_> = old.iter().map(|hold| (hold.lease, hold.owner)).collect();
    let extended =
        app.store.worker(async |tx| tx.extend_webhook_leases(&leases, LEASE, is_sharded).await).await?;
    for hold in old.iter().filter(|hold| extended.contains(&(hold.lease.endpoint, hold.owner))) {
        hold.extended(now);
    }
    Ok(extended.len())
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

#[cfg(test)]
mod tests {
    use bowline_api::TenantId;
    use bowline_api::admin::CreateTenant;
    use bowline_api::v1::CreateWebhookEndpoint;

    use super::turn::{self, Done, SendTurn, Wish};
    use super::*;
    use crate::domain::{Actor, entropy};
    use crate::service::test_app::TestApp;
    use crate::service::{tenant, tenant_freeze, webhook};
    use crate::store::{TenantTx, WorkerTx};

    /// A tenant with an endpoint that has something due.
    async fn acme() -> (TestApp, TenantId) {
        let test = TestApp::start().await;
        let (app, by) = (&test.app, Actor::System);
        let wanted = CreateTenant { slug: "acme".to_owned(), name: "Acme".to_owned(), sandbox: false };
        let acme = tenant::add(app, &by, &wanted).await.unwrap().id;
        let url = "https://hooks.acme.example/".to_owned();
        let wanted = CreateWebhookEndpoint { url, events: Vec::new(), connector: None };
        let new = webhook::create(app, acme, &by, &wanted, None).await.unwrap();
        webhook::test(app, acme, &by, new.endpoint.id).await.unwrap();
        (test, acme)
    }

    /// Whether a lane goes on after a turn.
    async fn goes(app: &App, hold: &leases::Hold) -> bool {
        let wish = Wish { known: Vec::new(), busy: Vec::new(), room: 10 };
        let share = app.webhooks.places.share(hold.lease.tenant);
        let turn = turn::take(app, &share, hold, &Done::default(), &wish).await.unwrap();
        matches!(turn, SendTurn::Goes(_))
    }

    #[tokio::test]
    async fn a_frozen_tenant_is_told_nothing_until_it_is_thawed() {
        let (TestApp { app, database: _database }, acme) = acme().await;
        let by = Actor::System;
        let owner = entropy::owner();
        let claims = async || claim(&app, owner, 10, 10).await.unwrap();
        let streamed = async || {
            let read = async |tx: &mut TenantTx| tx.webhook_events_after(0, 10).await;
            app.store.scoped(acme, read).await.unwrap().len()
        };
        let goes = async |lease: DueEndpoint| goes(&app, &app.webhooks.leases.add(lease, owner)).await;

        let [lease] = claims().await[..] else { panic!("the endpoint has something due") };
        assert!(goes(lease).await && streamed().await == 1);
        tenant_freeze::freeze(&app, &by, acme, "a test").await.unwrap();
        assert!(!goes(lease).await, "a sender that is at work ends");
        assert_eq!((claims().await.len(), streamed().await), (0, 0), "none begins");
        tenant_freeze::thaw(&app, &by, acme, "a test").await.unwrap();
        let [lease] = claims().await[..] else { panic!("it still has it") };
        assert!(goes(lease).await && streamed().await == 1);
    }

    /// Twenty endpoints of a tenant share one turn. If turns take more than a second and a half, the last one waits for longer than its lease.
    #[tokio::test]
    async fn a_lane_keeps_its_endpoint_however_long_it_waits_for_a_turn() {
        let (TestApp { app, database }, _acme) = acme().await;
        let is_due = async || !claim(&app, entropy::owner(), 10, 10).await.unwrap().is_empty();
        let expire = "UPDATE webhook_endpoints SET held_until = now()";
        let owner = entropy::owner();
        let [lease] = claim(&app, owner, 10, 10).await.unwrap()[..] else { panic!("it has something due") };
        let hold = app.webhooks.leases.add(lease, owner);
        assert_eq!(keep(&app).await.unwrap(), 0, "a new lease needs no extension");
        for is_sharded in [false, true] {
            database.superuser().await.unwrap().batch_execute(expire).await.unwrap();
            let extend = |owner: Uuid| {
                let leases = [(lease, owner)];
                let app = Arc::clone(&app);
                async move {
                    let extend =
                        async |tx: &mut WorkerTx| tx.extend_webhook_leases(&leases, LEASE, is_sharded).await;
                    app.store.worker(extend).await.unwrap()
                }
            };
            assert!(extend(entropy::owner()).await.is_empty(), "somebody else's");
            assert_eq!(extend(owner).await, [(lease.endpoint, owner)]);
            assert!(!is_due().await, "no other lane takes it");
        }
        database.superuser().await.unwrap().batch_execute(expire).await.unwrap();
        assert_eq!(keep_older_than(&app, Duration::ZERO).await.unwrap(), 1);
        assert!(!is_due().await && goes(&app, &hold).await, "its turn comes");
        drop(hold);
        database.superuser().await.unwrap().batch_execute(expire).await.unwrap();
        assert_eq!(
            keep_older_than(&app, Duration::ZERO).await.unwrap(),
            0,
            "a lane that has ended keeps nothing"
        );
        assert!(is_due().await);
    }
}
