//! What an account of OAuth 1 is bound to, and what stops its token, which never expires.

use anyhow::Result;
use bowline_api::status::{AccountStatus, Permission, Protocol};
use bowline_api::v1::{Account, OAuth1Token};
use bowline_tests::{Operator, Person, Stack, Tenant, oauth1_service, until};
use dropbox_sim::{FaultKind, FaultSpec, Operation};
use reqwest::Method;
use serde_json::json;

use super::oauth1::{DIALECTS, tenant};
use crate::common::out_of_order;

/// Adds a second connector to the tenant, of the same protocol and service.
async fn second_connector(stack: &Stack, acme: &Tenant, protocol: Protocol, app_key: &str) -> Result<String> {
    let file = stack.directory().join("second.json");
    std::fs::write(&file, serde_json::to_vec(&oauth1_service(protocol, &stack.dropbox.http_url()))?)?;
    let file = file.display().to_string();
    let mut add = vec!["connector", "add", "--tenant", &acme.slug, "--name", "Second", "--app-key", app_key];
    add.extend(["--app-secret-stdin", "--return-url", "https://photos.example/linked", "--json"]);
    add.extend(["--protocol", protocol.as_str(), "--oauth1-service", &file]);
    let added = stack.command(&add, Some("CANARY_second")).await?;
    let id: bowline_api::ConnectorId = added["id"].as_str().unwrap_or_default().parse()?;
    Ok(id.uuid().to_string())
}

