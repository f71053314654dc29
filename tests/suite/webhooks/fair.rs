//! Endpoints that hang delay no other one.

use std::time::Instant;

use anyhow::Result;
use bowline_tests::{Receiver, Reply, Tenant};
use reqwest::Method;
use serde_json::json;

use super::{add, call, reaching_this_machine};

const HANGING: usize = 5;
const HEALTHY: usize = 10;
const EACH: usize = 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn endpoints_that_hang_delay_no_other() -> Result<()> {
    let stack = reaching_this_machine().start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let mut endpoints = Vec::new();
    for number in 0..HANGING + HEALTHY {
        let receiver = Receiver::start().await?;
        if number < HANGING {
            receiver.replies(|_| Reply::Hang);
        }
        let new = add(&acme, json!({ "url": receiver.url(), "events": ["account.linked"] })).await?;
        endpoints.push((receiver, new.endpoint.id));
    }
    let begun = Instant::now();
    for _ in 0..EACH {
        for (_, id) in &endpoints {
            assert_eq!(call(&acme, Method::POST, *id, "/test", None).await?.status, 202);
        }
    }
    for (receiver, _) in &endpoints[HANGING..] {
        receiver.gets(EACH, |_| true).await?;
    }
    // Those that hang have used few places meanwhile, and have not been given up. They get four messages at first, and then two in the ten seconds
    // that an attempt may take.
    let most = 4 + 2 * (1 + usize::try_from(begun.elapsed().as_secs() / 10)?);
    for (receiver, id) in &endpoints[..HANGING] {
        let got = receiver.received().len();
        assert!((1..=most).contains(&got), "{got} of {most}");
        assert_eq!(super::shown(&acme, *id).await?.state_reason, None);
    }
    Ok(())
}
