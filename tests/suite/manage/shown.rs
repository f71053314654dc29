//! What the page shows of an account, and of which ones.

use anyhow::Result;
use bowline_api::status::Protocol;
use bowline_api::v1::CreateManageSession;
use bowline_tests::{Operator, Person, Stack, Tenant, TenantOptions, until};
use reqwest::Method;
use serde_json::json;

use super::visit::{Visit, stage};
use crate::common::newcomer;

/// An account that has ended has no tokens.
const NO_TOKENS: &str =
    "sealed_access_token = NULL, access_expires_at = NULL, sealed_refresh_token = NULL, refreshed_at = NULL,";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_is_shown_with_its_app_its_permissions_and_its_last_use() -> Result<()> {
    let (stack, acme, mut amara, account) = stage().await?;
    let wanted = CreateManageSession {
        user_label: Some("ada@acme.example".to_owned()),
        ..CreateManageSession::new("user-1", &acme.return_url)
    };
    let visit = Visit::with(&acme, wanted).await?;
    // Before it is opened, the page names the app and the user, and no account.
    let welcome = amara.visit(&visit.url).await?.text();
    assert!(welcome.contains("ada@acme.example") && welcome.contains("id=\"open\""), "{welcome}");
    assert!(!welcome.contains("example.com") && !welcome.contains(&account.to_string()), "{welcome}");
    let page = visit.open(&mut amara).await?;
    let text = page.text();
    for part in [
        "a•••@example.com",
        "ada@acme.example",
        ">Linked<",
        "Linked since ",
        "Not used yet",
        "The names and places of your files and folders",
        &visit.way_back(&acme),
        &format!("/disconnect/{account}"),
    ] {
        assert!(text.contains(part), "{part} is missing: {text}");
    }
    assert!(!text.contains("amara@example.com") && !text.contains("/again/"), "{text}");
    for (header, value) in
        [("cache-control", "no-store"), ("referrer-policy", "no-referrer"), ("content-language", "en")]
    {
        assert_eq!(page.header(header), value);
    }
    let policy = page.header("content-security-policy").to_owned();
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    // An app has fetched a token.
    acme.token(account).await?;
    let text = amara.visit(&visit.url).await?.text();
    assert!(text.contains("Used within the last 24 hours ("), "{text}");
    let longer = "UPDATE token_holdings SET first_issued_at = now() - interval '40 days', last_issued_at = now() - interval '40 days'";
    stack.database.execute(longer, &[]).await?;
    stack.database.execute("UPDATE accounts SET last_used_at = NULL", &[]).await?;
    let text = amara.visit(&visit.url).await?.text();
    assert!(text.contains("Not used for more than a month (last on "), "{text}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_state_is_said_in_plain_words() -> Result<()> {
    let (stack, acme, mut amara, account) = stage().await?;
    let visit = Visit::of(&acme, "user-1").await?;
    visit.open(&mut amara).await?;
    let mut olga = Operator::create(&stack, "olga", "operator").await?;
    olga.log_in().await?;
    let path = format!("/admin/v1/accounts/{account}/suspend");
    let frozen = olga.call(Method::POST, &path, Some(json!({ "reason": "secret of the operators" }))).await?;
    assert_eq!(frozen.status, 200, "{}", frozen.text());
    let text = amara.visit(&visit.url).await?.text();
    assert!(text.contains(">Paused<") && text.contains("you can still disconnect it"), "{text}");
    assert!(!text.contains("secret of the operators") && !text.contains("/again/"), "{text}");
    for (columns, says, again) in [
        ("status = 'needs_reauth', status_reason = 'invalid_grant'", "no longer accepts the access", true),
        ("status = 'revoking', status_reason = 'x'", "We are telling Dropbox to end the access", false),
        ("status = 'revoked', status_reason = 'x'", "has not confirmed it", true),
    ] {
        let tokens = if says.starts_with("no longer") { "" } else { NO_TOKENS };
        stack.database.execute(&format!("UPDATE accounts SET {tokens} {columns}"), &[]).await?;
        let text = amara.visit(&visit.url).await?.text();
        assert!(text.contains(says), "{columns}: {text}");
        assert_eq!(text.contains("/again/"), again, "{columns}: {text}");
    }
    // Where everything has ended, the page says that nothing is linked.
    let text = amara.visit(&visit.url).await?.text();
    assert!(text.contains("No account is linked") && text.contains("Disconnected accounts"), "{text}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_accounts_of_this_user_at_this_tenant_are_shown() -> Result<()> {
    let (stack, acme, _, account) = stage().await?;
    let other = Tenant::create(&stack, "other").await?;
    let mine = newcomer(&stack, "mine").links(&stack, &acme, "user-1").await?;
    let foreign = newcomer(&stack, "neighbour").links(&stack, &acme, "user-2").await?;
    let elsewhere = newcomer(&stack, "elsewhere").links(&stack, &other, "user-1").await?;
    let visit = Visit::of(&acme, "user-1").await?;
    let mut browser = Person::new(&stack, "amara@example.com");
    let text = visit.open(&mut browser).await?.text();
    for (id, is_shown) in [(account, true), (mine.id, true), (foreign.id, false), (elsewhere.id, false)] {
        assert_eq!(text.contains(&id.to_string()), is_shown, "{id}: {text}");
    }
    // A user without accounts is told so.
    let nobody = Visit::of(&acme, "user-9").await?;
    let text = nobody.open(&mut browser).await?.text();
    assert!(text.contains("No account is linked") && text.contains("id=\"back\""), "{text}");
    assert!(!text.contains("Disconnected accounts"), "{text}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_of_a_protocol_without_scopes_may_do_everything() -> Result<()> {
    let stack = Stack::start().await?;
    let options = TenantOptions { protocol: Protocol::OAuth1a, ..TenantOptions::default() };
    let acme = Tenant::create_with(&stack, "acme", options).await?;
    let mut amara = Person::new(&stack, "amara@example.com");
    let account = amara.links(&stack, &acme, "user-1").await?;
    let visit = Visit::of(&acme, "user-1").await?;
    let text = visit.open(&mut amara).await?.text();
    assert!(text.contains("Do everything in your account"), "{text}");
    assert!(text.contains(&format!("/disconnect/{}", account.id)), "{text}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_reports_when_dropbox_has_ended_the_access() -> Result<()> {
    let (stack, acme, mut amara, account) = stage().await?;
    let visit = Visit::of(&acme, "user-1").await?;
    visit.open(&mut amara).await?;
    let done = amara.press_continue(&visit.action("disconnect", account)).await?;
    assert_eq!(done.status, 303, "{}", done.text());
    stack.wait_for_live_grants(0).await?;
    let text = until("the page to say so", async || {
        let text = amara.clone().visit(&visit.url).await.ok()?.text();
        text.contains("Dropbox has ended the access").then_some(text)
    })
    .await?;
    assert!(text.contains(">Disconnected<") && text.contains("/again/"), "{text}");
    Ok(())
}
