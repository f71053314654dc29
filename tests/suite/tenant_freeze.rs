//! The kill switch: an operator freezes a whole tenant.

use anyhow::{Context as _, Result};
use bowline_api::status::Permission;
use bowline_tests::{Link, Operator, Person, Stack, Tenant};
use dropbox_sim::{FaultKind, FaultSpec, Operation};
use reqwest::Method;
use serde_json::{Value, json};

use crate::common::{a_call_is_held, linked, linked_on, newcomer, set_token_life};

const OFF: &str = "Linking is switched off for now";

fn frozen() -> (u16, String) {
    (403, "tenant_frozen".to_owned())
}

async fn admin(stack: &Stack) -> Result<Operator> {
    let mut root = Operator::create(stack, "root", "admin").await?;
    root.log_in().await?;
    Ok(root)
}

async fn switch(root: &Operator, tenant: &str, verb: &str, reason: &str) -> Result<Value> {
    let body = json!({ "reason": reason });
    root.call(Method::POST, &format!("/admin/v1/tenants/{tenant}/{verb}"), Some(body)).await?.good()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frozen_tenant_gets_nothing_on_any_replica_until_it_is_thawed_and_another_does_not_notice()
-> Result<()> {
    let (stack, acme, account) = linked_on(Stack::builder().replicas(2).start().await?).await?;
    let globex = Tenant::create(&stack, "globex").await?;
    let other = Person::new(&stack, "jonas@example.com").links(&stack, &globex, "user-1").await?;
    let there = acme.at(stack.server(1).public_url());
    for caller in [&acme, &there] {
        caller.token(account.id).await?;
    }
    let revoked = acme.permitted(&stack, &[Permission::Token]).await?;
    stack.database.execute("UPDATE api_keys SET revoked_at = now() WHERE name = 'permitted'", &[]).await?;
    let root = admin(&stack).await?;
    let seen = stack.dropbox.calls().len();
    let now = switch(&root, "acme", "freeze", "its back end is taken over").await?;
    assert_eq!(now["frozen"]["reason"], "its back end is taken over", "{now}");
    assert_eq!(now["frozen"]["by"], "root", "{now}");
    assert_eq!(switch(&root, "acme", "freeze", "once more").await?, now, "nothing changes");

    // A key that is added now is frozen as well, and one that was revoked before is told nothing.
    let late = acme.permitted(&stack, &[Permission::Token, Permission::Link]).await?;
    set_token_life(&stack, account.id, 0).await?;
    let mut wanted = serde_json::to_value(acme.link_request("user-5"))?;
    wanted["completion_challenge"] = json!("A".repeat(43));
    let token = format!("/v1/accounts/{}/token", account.id);
    for caller in [&acme, &there, &late, &late.at(there.base())] {
        for (method, path, body) in [
            (Method::POST, token.as_str(), None),
            (Method::POST, &format!("{token}/refresh"), None),
            (Method::POST, &token, Some(json!({ "scopes": ["account_info.read"] }))),
            (Method::POST, "/v1/users/user-1/token", None),
            (Method::POST, "/v1/tokens", Some(json!({ "account_ids": [account.id] }))),
            (Method::POST, "/v1/link-sessions", Some(wanted.clone())),
        ] {
            let answer = caller.call(method, path, body).await?;
            assert_eq!(answer.refusal(), frozen(), "{path} at {}", caller.base());
            assert!(!answer.text().contains("taken over"), "the reason is not the tenant's business");
        }
    }
    for caller in [&acme, &there] {
        assert_eq!(caller.call(Method::GET, "/v1/accounts", None).await?.refusal(), frozen());
        let unknown = revoked.at(caller.base()).try_token(account.id).await?;
        assert_eq!(unknown.refusal(), (401, "unauthenticated".to_owned()));
    }
    assert_eq!(stack.dropbox.calls().len(), seen, "nothing is refreshed");
    for caller in [&globex, &globex.at(there.base())] {
        caller.token(other.id).await?;
    }
    let listed: Value = root.call(Method::GET, "/admin/v1/tenants", None).await?.good()?;
    let states: Vec<bool> =
        listed["items"].as_array().context("a list")?.iter().map(|row| row["frozen"].is_object()).collect();
    assert_eq!(states, [true, false], "{listed}");

    let now = switch(&root, "acme", "thaw", "the keys are new").await?;
    assert!(now["frozen"].is_null(), "{now}");
    for caller in [&acme, &there, &late] {
        caller.token(account.id).await?;
    }
    let log: Value = root.call(Method::GET, "/admin/v1/audit?tenant=acme", None).await?.good()?;
    let told: Vec<(&str, &str)> = log["items"]
        .as_array()
        .context("a list")?
        .iter()
        .filter_map(|item| Some((item["action"].as_str()?, item["detail"]["reason"].as_str()?)))
        .filter(|(action, _)| action.starts_with("tenant."))
        .collect();
    assert_eq!(
        told,
        [("tenant.thawed", "the keys are new"), ("tenant.frozen", "its back end is taken over")],
        "one event each"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn links_in_flight_wait_or_end_while_their_tenant_is_frozen() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let root = admin(&stack).await?;
    let begun = acme.begin_link("user-3").await?;
    let approving = acme.begin_link("user-4").await?;
    let mut jonas = Person::new(&stack, "jonas@example.com");
    let authorize_url = jonas.go_to_dropbox(&approving).await?;
    let callback = jonas.approve(&stack, &authorize_url)?;
    let completing = acme.begin_link("user-5").await?;
    let returned = newcomer(&stack, "mei").approves(&stack, &completing).await?;
    let challenge = Link::challenge(&Link::new_verifier());
    let wanted = json!({ "external_user_id": "user-1", "return_url": acme.return_url, "completion_challenge": challenge });
    let visit = acme.call(Method::POST, "/v1/manage-sessions", Some(wanted)).await?.json();
    let manage = visit["url"].as_str().context("a manage session has a URL")?.to_owned();

    // The last moment of a completion: the code is being exchanged when the tenant is frozen.
    stack.dropbox.set_fault(FaultSpec::new(FaultKind::Pause).on(Operation::TokenExchange).times(1));
    let caller = acme.clone();
    let completion = tokio::spawn(async move { caller.try_complete(&completing, &returned).await });
    a_call_is_held(&stack).await;
    switch(&root, "acme", "freeze", "incident 4711").await?;
    stack.dropbox.clear_faults();
    let late = completion.await??;
    assert_eq!(late.refusal(), (409, "link_failed".to_owned()));
    assert_eq!(late.json()["reason"], "tenant_frozen");
    // The account of before has the one grant that is left.
    stack.wait_for_live_grants(1).await?;

    let page = newcomer(&stack, "lin").visit(&begun.url).await?;
    assert!(page.status == 403 && page.text().contains(OFF), "{} {}", page.status, page.text());
    // Users still see, and can end, what they have linked.
    assert_eq!(newcomer(&stack, "lin").visit(&manage).await?.status, 200);
    let pressed = newcomer(&stack, "lin").press_continue(&begun.url).await?;
    assert!(pressed.status >= 400, "{}", pressed.text());
    let page = jonas.visit(&callback).await?;
    assert!(page.status == 403 && page.text().contains(OFF), "{} {}", page.status, page.text());
    assert_eq!(stack.database.count("SELECT count(*) FROM accounts").await?, 1);

    switch(&root, "acme", "thaw", "it is over").await?;
    // The answer of Dropbox was not consumed.
    let returned = jonas.come_back(&callback).await?;
    acme.complete(&approving, &returned).await?;
    assert_eq!(newcomer(&stack, "lin").visit(&manage).await?.status, 200);
    acme.token(account.id).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_line_freezes_only_the_tenant_that_is_named_twice() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let root = admin(&stack).await?;
    root.bowline_login().await?;
    let freeze = ["tenants", "freeze", "acme", "--reason", "incident 4711"];
    for confirm in [&[][..], &["--confirm", "globex"]] {
        assert_eq!(root.try_bowline(&[&freeze[..], confirm].concat(), "").await?.status.code(), Some(9));
    }
    acme.token(account.id).await?;
    let now = root.bowline(&[&freeze[..], &["--confirm", "acme", "--json"]].concat()).await?;
    assert_eq!(now["frozen"]["reason"], "incident 4711", "{now}");
    assert_eq!(acme.try_token(account.id).await?.refusal(), frozen());
    let listed = root.try_bowline(&["tenants", "list"], "").await?;
    assert!(String::from_utf8(listed.stdout)?.contains("by root: incident 4711"));
    root.bowline(&["tenants", "thaw", "acme", "--reason", "it is over", "--json"]).await?;
    acme.token(account.id).await?;
    let mut olga = Operator::create(&stack, "olga", "operator").await?;
    olga.log_in().await?;
    let body = json!({ "reason": "incident 4711" });
    let refused = olga.call(Method::POST, "/admin/v1/tenants/acme/freeze", Some(body)).await?;
    assert_eq!(refused.refusal(), (403, "insufficient_scope".to_owned()));
    Ok(())
}
