//! Every event that was committed reaches its tenant's endpoint, and nothing else does.

use anyhow::{Result, ensure};
use bowline_api::EventId;
use bowline_tests::{Tenant, until};
use uuid::Uuid;

use crate::bench::Bench;
use crate::told::{Committed, Listener};

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
