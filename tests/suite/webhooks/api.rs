//! The routes about endpoints: what tenants and operators may do.

use anyhow::Result;
use bowline_api::status::Permission;
use bowline_api::v1::{NewWebhookEndpoint, WebhookDelivery, WebhookEndpoint};
use bowline_api::{ConnectorId, Page};
use bowline_tests::{Operator, Stack, Tenant};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{add, call, shown};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn endpoints_are_created_edited_disabled_and_removed() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let url = "https://hooks.acme.example/in?key=x";
    let new =
        add(&acme, json!({ "url": url, "events": ["account.revoked", "account.linked", "account.linked"] }))
            .await?;
    let id = new.endpoint.id;
    assert!(new.secret.starts_with("whsec_") && new.secret.len() > 40);
    assert_eq!(new.endpoint.events, ["account.linked", "account.revoked"]);
    let seen = call(&acme, Method::GET, id, "", None).await?;
    assert!(!seen.text().contains("whsec_") && !seen.text().contains("secret\""), "{}", seen.text());
    assert_eq!(seen.good::<WebhookEndpoint>()?, new.endpoint);
    let other = "https://other.acme.example/";
    let edited: WebhookEndpoint =
        call(&acme, Method::PATCH, id, "", Some(json!({ "url": other, "events": [] }))).await?.good()?;
    assert_eq!((edited.url.as_str(), edited.events.len()), (other, 0));
    let connected = async |connector: Value| {
        call(&acme, Method::PATCH, id, "", Some(json!({ "connector": connector }))).await
    };
    let of_connector: WebhookEndpoint = connected(json!(acme.connector)).await?.good()?;
    assert_eq!((of_connector.connector_id, of_connector.url.as_str()), (Some(acme.connector), other));
    let other_tenant = Tenant::create(&stack, "other").await?;
    for nobodys in [ConnectorId::from(Uuid::nil()), other_tenant.connector] {
        assert_eq!(connected(json!(nobodys)).await?.refusal(), (404, "not_found".to_owned()));
    }
    let of_all: WebhookEndpoint = connected(json!(null)).await?.good()?;
    assert_eq!((of_all.connector_id, of_all.url.as_str()), (None, other));
    for (act, state) in [("disable", "disabled"), ("disable", "disabled"), ("enable", "enabled")] {
        let now: WebhookEndpoint = call(&acme, Method::POST, id, &format!("/{act}"), None).await?.good()?;
        assert_eq!(now.state.as_str(), state);
    }
    let refused = call(&acme, Method::POST, id, "/disable", None).await?;
    assert_eq!(refused.good::<WebhookEndpoint>()?.state_reason.as_deref(), Some("requested"));
    assert_eq!(
        call(&acme, Method::POST, id, "/test", None).await?.refusal(),
        (409, "invalid_state".to_owned())
    );
    assert_eq!(call(&acme, Method::DELETE, id, "", None).await?.status, 204);
    assert_eq!(call(&acme, Method::GET, id, "", None).await?.status, 404);
    assert_eq!(stack.database.count("SELECT count(*) FROM webhook_secrets").await?, 0);
    let actions = "SELECT count(*) FROM audit_events WHERE action LIKE 'webhook_endpoint.%'";
    assert_eq!(
        stack.database.count(actions).await?,
        8,
        "added, edited three times, disabled twice, enabled, removed"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_is_refused_and_a_repeated_call_is_carried_out_once() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let good = json!({ "url": "https://hooks.acme.example/" });
    for (extra, status) in [
        (json!({ "events": ["account.loved"] }), 422),
        (json!({ "events": ["endpoint.test"] }), 422),
        (json!({ "connector": ConnectorId::from(Uuid::nil()) }), 404),
        (json!({ "colour": "red" }), 422),
    ] {
        let mut body = good.clone();
        body.as_object_mut().expect("an object").extend(extra.as_object().expect("an object").clone());
        let answer = acme.call(Method::POST, "/v1/webhook-endpoints", Some(body)).await?;
        assert_eq!(answer.status, status, "{}", answer.text());
    }
    let once = async || -> Result<NewWebhookEndpoint> {
        let request = stack.http().post(format!("{}/v1/webhook-endpoints", stack.public_url()));
        let request = request.bearer_auth(&acme.api_key).header("idempotency-key", "key-1").json(&good);
        bowline_tests::Answer::read(request.send().await?).await?.good()
    };
    let (first, second) = (once().await?, once().await?);
    assert_eq!((first.endpoint.id, first.secret), (second.endpoint.id, second.secret));
    for _ in 1..20 {
        add(&acme, good.clone()).await?;
    }
    let many = acme.call(Method::POST, "/v1/webhook-endpoints", Some(good)).await?;
    assert_eq!(many.refusal(), (409, "invalid_state".to_owned()));
    let page: Page<WebhookEndpoint> = acme.call(Method::GET, "/v1/webhook-endpoints", None).await?.good()?;
    assert_eq!(page.items.len(), 20);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_needs_the_permission_and_an_operator_the_role() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let new = add(&acme, json!({ "url": "https://hooks.acme.example/" })).await?;
    let others: Vec<_> = Permission::ALL.iter().copied().filter(|one| *one != Permission::Webhooks).collect();
    let poor = acme.permitted(&stack, &others).await?;
    assert_eq!(
        call(&poor, Method::GET, new.endpoint.id, "", None).await?.refusal(),
        (403, "insufficient_scope".to_owned())
    );
    let mut olga = Operator::create(&stack, "olga", "operator").await?;
    olga.log_in().await?;
    let path = |rest: &str| format!("/admin/v1/tenants/acme/webhook-endpoints/{}{rest}", new.endpoint.id);
    let seen: WebhookEndpoint = olga.call(Method::GET, &path(""), None).await?.good()?;
    assert_eq!(seen, shown(&acme, new.endpoint.id).await?);
    assert_eq!(olga.call(Method::POST, &path("/test"), None).await?.status, 202);
    let log: Page<WebhookDelivery> = olga.call(Method::GET, &path("/deliveries"), None).await?.good()?;
    assert_eq!(log.items[0].kind, "endpoint.test");
    assert_eq!(olga.call(Method::POST, &path("/rotate-secret"), None).await?.status, 403);
    assert_eq!(olga.call(Method::DELETE, &path(""), None).await?.status, 403);
    Ok(())
}
