//! States that only a newer version knows cause a server error, never a wrong statement about the account.

use anyhow::Result;
use bowline_tests::{Operator, Person, Returned, Stack, Tenant, until};
use reqwest::Method;
use serde_json::{Value, json};

use crate::common::{linked, newcomer};

const UNKNOWN: &str = "unknown_state";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_in_an_unknown_state_is_a_503_everywhere() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let other = newcomer(&stack, "other").links(&stack, &acme, "user-2").await?;
    let client = stack.database.superuser().await?;
    let id = account.id;
    client
        .batch_execute(&format!(
            "ALTER TABLE accounts DROP CONSTRAINT accounts_status_known;
             UPDATE accounts SET status = 'hibernating' WHERE id = '{}'",
            id.uuid()
        ))
        .await?;
    for (method, path, body) in [
        (Method::POST, format!("/v1/accounts/{id}/token"), None),
        (Method::POST, format!("/v1/accounts/{id}/token"), Some(json!({ "scopes": ["account_info.read"] }))),
        (Method::POST, format!("/v1/accounts/{id}/token/refresh"), None),
        (Method::POST, format!("/v1/accounts/{id}/check"), None),
        (Method::POST, format!("/v1/users/{}/token", account.external_user_id), None),
        (Method::GET, format!("/v1/accounts/{id}"), None),
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
    // In a list, only the account's own row is missing, and the list names its id.
    for list in [
        acme.call(Method::GET, "/v1/accounts", None).await?,
        admin.call(Method::GET, "/admin/v1/accounts", None).await?,
    ] {
        let page: Value = list.good()?;
        assert_eq!(page["unknown_state"], json!([id]));
        assert_eq!(page["items"].as_array().map(Vec::len), Some(1), "{page}");
        assert_eq!(page["items"][0]["id"], json!(other.id));
    }
    admin.bowline_login().await?;
    let listed = admin.try_bowline(&["accounts", "list"], "").await?;
    let rows = String::from_utf8_lossy(&listed.stdout);
    assert!(rows.contains(&other.id.to_string()), "{rows}");
    let remarks = String::from_utf8_lossy(&listed.stderr);
    assert!(remarks.contains(&format!("in a state that only a newer server knows: {id}")), "{remarks}");
    // Revoking is always possible, whatever the state.
    assert_eq!(acme.revoke(id).await?.status, 202);
    stack.wait_for_live_grants(1).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_leave_out_connectors_and_operators_in_unknown_states() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let mut admin = Operator::create(&stack, "root", "admin").await?;
    admin.log_in().await?;
    let mut auditor = Operator::create(&stack, "vera", "viewer").await?;
    let client = stack.database.superuser().await?;
    client
        .batch_execute(
            "ALTER TABLE operators DROP CONSTRAINT operators_role_known;
             UPDATE operators SET role = 'auditor' WHERE name = 'vera';
             ALTER TABLE connectors DROP CONSTRAINT connectors_completion_known;
             UPDATE connectors SET completion = 'phone'",
        )
        .await?;
    let page: Value = admin.call(Method::GET, "/admin/v1/operators", None).await?.good()?;
    assert_eq!(page["items"].as_array().map(Vec::len), Some(1), "{page}");
    assert_eq!(page["items"][0]["name"], "root");
    assert_eq!(page["unknown_state"].as_array().map(Vec::len), Some(1), "{page}");
    assert!(auditor.log_in().await.is_err_and(|refused| refused.to_string().contains(UNKNOWN)));
    let path = "/admin/v1/tenants/acme/connectors";
    let page: Value = admin.call(Method::GET, path, None).await?.good()?;
    assert_eq!((&page["items"], &page["unknown_state"]), (&json!([]), &json!([account.connector_id])));
    let wanted = serde_json::to_value(acme.link_request("user-2"))?;
    let answer = acme.call(Method::POST, "/v1/link-sessions", Some(wanted)).await?;
    assert_eq!(answer.refusal(), (503, UNKNOWN.to_owned()));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connector_in_an_unknown_state_is_not_used() -> Result<()> {
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

/// Nothing that belongs to another provider is sent to Dropbox: no secret, code, token or user.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connector_of_an_unknown_provider_is_not_treated_as_dropbox() -> Result<()> {
    for (column, tomorrow, today) in [("provider", "box", "dropbox"), ("protocol", "oauth3", "oauth2")] {
        let (stack, acme, account) = linked().await?;
        let client = stack.database.superuser().await?;
        let link = acme.begin_link("user-2").await?;
        let returning = acme.begin_link("user-3").await?;
        let returned = Person::new(&stack, "jonas@example.com").approves(&stack, &returning).await?;
        client
            .batch_execute(&format!("ALTER TABLE connectors DROP CONSTRAINT connectors_{column}_known"))
            .await?;
        let set = |value| format!("UPDATE connectors SET {column} = '{value}'");
        client.batch_execute(&set(tomorrow)).await?;
        let seen = stack.dropbox.calls().len();
        let mut wanted = serde_json::to_value(acme.link_request("user-4"))?;
        wanted["completion_challenge"] = json!("A".repeat(43));
        let answer = acme.call(Method::POST, "/v1/link-sessions", Some(wanted)).await?;
        assert_eq!(answer.refusal(), (503, UNKNOWN.to_owned()), "{column}");
        assert_eq!(Person::new(&stack, "mei@example.org").visit(&link.url).await?.status, 503, "{column}");
        assert_eq!(acme.try_complete(&returning, &returned).await?.refusal(), (503, UNKNOWN.to_owned()));
        for path in ["check", "token/refresh"] {
            let answer =
                acme.call(Method::POST, &format!("/v1/accounts/{}/{path}", account.id), None).await?;
            assert_eq!(answer.refusal(), (503, UNKNOWN.to_owned()), "{column} {path}");
        }
        // The revocation waits for a version that knows the provider.
        assert_eq!(acme.revoke(account.id).await?.status, 202);
        until("a worker has looked at it", async || {
            let looked = stack.database.count("SELECT count(*) FROM revocations WHERE attempts > 0").await;
            looked.is_ok_and(|looked| looked == 1).then_some(())
        })
        .await?;
        assert_eq!(stack.dropbox.calls().len(), seen, "{column}");
        client
            .batch_execute(&format!("{}; UPDATE revocations SET next_attempt_at = now()", set(today)))
            .await?;
        acme.complete(&returning, &returned).await?;
        stack.wait_for_live_grants(1).await?;
    }
    Ok(())
}

/// The pages, the callback and the tenant's call about a session in an unknown state all return the same error.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_session_in_an_unknown_state_is_a_503_everywhere() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let link = acme.begin_link("user-1").await?;
    let mut amara = Person::new(&stack, "amara@example.com");
    let authorize_url = amara.go_to_dropbox(&link).await?;
    let callback = amara.approve(&stack, &authorize_url)?;
    let returned = Returned { url: callback.parse()?, link_code: "bwl_lc_unused".to_owned(), error: None };
    let client = stack.database.superuser().await?;
    client
        .batch_execute(
            "ALTER TABLE link_sessions DROP CONSTRAINT link_sessions_status_known, DROP CONSTRAINT link_sessions_nothing_left;
             UPDATE link_sessions SET status = 'paused'",
        )
        .await?;
    for page in [amara.visit(&link.url).await?, amara.visit(&callback).await?] {
        assert_eq!(page.status, 503, "{}", page.text());
        assert!(page.text().contains("Please try again in a moment"), "{}", page.text());
    }
    let path = format!("/v1/link-sessions/{}", link.id);
    assert_eq!(acme.call(Method::GET, &path, None).await?.refusal(), (503, UNKNOWN.to_owned()));
    assert_eq!(acme.try_complete(&link, &returned).await?.refusal(), (503, UNKNOWN.to_owned()));
    Ok(())
}
