//! A tenant's endpoint for webhooks, and the comparison of what it got with the tenant's events.

use std::collections::HashMap;

use anyhow::{Context as _, Result, ensure};
use bowline_tests::{Receiver, Tenant};
use reqwest::Method;
use serde_json::json;

/// A tenant's endpoint, which gets all of its events.
#[derive(Debug)]
pub(crate) struct Listener {
    pub(crate) slug: String,
    pub(crate) receiver: Receiver,
}

/// An event in the database.
pub(crate) struct Committed {
    pub(crate) id: String,
    pub(crate) payload: String,
    /// The account with the event's number among those of the account.
    pub(crate) account: Option<(String, i64)>,
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
    pub(crate) fn compare(&self, events: &[Committed]) -> Result<usize> {
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
