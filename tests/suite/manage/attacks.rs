//! Forwarded links, forged forms, other people's accounts, and edited rows.

use anyhow::Result;
use bowline_api::AccountId;
use bowline_tests::{Page, Person, Tenant, hidden_field};
use reqwest::Method;
use reqwest::header::HeaderMap;

use super::visit::{Visit, stage};
use crate::common::newcomer;

/// Whether a page is an end with this text, and a way back.
fn is_end(page: &Page, status: u16, text: &str, way_back: &str) {
    assert_eq!(page.status, status, "{}", page.text());
    assert!(page.text().contains(text) && page.text().contains("id=\"failure\""), "{}", page.text());
    assert!(page.text().contains(way_back), "there is no way back: {}", page.text());
    assert!(!page.text().contains("example.com"), "{}", page.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_scanner_does_not_use_the_link_up_and_a_forwarded_link_shows_nothing() -> Result<()> {
    let (stack, acme, mut amara, account) = stage().await?;
    let visit = Visit::of(&acme, "user-1").await?;
    for method in [Method::GET, Method::HEAD] {
        for _ in 0..5 {
            let mut scanner = Person::new(&stack, "scanner@example.com");
            let page = scanner.send(method.clone(), &visit.url, &HeaderMap::new()).await?;
            assert!(page.status == 200 && !page.text().contains("example.com"), "{}", page.text());
        }
    }
    visit.open(&mut amara).await?;
    // Whoever gets the link afterwards gets nothing, not even with the address of an action.
    let mut thief = Person::new(&stack, "mei@example.org");
    let back = visit.way_back(&acme);
    is_end(&thief.visit(&visit.url).await?, 409, "open in another browser", &back);
    is_end(&thief.press_continue(&visit.url).await?, 409, "open in another browser", &back);
    for action in ["disconnect", "again"] {
        let url = visit.action(action, account);
        is_end(&thief.press_continue(&url).await?, 409, "open in another browser", &back);
    }
    is_end(&thief.visit(&visit.action("disconnect", account)).await?, 409, "open in another browser", &back);
    // A cookie of their own, of the right form, is not the right one.
    for value in amara.cookies.values() {
        assert_eq!(value.len(), 43);
    }
    thief.cookies =
        amara.cookies.iter().map(|(name, value)| (name.clone(), value.chars().rev().collect())).collect();
    is_end(&thief.visit(&visit.url).await?, 409, "open in another browser", &back);
    // Reload and Back go on to work in the first browser.
    assert!(amara.visit(&visit.url).await?.text().contains("a•••@example.com"));
    assert_eq!(amara.press_continue(&visit.url).await?.status, 303);
    acme.token(account).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_from_elsewhere_ends_nothing() -> Result<()> {
    let (stack, acme, mut amara, account) = stage().await?;
    let visit = Visit::of(&acme, "user-1").await?;
    let back = visit.way_back(&acme);
    let evil = "https://evil.example";
    let own = stack.public_url();
    // Neither another site nor the tenant's own page opens the page by a form.
    for (origin, site) in
        [(evil, "cross-site"), (evil, "same-origin"), (own.as_str(), "cross-site"), ("null", "same-site")]
    {
        is_end(&amara.post_from(&visit.url, origin, site).await?, 403, "sent by another site", &back);
    }
    // Without the cookie that the page sets, nothing is opened either.
    let page = amara.press_continue(&visit.url).await?;
    is_end(&page, 400, "did not keep the cookie", &back);
    visit.open(&mut amara).await?;
    for action in ["disconnect", "again"] {
        let url = visit.action(action, account);
        for (origin, site) in [
            (evil, "cross-site"),
            (own.as_str(), "cross-site"),
            ("null", "cross-site"),
            ("null", "same-site"),
        ] {
            is_end(&amara.post_from(&url, origin, site).await?, 403, "sent by another site", &back);
        }
        // A browser without Sec-Fetch-Site is recognised by the hidden field.
        for guess in ["", "guess"] {
            let page = amara.post_field(&url, Some("null"), guess).await?;
            is_end(&page, 400, "This page is out of date", &back);
            let again = format!(
                "id=\"again\" href=\"/link/manage/{}\"",
                visit.url.rsplit('/').next().unwrap_or_default()
            );
            assert!(page.text().contains(&again), "{}", page.text());
        }
    }
    acme.token(account).await?;
    let field = hidden_field(&amara.visit(&visit.action("disconnect", account)).await?)?;
    let done = amara.post_field(&visit.action("disconnect", account), Some("null"), &field).await?;
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(acme.try_token(account).await?.status, 410);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_of_another_user_or_tenant_is_not_there() -> Result<()> {
    let (stack, acme, mut amara, _) = stage().await?;
    let other = Tenant::create(&stack, "other").await?;
    let neighbour = newcomer(&stack, "neighbour").links(&stack, &acme, "user-2").await?.id;
    let elsewhere = newcomer(&stack, "elsewhere").links(&stack, &other, "user-1").await?.id;
    let nothing = AccountId::from(uuid::Uuid::from_u128(7));
    let visit = Visit::of(&acme, "user-1").await?;
    visit.open(&mut amara).await?;
    let without_number = |page: &Page| -> String {
        let text = page.text();
        let line = |line: &&str| !line.contains("class=\"fine\"");
        text.lines().filter(line).collect::<Vec<_>>().join("\n")
    };
    for action in ["disconnect", "again"] {
        let missing = amara.press_continue(&visit.action(action, nothing)).await?;
        assert_eq!(missing.status, 404, "{}", missing.text());
        for id in [neighbour, elsewhere] {
            let page = amara.press_continue(&visit.action(action, id)).await?;
            assert_eq!(
                (page.status, without_number(&page)),
                (404, without_number(&missing)),
                "{action} {id}"
            );
        }
        let nonsense = amara.press_continue(&format!("{}/{action}/acct_x", visit.url)).await?;
        assert_eq!((nonsense.status, without_number(&nonsense)), (404, without_number(&missing)));
    }
    for id in [neighbour, elsewhere, nothing] {
        assert_eq!(amara.visit(&visit.action("disconnect", id)).await?.status, 404);
    }
    acme.token(neighbour).await?;
    other.token(elsewhere).await?;
    assert_eq!(stack.live_grants(), 3);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_ends_by_the_clock_and_says_so() -> Result<()> {
    let (stack, acme, mut amara, account) = stage().await?;
    let unopened = Visit::of(&acme, "user-1").await?;
    let visit = Visit::of(&acme, "user-1").await?;
    amara.visit(&unopened.url).await?;
    visit.open(&mut amara).await?;
    stack.database.execute("UPDATE manage_sessions SET expires_at = now()", &[]).await?;
    for old in [&unopened, &visit] {
        let back = old.way_back(&acme);
        is_end(&amara.visit(&old.url).await?, 410, "This page has expired", &back);
        is_end(&amara.press_continue(&old.url).await?, 410, "This page has expired", &back);
        let disconnect = old.action("disconnect", account);
        is_end(&amara.press_continue(&disconnect).await?, 410, "This page has expired", &back);
    }
    acme.token(account).await?;
    for nothing in ["bwl_mt_x", "bwl_lk_x", "x"] {
        let url = format!("{}/link/manage/{nothing}", stack.public_url());
        assert_eq!(amara.visit(&url).await?.status, 404);
    }
    // A link's ticket does not open the page, nor the page's ticket a link.
    let link = acme.begin_link("user-1").await?;
    assert_eq!(amara.visit(&link.url.replace("/link/", "/link/manage/")).await?.status, 404);
    assert_eq!(amara.visit(&visit.url.replace("/link/manage/", "/link/")).await?.status, 404);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edited_session_shows_nobodys_accounts() -> Result<()> {
    let (stack, acme, mut amara, account) = stage().await?;
    let victim = newcomer(&stack, "victim").links(&stack, &acme, "victim").await?.id;
    let visit = Visit::of(&acme, "user-1").await?;
    visit.open(&mut amara).await?;
    stack.database.execute("CREATE TABLE kept AS SELECT * FROM manage_sessions", &[]).await?;
    for (number, change) in [
        "external_user_id = 'victim'",
        "return_url = 'https://evil.example/linked'",
        "completion_challenge = decode(repeat('00', 32), 'hex')",
        "completion_challenge = NULL",
        "options = '{\"user_label\":\"victim\"}'",
        "sealed_intent = '\\x00'",
        "ticket_hash = decode(repeat('00', 32), 'hex')",
    ]
    .into_iter()
    .enumerate()
    {
        stack.database.execute(&format!("UPDATE manage_sessions SET {change}"), &[]).await?;
        let expected = if change.starts_with("ticket") { 404 } else { 500 };
        for page in [
            amara.visit(&visit.url).await?,
            amara.press_continue(&visit.action("disconnect", victim)).await?,
            amara.press_continue(&visit.action("disconnect", account)).await?,
        ] {
            assert_eq!(page.status, expected, "{change}: {}", page.text());
            assert!(!page.text().contains("evil.example") && !page.text().contains("victim"), "{change}");
        }
        let noted = "SELECT count(*) FROM audit_events WHERE action = 'manage_session.integrity_error'";
        let count = i64::try_from(3 * (number + 1).min(6))?;
        assert_eq!(stack.database.count(noted).await?, count, "{change}");
        let restore = "UPDATE manage_sessions m SET external_user_id = k.external_user_id, return_url = k.return_url,
            completion_challenge = k.completion_challenge, options = k.options, sealed_intent = k.sealed_intent, ticket_hash = k.ticket_hash
            FROM kept k";
        stack.database.execute(restore, &[]).await?;
    }
    assert_eq!(amara.visit(&visit.url).await?.status, 200);
    acme.token(victim).await?;
    Ok(())
}
