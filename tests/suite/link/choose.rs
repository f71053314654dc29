//! "Choose another account": a user who has approved with an account that the session does not accept chooses another one in the same
//! session, in the same browser, and nobody else does.

use anyhow::{Context as _, Result};
use bowline_api::v1::{Account, CreateLinkSession};
use bowline_tests::{Link, Page, Person, Stack, Tenant, TenantOptions, onward, until};
use dropbox_sim::{FaultKind, FaultSpec, Garbage, Operation};
use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use url::Url;

/// A session for an account of Amara, in a browser that has approved with Jonas's.
struct Stage {
    stack: Stack,
    acme: Tenant,
    account: Account,
    link: Link,
    browser: Person,
    /// The callback of the wrong approval.
    callback: String,
}

impl Stage {
    async fn begin(options: TenantOptions) -> Result<Self> {
        let stack = Stack::start().await?;
        let acme = Tenant::create_with(&stack, "acme", options).await?;
        let account = Person::new(&stack, "amara@example.com").links(&stack, &acme, "user-1").await;
        let account = match account {
            Ok(account) => account,
            // A connector that completes in the browser has no link code.
            Err(_) => acme.accounts().await?.pop().context("nothing was linked")?,
        };
        let wanted = CreateLinkSession {
            account_id: Some(account.id),
            force_reauthentication: Some(false),
            ..acme.link_request("user-1")
        };
        let link = acme.begin(wanted).await?;
        let mut browser = Person::new(&stack, "jonas@example.com");
        let authorize_url = browser.go_to_dropbox(&link).await?;
        assert_eq!(parameter(&authorize_url, "force_reauthentication")?, None);
        let callback = browser.approve(&stack, &authorize_url)?;
        Ok(Self { stack, acme, account, link, browser, callback })
    }

    /// Lets the tenant complete with the wrong account, and returns its link code and the outcome page's address.
    async fn mismatch(&mut self) -> Result<(String, String)> {
        let returned = self.browser.come_back(&self.callback).await?;
        let answer = self.acme.try_complete(&self.link, &returned).await?;
        assert_eq!(answer.refusal(), (409, "account_mismatch".to_owned()));
        let url = answer.json()["outcome_url"].as_str().context("the answer names no page")?.to_owned();
        Ok((returned.link_code, url))
    }

    async fn starts(&self) -> Result<i64> {
        self.stack.database.count("SELECT count(*) FROM link_starts").await
    }

    async fn stands(&self, status: &str) -> Result<()> {
        let (now, failure) = self.acme.link_status(&self.link).await?;
        assert_eq!((now.as_str(), failure.as_deref()), (status, Some("account_mismatch")));
        Ok(())
    }
}

fn parameter(url: &str, name: &str) -> Result<Option<String>> {
    let url = Url::parse(url)?;
    Ok(url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned()))
}

fn offers_to_choose(page: &Page) -> bool {
    page.text().contains("id=\"choose\"")
}

