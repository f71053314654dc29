//! Several replicas share the deliveries without making one twice.

use std::collections::HashMap;

use anyhow::Result;
use bowline_tests::{Receiver, Tenant};
use reqwest::Method;
use serde_json::json;

use super::{add, call, reaching_this_machine};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_replicas_deliver_each_event_once() -> Result<()> {
    const EACH: usize = 20;
    let stack = reaching_this_machine().replicas(3).start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let mut endpoints = Vec::new();
    for _ in 0..5 {
        let receiver = Receiver::start().await?;
        let new = add(&acme, json!({ "url": receiver.url() })).await?;
        endpoints.push((receiver, new.endpoint.id));
    }
    for round in 0..EACH {
        let there = acme.at(stack.server(round % 3).public_url());
        for (_, id) in &endpoints {
            assert_eq!(call(&there, Method::POST, *id, "/test", None).await?.status, 202);
        }
    }
    for (receiver, _) in &endpoints {
        receiver.gets(EACH, |_| true).await?;
    }
    let delivered = "SELECT count(*) FROM webhook_deliveries WHERE state = 'delivered'";
    bowline_tests::until("all to be written down", async || {
        (stack.database.count(delivered).await.ok()? == 5 * i64::try_from(EACH).ok()?).then_some(())
    })
    .await?;
    for (receiver, _) in &endpoints {
        let mut times: HashMap<String, usize> = HashMap::new();
        for message in receiver.received() {
            *times.entry(message.id).or_default() += 1;
        }
        assert!(times.len() == EACH && times.values().all(|count| *count == 1), "{times:?}");
    }
    Ok(())
}
