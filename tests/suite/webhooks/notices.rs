//! Dropbox's own webhooks: from its notice, through the edge proxy, to the tenant's endpoint.

use anyhow::{Context as _, Result};
use bowline_tests::{Edge, Person, Receiver, Stack, Tenant, until};
use futures_util::stream::{self, StreamExt as _};
use serde_json::json;

use super::{add, reaching_this_machine};

/// The forged notices of the flood, and how many are sent at the same time.
const FORGED: usize = 300;
const AT_ONCE: usize = 50;

/// Sends notices with wrong signatures to all replicas, to this connector and to none. Every one is refused.
async fn flood(stack: &Stack, path: &str, accounts: &[String]) -> Result<()> {
    let body = json!({ "list_folder": { "accounts": accounts } }).to_string();
    let nobody = format!("{}conn_01h455vb4pex5vsknk084sn02q", path.split("conn_").next().unwrap_or_default());
    let http = stack.http();
    let (http, body, nobody) = (&http, &body, &nobody);
    let send = move |number: usize| async move {
        let path = if number.is_multiple_of(3) { nobody.as_str() } else { path };
        let url = format!("{}{path}", stack.server(number % stack.replicas()).public_url());
        let request = http.post(url).header("X-Dropbox-Signature", format!("{number:064x}"));
        Ok::<_, reqwest::Error>(request.body(body.clone()).send().await?.status().as_u16())
    };
    let answers: Vec<_> = stream::iter(0..FORGED).map(send).buffer_unordered(AT_ONCE).collect().await;
    for status in answers {
        assert!(matches!(status?, 401 | 404 | 429));
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dropbox_tells_of_changed_files_and_nobody_else_can() -> Result<()> {
    let mut edge = Edge::reserve()?;
    let stack = reaching_this_machine().replicas(2).start().await?;
    edge.start(&stack).await?;
    let (acme, receiver) = (Tenant::create(&stack, "acme").await?, Receiver::start().await?);
    add(&acme, json!({ "url": receiver.url() })).await?;
    let account = Person::new(&stack, "amara@example.com").links(&stack, &acme, "user-1").await?;
    // The same Dropbox account, at another tenant.
    let other = Tenant::create(&stack, "other").await?;
    Person::new(&stack, "amara@example.com").links(&stack, &other, "user-1").await?;
    let path = acme.notice_url.strip_prefix(&stack.public_url()).context("of another origin")?;
    let url = format!("{}{path}", edge.url());
    stack.dropbox.set_webhook_uri(&acme.app_key, &url).await?;
    let accounts = [account.provider_account_id.clone()];

    assert_eq!(stack.dropbox.notify(&acme.app_key, &accounts).await?, 200);
    let changed = receiver.gets_a("account.changed").await?;
    let data = &changed.body["data"];
    assert_eq!((&data["account_id"], &data["status"]), (&json!(account.id), &json!("active")));
    assert_eq!(
        (&data["connector_id"], &data["external_user_id"]),
        (&json!(acme.connector), &json!("user-1"))
    );
    assert_eq!((&data["provider_account_id"], changed.number()), (&json!(accounts[0]), 2));
    // A change while the account is quiet is told a little later.
    for _ in 0..5 {
        assert_eq!(stack.dropbox.notify(&acme.app_key, &accounts).await?, 200);
    }
    let more = receiver.gets(2, |one| one.kind() == "account.changed").await?;
    assert_eq!(more[1].number(), 3);
    let time = |of: &bowline_tests::Received| {
        of.body["timestamp"].as_str().and_then(|text| text.parse::<chrono::DateTime<chrono::Utc>>().ok())
    };
    let apart = time(&more[1]).zip(time(&more[0])).map(|(second, first)| second - first);
    assert!(apart.is_some_and(|apart| apart >= chrono::TimeDelta::seconds(1)), "{apart:?}");

    let marks = "SELECT count(*) FROM account_changes WHERE due_at IS NOT NULL";
    until("all to be told", async || (stack.database.count(marks).await.ok()? == 0).then_some(())).await?;
    let events = stack.database.count("SELECT count(*) FROM webhook_events").await?;
    flood(&stack, path, &accounts).await?;
    assert_eq!(stack.database.count(marks).await?, 0);
    assert_eq!(stack.database.count("SELECT count(*) FROM webhook_events").await?, events);
    assert_eq!(stack.database.count("SELECT count(*) FROM account_changes").await?, 1, "of acme alone");
    assert!(acme.token(account.id).await?.access_token.starts_with("sl."));

    // A new app secret counts on each replica soon after its first notice.
    acme.renew_app_secret(&stack, "new-CANARY_app_secret");
    acme.set_app_secret(&stack, "new-CANARY_app_secret").await?;
    for replica in 0..stack.replicas() {
        let url = format!("{}{path}", stack.server(replica).public_url());
        stack.dropbox.set_webhook_uri(&acme.app_key, &url).await?;
        until("the new secret to count", async || {
            (stack.dropbox.notify(&acme.app_key, &accounts).await.ok()? == 200).then_some(())
        })
        .await?;
    }
    assert!(!stack.logs().contains("CANARY_app_secret"));
    Ok(())
}