fn says(page: &Page, status: u16, words: &str) {
    assert!(page.status == status && page.text().contains(words), "{}: {}", page.status, page.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_account_is_chosen_in_the_same_session() -> Result<()> {
    let mut stage = Stage::begin(TenantOptions::default()).await?;
    let (old_code, url) = stage.mismatch().await?;
    stage.stands("authorizing").await?;
    // The grant of the wrong account ends, and nothing of it is left.
    stage.stack.wait_for_live_grants(1).await?;
    let sealed =
        "SELECT count(*) FROM link_sessions WHERE sealed_code IS NOT NULL OR sealed_grant IS NOT NULL
                  OR sealed_pkce_verifier IS NOT NULL";
    assert_eq!(stage.stack.database.count(sealed).await?, 0);
    // The lost answer can be asked for again.
    let again = stage.acme.complete_with(stage.link.id, &old_code, &stage.link.verifier).await?.json();
    assert_eq!(
        (&again["code"], &again["outcome_url"]),
        (&Value::from("account_mismatch"), &Value::from(url.as_str()))
    );

    let page = stage.browser.visit(&url).await?;
    says(&page, 409, "<bdi>a•••@example.com</bdi>");
    assert!(offers_to_choose(&page) && page.text().contains("class=\"button second\""), "{}", page.text());
    let second = onward(&stage.browser.press_continue(&url).await?)?;
    assert_eq!(
        parameter(&second, "force_reauthentication")?.as_deref(),
        Some("true"),
        "whatever was asked for"
    );
    assert_ne!(parameter(&second, "state")?, parameter(&stage.callback, "state")?);
    stage.browser.email = "amara@example.com".to_owned();
    let callback = stage.browser.approve(&stage.stack, &second)?;
    let returned = stage.browser.come_back(&callback).await?;
    // The code of the first approval does not complete the second one.
    let replayed = stage.acme.complete_with(stage.link.id, &old_code, &stage.link.verifier).await?;
    assert_eq!(replayed.refusal(), (403, "completion_refused".to_owned()));
    let linked = stage.acme.complete(&stage.link, &returned).await?;
    assert_eq!(linked.id, stage.account.id);
    assert_eq!(stage.acme.link_status(&stage.link).await?, ("completed".to_owned(), None));
    // A browser that goes back to its first return learns how it ended.
    let back = stage.acme.complete_with(stage.link.id, &old_code, &stage.link.verifier).await?;
    assert_eq!(back.good::<Account>()?.id, linked.id);
    says(&stage.browser.visit(&url).await?, 409, "is linked");
    stage.stack.wait_for_live_grants(1).await?;
    stage.acme.token(linked.id).await?;
    let reopened = "SELECT count(*) FROM audit_events WHERE action = 'link_session.reopened'";
    assert_eq!(stage.stack.database.count(reopened).await?, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_else_chooses_and_no_old_answer_counts() -> Result<()> {
    let mut stage = Stage::begin(TenantOptions::default()).await?;
    let (_, url) = stage.mismatch().await?;
    let starts = stage.starts().await?;
    // Another browser learns nothing and does nothing.
    let mut mei = Person::new(&stage.stack, "mei@example.org");
    for page in [mei.visit(&url).await?, mei.press_continue(&url).await?] {
        says(&page, 409, "This link is open in another browser");
        assert!(!offers_to_choose(&page) && !page.text().contains("@example.com"), "{}", page.text());
    }
    // Another site's page does nothing in the browser that began, and neither does a page of another browser.
    let foreign = stage.browser.post_from(&url, "https://evil.example", "cross-site").await?;
    says(&foreign, 403, "This was sent by another site");
    let outdated = stage.browser.post_field(&url, Some("null"), "AAAA").await?;
    says(&outdated, 400, "This page is out of date");
    // A page of the right session under another tenant's name, and a session in which nothing was refused.
    let rival = Tenant::create(&stage.stack, "rival").await?;
    let theirs = rival.begin_link("user-1").await?;
    let fresh = stage.acme.begin_link("user-1").await?;
    let begun = stage.acme.begin_link("user-1").await?;
    stage.browser.go_to_dropbox(&begun).await?;
    let starts = starts + 1;
    for id in [theirs.id, fresh.id, begun.id] {
        let other = url.replace(&stage.link.id.to_string(), &id.to_string());
        assert_eq!(stage.browser.press_continue(&other).await?.status, 404, "{other}");
    }
    // The callback of the wrong approval, once more: the provider is not asked again.
    let exchanges = stage.stack.dropbox.count(Operation::TokenExchange);
    let page = stage.browser.visit(&stage.callback).await?;
    says(&page, 409, "That was another Dropbox account");
    assert!(offers_to_choose(&page), "{}", page.text());
    assert_eq!(mei.visit(&stage.callback).await?.status, 400);
    stage.stands("authorizing").await?;
    assert_eq!(
        (stage.starts().await?, stage.stack.dropbox.count(Operation::TokenExchange)),
        (starts, exchanges)
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_button_that_is_pressed_twice_leads_on_twice_and_then_back_to_the_app() -> Result<()> {
    let mut stage = Stage::begin(TenantOptions::default()).await?;
    let (_, url) = stage.mismatch().await?;
    let mut again = stage.browser.clone();
    let (first, second) = tokio::join!(stage.browser.press_continue(&url), again.press_continue(&url));
    let pages = [onward(&first?)?, onward(&second?)?];
    assert_ne!(pages[0], pages[1], "each start has its own state and challenge");
    stage.browser.email = "amara@example.com".to_owned();
    let callback = stage.browser.approve(&stage.stack, &pages[0])?;
    let returned = stage.browser.come_back(&callback).await?;
    let late = onward(&stage.browser.press_continue(&url).await?)?;
    let late = bowline_tests::Returned::read(&late)?;
    assert!(late.url.as_str().starts_with(&stage.acme.return_url) && late.link_code != returned.link_code);
    assert_eq!(stage.acme.complete(&stage.link, &late).await?.id, stage.account.id);
    // The answer to the other start comes too late.
    let callback = stage.browser.approve(&stage.stack, &pages[1])?;
    says(&stage.browser.visit(&callback).await?, 409, "is linked");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_has_ended_meanwhile_offers_no_choice() -> Result<()> {
    for (sql, words) in [
        ("", "The app has cancelled this link"),
        (
            "UPDATE link_sessions SET expires_at = now() - interval '1 second'",
            "That was another Dropbox account",
        ),
    ] {
        let mut stage = Stage::begin(TenantOptions::default()).await?;
        let (_, url) = stage.mismatch().await?;
        if sql.is_empty() {
            let path = format!("/v1/link-sessions/{}/cancel", stage.link.id);
            assert_eq!(stage.acme.call(Method::POST, &path, None).await?.status, 200);
        } else {
            stage.stack.database.execute(sql, &[]).await?;
        }
        for page in [stage.browser.visit(&url).await?, stage.browser.press_continue(&url).await?] {
            says(&page, 409, words);
            assert!(!offers_to_choose(&page), "{}", page.text());
        }
        let ended =
            async || stage.acme.link_status(&stage.link).await.ok().filter(|(status, _)| status == "failed");
        let (_, failure) = until("the session to end", ended).await?;
        let expected = if sql.is_empty() { "cancelled" } else { "account_mismatch" };
        assert_eq!(failure.as_deref(), Some(expected), "the tenant has been told so");
        assert!(!offers_to_choose(&stage.browser.visit(&url).await?));
        stage.stack.wait_for_live_grants(1).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_fifth_wrong_account_ends_the_session() -> Result<()> {
    let mut stage = Stage::begin(TenantOptions::default()).await?;
    for attempt in 1..=5 {
        let (_, url) = stage.mismatch().await?;
        let page = stage.browser.visit(&url).await?;
        assert_eq!(offers_to_choose(&page), attempt < 5, "{attempt}: {}", page.text());
        stage.stands(if attempt < 5 { "authorizing" } else { "failed" }).await?;
        let page = stage.browser.press_continue(&url).await?;
        if attempt == 5 {
            says(&page, 409, "That was another Dropbox account");
        } else {
            stage.callback = stage.browser.approve(&stage.stack, &onward(&page)?)?;
        }
    }
    stage.stack.wait_for_live_grants(1).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connector_that_completes_in_the_browser_offers_the_choice_on_the_callback_itself() -> Result<()> {
    let options = TenantOptions { completes_in_browser: true, ..TenantOptions::default() };
    let mut stage = Stage::begin(options).await?;
    for _ in 0..2 {
        // The second time it is the same page, loaded again.
        let page = stage.browser.visit(&stage.callback).await?;
        says(&page, 409, "<bdi>a•••@example.com</bdi>");
        assert!(offers_to_choose(&page) && page.text().contains("error=account_mismatch"), "{}", page.text());
    }
    stage.stands("authorizing").await?;
    let page = stage.browser.visit(&stage.callback).await?.text();
    let path =
        page.split_once("<form method=\"post\" action=\"").and_then(|(_, rest)| rest.split('"').next());
    let url = format!("{}{}", stage.stack.public_url(), path.context("the page has no form")?);
    let second = onward(&stage.browser.press_continue(&url).await?)?;
    stage.browser.email = "amara@example.com".to_owned();
    let callback = stage.browser.approve(&stage.stack, &second)?;
    let returned = stage.browser.come_back(&callback).await?;
    assert_eq!((returned.error, returned.link_code.as_str()), (None, ""));
    assert_eq!(stage.acme.accounts().await?.len(), 1);
    assert_eq!(stage.acme.link_status(&stage.link).await?, ("completed".to_owned(), None));
    stage.stack.wait_for_live_grants(1).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_callback_pages_show_the_apps_own_signs() -> Result<()> {
    let mut stage = Stage::begin(TenantOptions::default()).await?;
    let set = "INSERT INTO connector_brandings (tenant_id, connector_id, accent, support_url)
               SELECT tenant_id, id, '#8a2be2', 'https://photos.example/help' FROM connectors";
    stage.stack.database.execute(set, &[]).await?;
    let (_, url) = stage.mismatch().await?;
    let mut mei = Person::new(&stage.stack, "mei@example.org");
    let headers = HeaderMap::new();
    for page in [
        stage.browser.send(Method::GET, &url, &headers).await?,
        stage.browser.visit(&stage.callback).await?,
        mei.visit(&stage.callback).await?,
    ] {
        let text = page.text();
        assert!(
            text.contains("/link/accent/1/8a2be2.css") && text.contains("https://photos.example/help"),
            "{text}"
        );
    }
    Ok(())
}

/// The page that a browser sees when the link ends on its return, and its way back.
async fn ends_with(stage: &mut Stage, words: &str, error: &str) -> Result<()> {
    for _ in 0..2 {
        let page = stage.browser.visit(&stage.callback).await?;
        let text = page.text();
        assert!(text.contains(words) && !offers_to_choose(&page), "{error}: {text}");
        let back = format!("?link_session={}&#38;error={error}\"", stage.link.id);
        assert!(text.contains("id=\"back\"") && text.contains(&back), "{error}: {text}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_end_of_a_completion_in_the_browser_has_its_page_with_a_way_back() -> Result<()> {
    let oauth = |status, error: &str| FaultKind::Status {
        status,
        body: Some(json!({ "error": error }).to_string()),
        content_type: Some("application/json".to_owned()),
        retry_after: None,
    };
    for (fault, words, error) in [
        (oauth(400, "invalid_grant"), "This link did not work", "invalid_grant"),
        (oauth(401, "invalid_client"), "This app is not set up correctly", "invalid_client"),
        (FaultKind::Garbage { garbage: Garbage::Html }, "We did not get an answer in time", "answer_lost"),
    ] {
        let options = TenantOptions { completes_in_browser: true, ..TenantOptions::default() };
        let mut stage = Stage::begin(options).await?;
        stage.stack.dropbox.set_fault(FaultSpec::new(fault).on(Operation::TokenExchange).times(1));
        ends_with(&mut stage, words, error).await?;
        assert_eq!(stage.acme.link_status(&stage.link).await?, ("failed".to_owned(), Some(error.to_owned())));
    }
    // An operator has disabled the connector meanwhile: the session has not ended, and the page says so.
    let options = TenantOptions { completes_in_browser: true, ..TenantOptions::default() };
    let mut stage = Stage::begin(options).await?;
    stage.stack.database.execute("UPDATE connectors SET status = 'disabled'", &[]).await?;
    ends_with(&mut stage, "Linking is switched off for now", "connector_disabled").await
}
