//! States that only a newer version knows: a fault of ours, never a wrong word about the account.

use anyhow::Result;
use bowline_tests::Operator;
use reqwest::Method;
use serde_json::{Value, json};

use crate::common::linked;

const UNKNOWN: &str = "unknown_state";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_in_a_state_of_tomorrow_is_a_fault_of_ours_everywhere() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let client = stack.database.superuser().await?;
    client
        .batch_execute(
            "ALTER TABLE accounts DROP CONSTRAINT accounts_status_known; UPDATE accounts SET status = 'hibernating'",
        )
        .await?;
    let id = account.id;
    for (method, path, body) in [
        (Method::POST, format!("/v1/accounts/{id}/token"), None),
        (Method::POST, format!("/v1/accounts/{id}/token"), Some(json!({ "scopes": ["account_info.read"] }))),
        (Method::POST, format!("/v1/accounts/{id}/token/refresh"), None),
        (Method::POST, format!("/v1/accounts/{id}/check"), None),
        (Method::POST, format!("/v1/users/{}/token", account.external_user_id), None),
        (Method::GET, format!("/v1/accounts/{id}"), None),
        (Method::GET, "/v1/accounts".to_owned(), None),
    ] {
        let answer = acme.call(method, &path, body).await?;
        assert_eq!(answer.refusal(), (503, UNKNOWN.to_owned()), "{path}");
        assert!(!answer.header("retry-after").is_empty(), "{path}");
    }
    let tokens: Value =
        acme.call(Method::POST, "/v1/tokens", Some(json!({ "account_ids": [id] }))).await?.good()?;
    assert_eq!(tokens["items"][0]["problem"]["code"], UNKNOWN);
    let mut admin = Operator::create(&stack, "ops-1", "operator").await?;
    admin.log_in().await?;
    for (method, path, body) in [
        (Method::GET, format!("/admin/v1/accounts/{id}"), None),
        (Method::POST, format!("/admin/v1/accounts/{id}/suspend"), Some(json!({ "reason": "a test" }))),
    ] {
        assert_eq!(admin.call(method, &path, body).await?.refusal(), (503, UNKNOWN.to_owned()), "{path}");
    }
    // Revoking is always possible, whatever the state.
    assert_eq!(acme.revoke(id).await?.status, 202);
    stack.wait_for_live_grants(0).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connector_in_a_state_of_tomorrow_is_not_used() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let client = stack.database.superuser().await?;
    client
        .batch_execute(
            "ALTER TABLE connectors DROP CONSTRAINT connectors_status_known; UPDATE connectors SET status = 'paused'",
        )
        .await?;
    crate::common::set_token_life(&stack, account.id, 0).await?;
    assert_eq!(acme.try_token(account.id).await?.refusal(), (503, UNKNOWN.to_owned()));
    let wanted = serde_json::to_value(acme.link_request("user-2"))?;
    let answer = acme.call(Method::POST, "/v1/link-sessions", Some(wanted)).await?;
    assert_eq!(answer.refusal(), (503, UNKNOWN.to_owned()));
    Ok(())
}
