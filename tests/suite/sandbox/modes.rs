//! Test keys and live keys: neither sees what belongs to the other.

use anyhow::{Context as _, Result};
use bowline_api::Page;
use bowline_api::v1::Account;
use bowline_tests::{Operator, Person, Stack, Tenant, TenantOptions};
use reqwest::Method;
use serde_json::{Value, json};

use super::{links, put, sandbox, sandbox_of};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_key_sees_the_other_mode() -> Result<()> {
    let (stack, test) = sandbox().await?;
    let live = Tenant::create(&stack, "acme").await?;
    assert!(test.api_key.starts_with("bwl_test_"), "a sandbox has test keys");
    assert!(live.api_key.starts_with("bwl_sk_"), "no other tenant has");
    let fake = links(&test, "user-1", "amara@example.com").await?;
    let real = Person::new(&stack, "amara@example.com").links(&stack, &live, "user-1").await?;
    assert!(fake.sandbox && !real.sandbox);
    assert_eq!(fake.provider_account_id, real.provider_account_id, "the same person at both");
    for (tenant, own, other) in [(&test, &fake, &real), (&live, &real, &fake)] {
        let page: Page<Account> = tenant.call(Method::GET, "/v1/accounts", None).await?.good()?;
        let ids: Vec<_> = page.items.iter().map(|account| account.id).collect();
        assert_eq!(ids, [own.id]);
        assert_eq!(page.items[0].sandbox, own.sandbox);
        for (method, path) in [
            (Method::GET, format!("/v1/accounts/{}", other.id)),
            (Method::POST, format!("/v1/accounts/{}/token", other.id)),
            (Method::POST, format!("/v1/accounts/{}/check", other.id)),
            (Method::DELETE, format!("/v1/accounts/{}", other.id)),
        ] {
            let refused = tenant.call(method, &path, None).await?;
            assert_eq!(refused.refusal(), (404, "not_found".to_owned()), "{path}");
        }
    }
    // A key that says that it is of the other kind is none.
    for (tenant, from, to) in [(&test, "bwl_test_", "bwl_sk_"), (&live, "bwl_sk_", "bwl_test_")] {
        let forged = tenant.with_key(tenant.api_key.replace(from, to));
        assert_eq!(forged.call(Method::GET, "/v1/accounts", None).await?.refusal().0, 401);
    }
    let sim = stack.sandbox.as_ref().context("no simulator")?;
    assert!(sim.calls().iter().all(|call| call.app_key.as_deref() == Some(&*test.app_key)));
    assert!(stack.dropbox.calls().iter().all(|call| call.app_key.as_deref() == Some(&*live.app_key)));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_calls_of_sandboxes_do_not_exist_for_live_keys() -> Result<()> {
    let (stack, test) = sandbox().await?;
    let live = Tenant::create(&stack, "acme").await?;
    let account = Person::new(&stack, "amara@example.com").links(&stack, &live, "user-1").await?;
    let link = live.begin_link("user-1").await?;
    let calls = [
        (Method::PUT, format!("/v1/sandbox/accounts/{}/state", account.id), json!({ "state": "dead_grant" })),
        (Method::POST, format!("/v1/sandbox/link-sessions/{}/approve", link.id), json!({})),
        (
            Method::POST,
            "/v1/sandbox/events".to_owned(),
            json!({ "type": "account.linked", "subject": account.id }),
        ),
    ];
    // Another sandbox is another tenant.
    let other = sandbox_of(&stack, "globex-sandbox").await?;
    let fake = links(&test, "user-1", "amara@example.com").await?;
    for (method, path, body) in calls {
        for tenant in [&live, &other] {
            let refused = tenant.call(method.clone(), &path, Some(body.clone())).await?;
            assert_eq!(refused.refusal(), (404, "not_found".to_owned()), "{path}");
        }
    }
    assert_eq!(live.link_status(&link).await?.0, "created");
    live.token(account.id).await?;
    let path = format!("/v1/sandbox/accounts/{}/state", fake.id);
    let refused = other.call(Method::PUT, &path, Some(json!({ "state": "dead_grant" }))).await?;
    assert_eq!(refused.refusal(), (404, "not_found".to_owned()));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn operators_and_users_are_told_that_it_is_a_sandbox() -> Result<()> {
    let (stack, test) = sandbox().await?;
    let account = links(&test, "user-1", "amara@example.com").await?;
    put(&test, &account, "healthy").await?;
    let mut olga = Operator::create(&stack, "olga", "admin").await?;
    olga.log_in().await?;
    let get = async |path: &str| olga.call(Method::GET, path, None).await?.good::<Value>();
    assert_eq!(get("/admin/v1/tenants").await?["items"][0]["sandbox"], true);
    assert_eq!(
        get(&format!("/admin/v1/tenants/{}/connectors", test.slug)).await?["items"][0]["sandbox"],
        true
    );
    assert_eq!(get(&format!("/admin/v1/accounts/{}", account.id)).await?["sandbox"], true);
    let link = test.begin_link("user-2").await?;
    let page = stack.http().get(&link.url).send().await?.text().await?;
    assert!(page.contains("id=\"sandbox\"") && page.contains("nothing here reaches Dropbox"), "{page}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sandbox_needs_the_simulator_and_the_database_keeps_modes_apart() -> Result<()> {
    let stack = Stack::start().await?;
    let options = TenantOptions { sandbox: true, ..TenantOptions::default() };
    let refused = Tenant::create_with(&stack, "acme-sandbox", options).await;
    let said = format!("{:#}", refused.err().context("a connector was added")?);
    assert!(said.contains("bowline.sandbox.url"), "{said}");
    Tenant::create(&stack, "acme").await?;
    let turned = stack.database.execute("UPDATE connectors SET sandbox = true", &[]).await;
    assert!(turned.is_err(), "a live connector was turned into one of a sandbox");
    let server = stack.database.server_role().await?;
    assert!(server.batch_execute("UPDATE tenants SET sandbox = true").await.is_err());
    let wrong = stack
        .try_command_with(&[("BOWLINE_SANDBOX__URL", "https://api.dropboxapi.com")], &["doctor"], None)
        .await?;
    assert!(!wrong.status.success() && String::from_utf8_lossy(&wrong.stderr).contains("sandbox"));
    Ok(())
}