async fn linked(stack: &Stack, protocol: Protocol) -> Result<(Tenant, Account)> {
    let acme = tenant(stack, protocol).await?;
    let account = Person::new(stack, "amara@example.com").links(stack, &acme, "user-1").await?;
    Ok((acme, account))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_is_used_for_no_other_connector_and_no_other_assurance() -> Result<()> {
    let stack = Stack::start().await?;
    let (acme, account) = linked(&stack, Protocol::OAuth1).await?;
    let other = second_connector(&stack, &acme, Protocol::OAuth1, "second-key").await?;
    let limited = acme.permitted(&stack, &[Permission::Sign]).await?;
    let path = |call: &str| format!("/v1/accounts/{}/{call}", account.id);
    let request = json!({ "method": "GET", "url": format!("{}/1/account/info", stack.dropbox.http_url()) });
    let client = stack.database.superuser().await?;
    let moved = format!("UPDATE accounts SET connector_id = '{other}'");
    let back = format!("UPDATE accounts SET connector_id = '{}'", acme.connector.uuid());
    let asked = stack.dropbox.calls().len();
    for (edit, undo) in [
        (moved.as_str(), back.as_str()),
        ("UPDATE accounts SET assurance = 'browser'", "UPDATE accounts SET assurance = 'confirmed'"),
    ] {
        client.batch_execute(edit).await?;
        let refused = (500, "integrity_error".to_owned());
        let signed = limited.call(Method::POST, &path("sign"), Some(request.clone())).await?;
        assert_eq!(signed.refusal(), refused, "{edit}");
        assert_eq!(acme.call(Method::POST, &path("check"), None).await?.refusal(), refused, "{edit}");
        assert_eq!(acme.try_token(account.id).await?.refusal(), refused, "{edit}");
        client.batch_execute(undo).await?;
        acme.try_token(account.id).await?.good::<OAuth1Token>()?;
    }
    // It can be ended here, and its token goes nowhere.
    client.batch_execute(&moved).await?;
    acme.revoke(account.id).await?;
    assert_eq!(acme.account(account.id).await?.status, AccountStatus::Revoked);
    assert_eq!(stack.dropbox.calls().len(), asked, "nothing was sent");
    let told =
        "SELECT count(*) FROM audit_events WHERE action IN ('account.integrity_error', 'account.grant_lost')";
    assert_eq!(stack.database.count(told).await?, 8);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_queued_token_is_sent_to_no_other_connector() -> Result<()> {
    let stack = Stack::start().await?;
    let (acme, account) = linked(&stack, Protocol::OAuth1).await?;
    let other = second_connector(&stack, &acme, Protocol::OAuth1, "second-key").await?;
    let down = stack.dropbox.set_fault(out_of_order(Operation::OAuth1Disable));
    acme.revoke(account.id).await?;
    let failed =
        "SELECT count(*) FROM revocations WHERE last_error = 'provider_error' OR last_error = 'rate_limited'";
    until("the first try", async || stack.database.count(failed).await.ok().filter(|failed| *failed == 1))
        .await?;
    let client = stack.database.superuser().await?;
    let at_once = "next_attempt_at = now(), claimed_by = NULL";
    client.batch_execute(&format!("UPDATE revocations SET connector_id = '{other}', {at_once}")).await?;
    let noted = "SELECT count(*) FROM audit_events WHERE action = 'revocation.integrity_error'
                 AND detail->>'sealed' = 'revocations.connector_id'";
    until("the alarm", async || stack.database.count(noted).await.ok().filter(|noted| *noted > 0)).await?;
    let second = |call: &dropbox_sim::Call| call.app_key.as_deref() == Some("second-key");
    assert!(!stack.dropbox.calls().iter().any(second), "nothing was sent in the other connector's name");
    stack.dropbox.clear_fault(down);
    let own = acme.connector.uuid();
    client.batch_execute(&format!("UPDATE revocations SET connector_id = '{own}', {at_once}")).await?;
    stack.wait_for_live_grants(0).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disabled_connector_and_a_removed_origin_stop_tokens_that_never_expire() -> Result<()> {
    let mut stack = Stack::start().await?;
    let (acme, account) = linked(&stack, Protocol::OAuth1a).await?;
    acme.try_token(account.id).await?.good::<OAuth1Token>()?;
    let mut operator = Operator::create(&stack, "ops-1", "admin").await?;
    operator.log_in().await?;
    let path = format!("/admin/v1/tenants/{}/connectors/{}", acme.slug, acme.connector);
    let body = json!({ "reason": "a leak at the service" });
    let disabled = operator.call(Method::POST, &format!("{path}/disable"), Some(body.clone())).await?;
    assert_eq!(disabled.status, 200, "{}", disabled.text());
    let refused = acme.try_token(account.id).await?.refusal();
    assert_eq!(refused.1, "connector_disabled");
    let many = json!({ "account_ids": [account.id] });
    let many = acme.call(Method::POST, "/v1/tokens", Some(many)).await?.json();
    assert_eq!(many["items"][0]["problem"]["code"], "connector_disabled");
    assert_eq!(operator.call(Method::POST, &format!("{path}/enable"), Some(body)).await?.status, 200);
    acme.try_token(account.id).await?.good::<OAuth1Token>()?;

    stack.server_mut(0).kill().await?;
    stack.server_mut(0).set_variable("BOWLINE_OAUTH1__ORIGINS", "[]");
    stack.server_mut(0).start().await?;
    let acme = acme.at(stack.public_url());
    let answer = acme.try_token(account.id).await?;
    assert_eq!(answer.refusal(), refused);
    assert!(answer.text().contains("no longer permit"), "{}", answer.text());
    let limited = acme.permitted(&stack, &[Permission::Sign]).await?;
    let request = json!({ "method": "GET", "url": format!("{}/account/verify_credentials.json", stack.dropbox.http_url()) });
    let signed =
        limited.call(Method::POST, &format!("/v1/accounts/{}/sign", account.id), Some(request)).await?;
    assert_eq!(signed.refusal(), refused);
    Ok(())
}

/// Services choose their accounts' ids by themselves: a freeze of one service's account says nothing of another's.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_freeze_applies_to_the_account_of_one_service() -> Result<()> {
    let stack = Stack::start().await?;
    let (acme, account) = linked(&stack, Protocol::OAuth1).await?;
    let other = second_connector(&stack, &acme, Protocol::OAuth1, "second-key").await?;
    let issuer = "UPDATE connectors SET issuer = 'https://other.example' WHERE app_key = 'second-key'";
    stack.database.execute(issuer, &[]).await?;
    // The same user has an account with the same id at the other service.
    let copied = format!(
        "INSERT INTO accounts (tenant_id, id, connector_id, external_user_id, provider_account_id, email, display_name, status, scopes,
             missing_scopes, assurance, generation, sealed_access_token, refreshed_at, linked_at, updated_at, protocol)
         SELECT tenant_id, '01900000-0000-7000-8000-000000000001', '{other}', external_user_id, provider_account_id, email,
             display_name, 'needs_reauth', scopes, missing_scopes, assurance, generation, sealed_access_token, refreshed_at, linked_at, updated_at, protocol FROM accounts"
    );
    stack.database.execute(&copied, &[]).await?;
    let twin: bowline_api::AccountId = uuid::Uuid::try_parse("01900000-0000-7000-8000-000000000001")?.into();
    let mut operator = Operator::create(&stack, "ops-1", "admin").await?;
    operator.log_in().await?;
    let body = json!({ "reason": "a stolen laptop" });
    let suspend = |id| format!("/admin/v1/accounts/{id}/suspend");
    assert_eq!(operator.call(Method::POST, &suspend(account.id), Some(body.clone())).await?.status, 200);
    assert_eq!(acme.account(account.id).await?.status, AccountStatus::Suspended);
    let detail = async |id| {
        anyhow::Ok(operator.call(Method::GET, &format!("/admin/v1/accounts/{id}"), None).await?.json())
    };
    assert_eq!(
        detail(account.id).await?["freeze"]["provider_account_id"],
        json!(account.provider_account_id)
    );
    assert!(detail(twin).await?["freeze"].is_null());

    // The other way round: lifting by the name that the list shows.
    let named = format!("https://other.example {}", account.provider_account_id);
    assert_eq!(operator.call(Method::POST, &suspend(twin), Some(body.clone())).await?.status, 200);
    assert_eq!(detail(twin).await?["freeze"]["provider_account_id"], json!(named));
    let path = format!("/admin/v1/tenants/{}/freezes/lift", acme.slug);
    let lift = json!({ "provider_account_id": named, "reason": "found again" });
    assert_eq!(operator.call(Method::POST, &path, Some(lift)).await?.status, 204);
    assert!(detail(twin).await?["freeze"].is_null());
    assert_eq!(acme.account(account.id).await?.status, AccountStatus::Suspended, "the other freeze stays");
    Ok(())
}

fn go_away(operation: Operation) -> FaultSpec {
    let refusal = FaultKind::Status {
        status: 401,
        body: Some("Go away.".to_owned()),
        content_type: Some("text/plain".to_owned()),
        retry_after: None,
    };
    FaultSpec::new(refusal).on(operation)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_app_is_the_connectors_fault_and_a_refused_token_may_be_accepted_again() -> Result<()> {
    let stack = Stack::start().await?;
    for protocol in DIALECTS {
        let (acme, account) = linked(&stack, protocol).await?;
        let check =
            async || acme.call(Method::POST, &format!("/v1/accounts/{}/check", account.id), None).await;
        // Words that nobody knows, and the app is refused as well.
        for operation in [Operation::OAuth1Account, Operation::OAuth1RequestToken] {
            stack.dropbox.set_fault(go_away(operation));
        }
        assert_eq!(check().await?.refusal().1, "connector_broken");
        assert_eq!(acme.account(account.id).await?.status, AccountStatus::Active);
        let broken = "SELECT count(*) FROM connectors WHERE status = 'broken'";
        assert_eq!(stack.database.count(broken).await?, 1);
        stack.dropbox.clear_faults();
        assert_eq!(check().await?.json()["alive"], true);
        assert_eq!(stack.database.count(broken).await?, 0, "it works again");

        // The same words, and the app is accepted: the token is refused, until the service changes its mind.
        stack.dropbox.set_fault(go_away(Operation::OAuth1Account));
        for _ in 0..2 {
            let refused = check().await?.json();
            assert_eq!((&refused["alive"], &refused["status"]), (&json!(false), &json!("needs_reauth")));
        }
        stack.dropbox.clear_faults();
        stack.dropbox.set_fault(out_of_order(Operation::OAuth1Account).times(1));
        assert_eq!(check().await?.status, 503);
        assert_eq!(acme.account(account.id).await?.status, AccountStatus::NeedsReauth, "nothing was learnt");
        let accepted = check().await?.json();
        assert_eq!((&accepted["alive"], &accepted["status"]), (&json!(true), &json!("active")));
        acme.try_token(account.id).await?.good::<OAuth1Token>()?;
    }
    let recovered = "SELECT count(*) FROM audit_events WHERE action = 'account.recovered'";
    assert_eq!(stack.database.count(recovered).await?, 2);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_that_is_refused_at_the_beginning_breaks_its_connector_until_it_is_accepted() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = tenant(&stack, Protocol::OAuth1a).await?;
    let link = acme.begin_link("user-1").await?;
    let mut amara = Person::new(&stack, "amara@example.com");
    let fault = stack.dropbox.set_fault(go_away(Operation::OAuth1RequestToken));
    let page = amara.press_continue(&link.url).await?;
    assert!(page.status >= 400, "{}", page.text());
    let broken = "SELECT count(*) FROM connectors WHERE status = 'broken'";
    assert_eq!(stack.database.count(broken).await?, 1);
    stack.dropbox.clear_fault(fault);
    let returned = amara.approves(&stack, &link).await?;
    assert_eq!(acme.complete(&link, &returned).await?.status, AccountStatus::Active);
    assert_eq!(stack.database.count(broken).await?, 0);
    Ok(())
}

/// The service of OAuth 1.0a does not name the account with the token, so it is asked.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_question_for_the_account_is_asked_again() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = tenant(&stack, Protocol::OAuth1a).await?;
    let link = acme.begin_link("user-1").await?;
    let returned = Person::new(&stack, "amara@example.com").approves(&stack, &link).await?;
    stack.dropbox.set_fault(out_of_order(Operation::OAuth1Account).times(2));
    for _ in 0..2 {
        assert_eq!(acme.try_complete(&link, &returned).await?.status, 503);
    }
    let account = acme.complete(&link, &returned).await?;
    assert_eq!(account.email, "amara@example.com");
    assert_eq!(stack.dropbox.count(Operation::OAuth1AccessToken), 1, "the approval was sent once");
    acme.try_token(account.id).await?.good::<OAuth1Token>()?;
    Ok(())
}
