//! What tenants are told by webhooks, for comparison with the events that the database has committed.

use std::collections::HashMap;

use anyhow::{Context as _, Result, ensure};
use bowline_api::EventId;
use bowline_tests::{Receiver, Tenant, until};
use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use crate::bench::Bench;

/// A tenant's endpoint, which gets all of its events.
#[derive(Debug)]
pub(crate) struct Listener {
    slug: String,
    pub(crate) receiver: Receiver,
}

/// An event in the database.
struct Committed {
    id: String,
    payload: String,
    /// The account with the event's number among those of the account.
    account: Option<(String, i64)>,
}

impl Listener {
    /// Adds an endpoint to a tenant that has had no events yet.
    pub(crate) async fn start(tenant: &Tenant) -> Result<Self> {
        let receiver = Receiver::start().await?;
        let wanted = json!({ "url": receiver.url() });
        let added = tenant.call(Method::POST, "/v1/webhook-endpoints", Some(wanted)).await?;
        ensure!(added.status == 201, "the endpoint was refused: {}", added.text());
        Ok(Self { slug: tenant.slug.clone(), receiver })
    }

    /// It got each of these events, with the same id and the same text each time, those of an account in their order, and nothing else. Returns
    /// the number of messages.
    fn compare(&self, events: &[Committed]) -> Result<usize> {
        let slug = &self.slug;
        let received = self.receiver.received();
        let payloads: HashMap<&str, &str> =
            events.iter().map(|one| (one.id.as_str(), one.payload.as_str())).collect();
        let mut arrived: HashMap<&str, usize> = HashMap::new();
        for (place, message) in received.iter().enumerate() {
            let payload = payloads.get(message.id.as_str());
            let payload =
                payload.with_context(|| format!("{slug} got what is no event of it: {}", message.text))?;
            ensure!(message.text == *payload, "{slug} got another text of {}: {}", message.id, message.text);
            arrived.entry(&message.id).or_insert(place);
        }
        let mut last: HashMap<&str, (i64, usize)> = HashMap::new();
        for Committed { id, payload, account } in events {
            let place = arrived.get(id.as_str());
            let place = *place.with_context(|| format!("{slug} never got {id}: {payload}"))?;
            let Some((account, number)) = account else { continue };
            let before = last.insert(account, (*number, place));
            let follows = before.map_or(*number == 1, |(was, at)| was + 1 == *number && at < place);
            ensure!(
                follows,
                "event {number} of {account} arrived as {place}, the one before it as {before:?}"
            );
        }
        Ok(received.len())
    }
}

impl Bench {
    /// Adds an endpoint to a tenant, which [`check`](Self::check) then compares with the tenant's events.
    pub(crate) async fn listen(&mut self, tenant: &Tenant) -> Result<()> {
        self.listeners.push(Listener::start(tenant).await?);
        Ok(())
    }

    /// Lets the leases of senders that were killed end, so that nobody has to wait for them.
    pub(crate) async fn end_webhook_leases(&self) -> Result<()> {
        self.direct
            .execute("UPDATE webhook_endpoints SET held_until = now() WHERE held_until > now()")
            .await?;
        Ok(())
    }

    /// Waits until everything was delivered, and compares it with what was committed. Returns the number of messages.
    pub(crate) async fn messages_arrive(&self) -> Result<usize> {
        self.end_webhook_leases().await?;
        let waiting = "SELECT count(*) FROM webhook_deliveries WHERE state = 'waiting'";
        until("all events to be delivered", async || {
            // What failed during the fault would wait for its next attempt.
            let hurry =
                "UPDATE webhook_deliveries SET next_at = now() WHERE state = 'waiting' AND next_at > now()";
            self.direct.execute(hurry).await.ok();
            self.direct.count(waiting).await.ok().filter(|left| *left == 0)
        })
        .await?;
        let skipped = "SELECT count(*) FROM webhook_deliveries WHERE state = 'skipped'";
        ensure!(self.direct.count(skipped).await? == 0, "an event was given up");
        let mut messages = 0;
        for listener in &self.listeners {
            messages += listener.compare(&self.committed(&listener.slug).await?)?;
        }
        Ok(messages)
    }

    /// The events of a tenant in their order.
    async fn committed(&self, slug: &str) -> Result<Vec<Committed>> {
        let rows = self
            .direct
            .rows(&format!(
                "SELECT e.id::text, e.payload, e.account_id::text, e.number
                 FROM webhook_events e JOIN tenants t ON t.id = e.tenant_id WHERE t.slug = '{slug}' ORDER BY e.sequence"
            ))
            .await?;
        rows.iter()
            .map(|row| {
                let id: Uuid = row.try_get::<_, String>(0)?.parse()?;
                let (account, number): (Option<String>, Option<i64>) = (row.try_get(2)?, row.try_get(3)?);
                let id = EventId::from(id).to_string();
                Ok(Committed { id, payload: row.try_get(1)?, account: account.zip(number) })
            })
            .collect()
    }
}
