//! While a tenant is frozen, its events wait.

use anyhow::Result;
use bowline_tests::{Operator, Receiver, Tenant};
use reqwest::Method;
use serde_json::json;

use super::{add, told};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_of_a_frozen_tenant_are_delivered_once_it_is_thawed() -> Result<()> {
    let (stack, _acme, receiver, new) = told().await?;
    let (other, others) = (Tenant::create(&stack, "other").await?, Receiver::start().await?);
    let its = add(&other, json!({ "url": others.url() })).await?;
    let mut root = Operator::create(&stack, "root", "admin").await?;
    root.log_in().await?;
    let switch = async |act: &str| -> Result<()> {
        let (path, body) = (format!("/admin/v1/tenants/acme/{act}"), json!({ "reason": "incident 4711" }));
        let answer = root.call(Method::POST, &path, Some(body)).await?;
        assert_eq!(answer.status, 200, "{}", answer.text());
        Ok(())
    };
    switch("freeze").await?;
    // What happens at another tenant afterwards is told, and nothing of the frozen one.
    for (tenant, id) in [("acme", new.endpoint.id), ("other", its.endpoint.id)] {
        let path = format!("/admin/v1/tenants/{tenant}/webhook-endpoints/{id}/test");
        assert_eq!(root.call(Method::POST, &path, None).await?.status, 202);
    }
    others.gets_a("endpoint.test").await?;
    assert!(receiver.received().is_empty(), "{:?}", receiver.kinds());
    let untouched = "SELECT count(*) FROM webhook_deliveries d JOIN tenants t ON t.id = d.tenant_id
        WHERE t.slug = 'acme' AND d.state = 'waiting' AND d.attempts = 0";
    assert_eq!(stack.database.count(untouched).await?, 1);
    switch("thaw").await?;
    receiver.gets_a("endpoint.test").await?;
    Ok(())
}
