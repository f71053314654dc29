//! An operator's freeze applies to a Dropbox account within a tenant. Nothing that the tenant or its users do ends it.

use anyhow::{Context as _, Result};
use bowline_api::status::AccountStatus::{Active, Revoked, Suspended};
use bowline_api::v1::CreateLinkSession;
use bowline_api::{AccountId, ConnectorId};
use bowline_tests::{Answer, Operator, Person, Stack, Tenant, until};
use dropbox_sim::{AppConfig, FaultKind, FaultSpec, Operation};
use reqwest::Method;
use serde_json::{Value, json};

use crate::common::{linked, set_token_life};

async fn operator(stack: &Stack) -> Result<Operator> {
    let mut olga = Operator::create(stack, "olga", "operator").await?;
    olga.log_in().await?;
    Ok(olga)
}

async fn act(olga: &Operator, account: AccountId, act: &str) -> Result<Answer> {
    let body = json!({ "reason": "ticket 4711" });
    olga.call(Method::POST, &format!("/admin/v1/accounts/{account}/{act}"), Some(body)).await
}

async fn freezes(olga: &Operator) -> Result<Vec<Value>> {
    let page: Value = olga.call(Method::GET, "/admin/v1/freezes", None).await?.good()?;
    Ok(page["items"].as_array().context("the page has no items")?.clone())
}

