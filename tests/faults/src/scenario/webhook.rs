//! Senders of webhooks are killed after their POST, before they have written down what became of it.

use anyhow::Result;
use bowline_tests::{Person, Reply, Tenant};

use crate::Bench;
use crate::plan::{Plan, Seen};

/// The number of servers, which are killed together.
const REPLICAS: usize = 2;

/// Each event arrives in the end: with the same id, in order for each account, and at its own tenant.
pub async fn killed(plan: Plan) -> Result<Seen> {
    let mut bench = Bench::builder().replicas(REPLICAS).accounts(1).start().await?;
    let other = Tenant::create(&bench.stack, "other").await?;
    bench.listen(&other).await?;
    for round in 0..plan.times {
        let mut got = Vec::new();
        for listener in &bench.listeners {
            listener.receiver.replies(|_| Reply::Hang);
            got.push(listener.receiver.received().len());
        }
        let account = bench.link(&format!("told-{round}")).await?;
        let theirs = Person::new(&bench.stack, "new").links(&bench.stack, &other, "other").await?;
        bench.revoke(account.id).await?;
        other.revoke(theirs.id).await?;
        for (listener, got) in bench.listeners.iter().zip(got) {
            listener.receiver.gets(got + 1, |_| true).await?;
        }
        for replica in 0..REPLICAS {
            bench.stack.server_mut(replica).kill().await?;
        }
        for listener in &bench.listeners {
            listener.receiver.replies(|_| Reply::Status(204));
        }
        for replica in 0..REPLICAS {
            bench.stack.server_mut(replica).start().await?;
        }
        bench.end_webhook_leases().await?;
    }
    let events = bench.direct.count("SELECT count(*) FROM webhook_events").await?;
    let findings = bench.check().await?;
    Ok(Seen::new(plan.times, format!("{events} events of two tenants, all told in order; {findings}")))
}
