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

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use bowline_api::v1::CreateWebhookEndpoint;
    use bowline_tests::Database;
    use bowline_vault::KeyRing;
    use chrono::DateTime;

    use super::turn::{self, Done, SendTurn, Wish};
    use super::*;
    use crate::domain::{Actor, entropy};
    use crate::service::{tenant, tenant_freeze, webhook};
    use crate::settings;
    use crate::store::TenantTx;

    #[tokio::test]
    async fn a_frozen_tenant_is_told_nothing_until_it_is_thawed() {
        let database = Database::fresh().await.unwrap();
        let url = ("bowline.database.url", database.server_url().unwrap());
        let settings = settings::from(settings::read(None).unwrap().figment.merge(url)).unwrap().settings;
        let app = App::new(settings, KeyRing::generate(DateTime::UNIX_EPOCH).unwrap()).unwrap();
        let by = Actor::System;
        let acme = tenant::add(&app, &by, "acme", "Acme").await.unwrap().id;
        let url = "https://hooks.acme.example/".to_owned();
        let wanted = CreateWebhookEndpoint { url, events: Vec::new(), connector: None };
        let new = webhook::create(&app, acme, &by, &wanted, None).await.unwrap();
        webhook::test(&app, acme, &by, new.endpoint.id).await.unwrap();

        let owner = entropy::owner();
        let claims = async || claim(&app, owner, 10, 10).await.unwrap();
        let streamed = async || {
            let read = async |tx: &mut TenantTx| tx.webhook_events_after(0, 10).await;
            app.store.scoped(acme, read).await.unwrap().len()
        };
        let wish = Wish { known: Vec::new(), busy: Vec::new(), room: 10, held: Instant::now() };
        let share = app.webhooks.places.share(acme.uuid());
        let goes = async |lease: DueEndpoint| {
            let turn = turn::take(&app, &share, (lease, owner), &Done::default(), &wish).await.unwrap();
            matches!(turn, SendTurn::Goes(_))
        };

        let [lease] = claims().await[..] else { panic!("the endpoint has something due") };
        assert!(goes(lease).await && streamed().await == 1);
        tenant_freeze::freeze(&app, &by, acme, "a test").await.unwrap();
        assert!(!goes(lease).await, "a sender that is at work ends");
        assert_eq!((claims().await.len(), streamed().await), (0, 0), "none begins");
        tenant_freeze::thaw(&app, &by, acme, "a test").await.unwrap();
        let [lease] = claims().await[..] else { panic!("it still has it") };
        assert!(goes(lease).await && streamed().await == 1);
    }
}