/// The refusal for a suspended account.
fn suspended() -> (u16, String) {
    (403, "account_suspended".to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn revoking_and_linking_again_does_not_end_a_freeze() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let olga = operator(&stack).await?;
    act(&olga, account.id, "suspend").await?.good::<Value>()?;
    assert_eq!(acme.revoke(account.id).await?.status, 202);
    let mut amara = Person::new(&stack, "amara@example.com");
    let again = amara.links(&stack, &acme, "user-1").await?;
    assert_eq!((again.id, again.status), (account.id, Suspended.into()));
    assert_eq!(again.status_reason.as_deref(), Some("suspended_by_operator"));
    assert_eq!(acme.try_token(account.id).await?.refusal(), suspended());
    // The freeze also outlasts a revocation that is complete at Dropbox.
    acme.revoke(account.id).await?;
    until("the account to be revoked", async || {
        acme.account(account.id).await.ok().filter(|account| account.status == Revoked)
    })
    .await?;
    assert_eq!(amara.links(&stack, &acme, "user-1").await?.status, Suspended);
    act(&olga, account.id, "resume").await?.good::<Value>()?;
    acme.token(account.id).await?;
    Ok(())
}

/// Another connector of a tenant.
async fn second_connector(stack: &Stack, acme: &Tenant) -> Result<ConnectorId> {
    let add = ["connector", "add", "--tenant", &acme.slug, "--name", "Second", "--app-key", "second-key"];
    let urls = ["--app-secret-stdin", "--return-url", &acme.return_url, "--json"];
    let scopes = ["--scope", "account_info.read", "--scope", "files.metadata.read"];
    let added = stack.command(&[&add[..], &urls, &scopes].concat(), Some("second-secret")).await?;
    let callback = added["callback_url"].as_str().context("the connector has no callback")?;
    let scopes = ["account_info.read", "files.metadata.read"].map(str::to_owned);
    stack.dropbox.put_app(
        AppConfig::new("second-key", "second-secret").redirect_uri(callback).scopes(scopes.to_vec()),
    );
    Ok(added["id"].as_str().context("the connector has no id")?.parse()?)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_freeze_applies_to_all_users_and_connectors_of_the_tenant_and_to_no_other() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let olga = operator(&stack).await?;
    let mut amara = Person::new(&stack, "amara@example.com");
    let before = amara.links(&stack, &acme, "user-2").await?;
    let jonas = Person::new(&stack, "jonas@example.com").links(&stack, &acme, "user-1").await?;
    act(&olga, account.id, "suspend").await?.good::<Value>()?;
    // Accounts that were linked earlier under another name, and later under another name or through another connector.
    assert_eq!(acme.try_token(before.id).await?.refusal(), suspended());
    assert_eq!(amara.links(&stack, &acme, "user-3").await?.status, Suspended);
    let connector = second_connector(&stack, &acme).await?;
    let wanted = CreateLinkSession { connector: Some(connector), ..acme.link_request("user-4") };
    let link = acme.begin(wanted).await?;
    let returned = amara.approves(&stack, &link).await?;
    let through_second = acme.complete(&link, &returned).await?;
    assert_eq!(through_second.status, Suspended);
    assert_eq!(acme.try_token(through_second.id).await?.refusal(), suspended());
    // Another Dropbox account and another tenant are not affected.
    acme.token(jonas.id).await?;
    let other = Tenant::create(&stack, "other").await?;
    assert_eq!(amara.links(&stack, &other, "user-1").await?.status, Active);
    // Lifting the freeze through one of them lifts it for all.
    act(&olga, through_second.id, "resume").await?.good::<Value>()?;
    for id in [account.id, before.id, through_second.id] {
        acme.token(id).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_freeze_that_is_placed_while_a_link_is_under_way_holds() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let olga = operator(&stack).await?;
    let mut amara = Person::new(&stack, "amara@example.com");
    let link = acme.begin_link("user-2").await?;
    let returned = amara.approves(&stack, &link).await?;
    act(&olga, account.id, "suspend").await?.good::<Value>()?;
    assert_eq!(acme.complete(&link, &returned).await?.status, Suspended);
    act(&olga, account.id, "resume").await?.good::<Value>()?;
    // Simultaneous calls, in either order.
    let mut links = Vec::new();
    for n in 0..6 {
        let link = acme.begin_link(&format!("racer-{n}")).await?;
        let returned = amara.approves(&stack, &link).await?;
        links.push((link, returned));
    }
    let calls = links.iter().map(|(link, returned)| acme.complete(link, returned));
    let (completed, placed) =
        tokio::join!(futures_util::future::try_join_all(calls), act(&olga, account.id, "suspend"));
    placed?.good::<Value>()?;
    assert_eq!(completed?.len(), 6);
    for account in acme.accounts().await? {
        assert_eq!(account.status, Suspended, "{}", account.external_user_id);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_freeze_whose_account_is_revoked_is_seen_and_lifted() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let olga = operator(&stack).await?;
    act(&olga, account.id, "suspend").await?.good::<Value>()?;
    acme.revoke(account.id).await?;
    let listed = freezes(&olga).await?;
    assert_eq!(listed.len(), 1);
    let (id, by) = (&listed[0]["account_id"], &listed[0]["placed_by"]);
    assert_eq!((id, by), (&json!(account.id.to_string()), &json!("olga")));
    olga.bowline_login().await?;
    let id = account.id.to_string();
    let shown = olga.bowline(&["accounts", "show", &id, "--json"]).await?;
    assert_eq!(shown["freeze"]["reason"], "ticket 4711");
    let resume = ["accounts", "resume", &id, "--reason", "cleared", "--yes", "--json"];
    let resumed = olga.bowline(&resume).await?;
    assert!(resumed.get("freeze").is_none() && resumed["status"] != "active", "{resumed}");
    assert!(freezes(&olga).await?.is_empty());
    let again = Person::new(&stack, "amara@example.com").links(&stack, &acme, "user-1").await?;
    assert_eq!(again.status, Active);
    // Lifts the freeze by the provider's account id, without an account of ours.
    olga.bowline(&["accounts", "suspend", &id, "--reason", "again", "--yes", "--json"]).await?;
    let listed = olga.bowline(&["freezes", "list", "--tenant", "acme", "--json"]).await?;
    let dropbox =
        listed["items"][0]["provider_account_id"].as_str().context("no account is frozen")?.to_owned();
    let lift = ["freezes", "lift", "--tenant", "acme", "--provider-account", &dropbox];
    olga.bowline(&[&lift[..], &["--reason", "cleared", "--json"]].concat()).await?;
    acme.token(account.id).await?;
    let told = "SELECT count(*) FROM audit_events WHERE action = 'account.resumed' AND detail->>'reason' = 'cleared'";
    assert_eq!(stack.database.count(told).await?, 2);
    // No account is frozen now.
    acme.revoke(account.id).await?;
    assert_eq!(act(&olga, account.id, "resume").await?.refusal(), (409, "invalid_state".to_owned()));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_that_recovers_from_needs_reauth_is_still_frozen() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let olga = operator(&stack).await?;
    let dead = FaultKind::Status {
        status: 400,
        body: Some(r#"{"error":"invalid_grant"}"#.to_owned()),
        content_type: None,
        retry_after: None,
    };
    set_token_life(&stack, account.id, 0).await?;
    let fault = stack.dropbox.set_fault(FaultSpec::new(dead).on(Operation::TokenRefresh));
    assert_eq!(acme.try_token(account.id).await?.refusal(), (409, "needs_reauth".to_owned()));
    stack.dropbox.clear_fault(fault);
    let placed: Value = act(&olga, account.id, "suspend").await?.good()?;
    assert_eq!(
        (&placed["status"], &placed["freeze"]["reason"]),
        (&json!("needs_reauth"), &json!("ticket 4711"))
    );
    stack.database.execute("UPDATE refresh_leases SET cool_down_until = NULL", &[]).await?;
    let check = format!("/v1/accounts/{}/check", account.id);
    assert_eq!(acme.call(Method::POST, &check, None).await?.refusal(), suspended());
    assert_eq!(acme.try_token(account.id).await?.refusal(), suspended());
    act(&olga, account.id, "resume").await?.good::<Value>()?;
    acme.token(account.id).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_freeze_applies_to_what_the_account_has_become_meanwhile() -> Result<()> {
    let (stack, _acme, account) = linked().await?;
    let olga = operator(&stack).await?;
    for (call, status) in [("suspend", "suspended"), ("resume", "active")] {
        let mut client = stack.database.superuser().await?;
        let moving = client.transaction().await?;
        let change = format!("UPDATE accounts SET provider_account_id = 'dbid:after-{call}'");
        moving.batch_execute(&change).await?;
        // The call has read the account as it was before, and waits for its row.
        let moves = async {
            until("the call to wait", async || {
                let waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
                (stack.database.count(waiting).await.ok()? >= 1).then_some(())
            })
            .await?;
            Ok(moving.commit().await?)
        };
        let (answer, ()) = futures_util::future::try_join(act(&olga, account.id, call), moves).await?;
        assert_eq!(answer.good::<Value>()?["status"], status, "{call}");
    }
    Ok(())
}
