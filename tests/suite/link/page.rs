//! The pages and the call that starts a link: who may press the button, where browsers may be sent, and the headers of
//! every answer.

use anyhow::Result;
use bowline_tests::{Answer, Link, Person, Stack, Tenant, TenantOptions, onward};
use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::json;

/// The policy of every page: forms post only to Bowline, and only its own style is loaded.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn viewing_changes_nothing_and_a_ticket_works_in_one_browser() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let link = acme.begin_link("user-1").await?;
    let mut scanner = Person::new(&stack, "nobody");
    for _ in 0..10 {
        let page = scanner.visit(&link.url).await?;
        assert_eq!(page.status, 200);
        scanner.send(Method::HEAD, &link.url, &HeaderMap::new()).await?;
    }
    assert_eq!(acme.link_status(&link).await?.0, "created");
    let mut amara = Person::new(&stack, "amara@example.com");
    let first = onward(&amara.press_continue(&link.url).await?)?;
    let second = onward(&amara.press_continue(&link.url).await?)?;
    assert!(first != second && second.starts_with(&stack.dropbox.http_url()), "{second}");
    assert_eq!(Person::new(&stack, "mei@example.org").press_continue(&link.url).await?.status, 409);
    assert_eq!(amara.cookies.len(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_presses_at_once_are_one_start() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let link = acme.begin_link("user-1").await?;
    let presses = (0..50).map(|_| {
        let (mut person, url) = (Person::new(&stack, "amara@example.com"), link.url.clone());
        async move { person.press_continue(&url).await }
    });
    let pages = futures_util::future::try_join_all(presses).await?;
    assert_eq!(pages.iter().filter(|page| page.status == 200).count(), 1);
    assert_eq!(pages.iter().filter(|page| page.status == 409).count(), 49);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_button_works_from_our_own_page_alone_unless_the_connector_says_otherwise() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let link = acme.begin_link("user-1").await?;
    let mut amara = Person::new(&stack, "amara@example.com");
    for (origin, site) in [
        ("https://evil.example", "cross-site"),
        ("https://evil.example", "same-origin"),
        ("https://photos.example", "cross-site"),
        ("null", "cross-site"),
    ] {
        assert_eq!(amara.post_from(&link.url, origin, site).await?.status, 403, "{origin}");
    }
    assert_eq!(amara.send(Method::POST, &link.url, &HeaderMap::new()).await?.status, 403, "no origin at all");
    assert_eq!(acme.link_status(&link).await?.0, "created");

    let direct = TenantOptions { confirm_page: false, ..TenantOptions::default() };
    let direct = Tenant::create_with(&stack, "direct", direct).await?;
    let link = direct.begin_link("user-1").await?;
    assert_eq!(amara.post_from(&link.url, "https://evil.example", "cross-site").await?.status, 403);
    let page = amara.press_at(&link.url, "https://photos.example").await?;
    assert!(onward(&page)?.starts_with(&stack.dropbox.http_url()));
    // For pages that hide their origin and redirect with 307, Bowline's own page asks for confirmation.
    let link = direct.begin_link("user-1").await?;
    let page = amara.post_from(&link.url, "null", "cross-site").await?;
    assert_eq!((page.status, page.header("location")), (303, format!("/link/{}", link.ticket()).as_str()));
    assert_eq!(direct.link_status(&link).await?.0, "created");
    assert!(amara.visit(&link.url).await?.text().contains("id=\"continue\""));
    assert!(onward(&amara.press_continue(&link.url).await?)?.starts_with(&stack.dropbox.http_url()));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn browsers_are_sent_back_to_registered_places_alone() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let ask = async |return_url: &str| -> Result<Answer> {
        let mut body = serde_json::to_value(acme.link_request("user-1"))?;
        body["return_url"] = json!(return_url);
        body["completion_challenge"] = json!(Link::challenge("verifier"));
        acme.call(Method::POST, "/v1/link-sessions", Some(body)).await
    };
    for bad in [
        "//evil.example/linked",
        "/\\evil.example",
        "https://photos.example@evil.example/linked",
        "https://photos.example.evil.example/linked",
        "https://evil.example/linked",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://photos.example/linked\r\nSet-Cookie: a=b",
        "https://photos.example/linked#fragment",
        "https://photos.example:8443/linked",
        "http://photos.example/linked",
        "https://photos.example/linked/../admin",
        "https://photos.example/other",
        "",
    ] {
        let answer = ask(bad).await?;
        assert_eq!(answer.refusal(), (422, "invalid_field".to_owned()), "{bad:?}");
        assert_eq!(answer.json()["field"], "return_url");
    }
    assert_eq!(ask("https://photos.example/linked?plan=pro").await?.status, 201);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forged_host_leads_nowhere() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let link = acme.begin_link("user-1").await?;
    let mut headers = HeaderMap::new();
    for name in ["host", "x-forwarded-host", "x-original-host"] {
        headers.insert(name, "evil.example".parse()?);
    }
    headers.insert("forwarded", "host=evil.example".parse()?);
    let mut amara = Person::new(&stack, "amara@example.com");
    let page = amara.send(Method::GET, &link.url, &headers).await?;
    assert!(page.status == 200 && !page.text().contains("evil.example"));
    headers.insert("origin", stack.public_url().parse()?);
    headers.insert("sec-fetch-site", "same-origin".parse()?);
    let page = amara.send(Method::POST, &link.url, &headers).await?;
    let location = url::Url::parse(&onward(&page)?)?;
    let redirect =
        location.query_pairs().find(|(key, _)| key == "redirect_uri").map(|(_, value)| value.into_owned());
    assert_eq!(redirect, Some(acme.callback_url.clone()));
    assert!(!page.text().contains("evil"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_carries_the_headers_that_keep_it_private() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let link = acme.begin_link("user-1").await?;
    let mut amara = Person::new(&stack, "amara@example.com");
    let base = stack.public_url();
    let mut answers = vec![
        ("link page", amara.visit(&link.url).await?),
        ("style", amara.visit(&format!("{base}/link/style.css")).await?),
        ("foreign origin", amara.post_from(&link.url, "https://evil.example", "cross-site").await?),
        ("on to Dropbox", amara.press_continue(&link.url).await?),
        ("used ticket", Person::new(&stack, "mei@example.org").visit(&link.url).await?),
        ("no ticket", amara.visit(&format!("{base}/link/nothing")).await?),
        ("bad callback", amara.visit(&acme.callback_url).await?),
        ("not a page", amara.visit(&format!("{base}/link/a/b/c/d")).await?),
        ("not a route", amara.visit(&format!("{base}/nothing")).await?),
    ];
    answers.push(("API", acme.call(Method::GET, "/v1/accounts", None).await?));
    answers.push(("API refusal", acme.with_key("junk").call(Method::GET, "/v1/accounts", None).await?));
    for (what, answer) in &answers {
        assert_eq!(answer.header("cache-control"), "no-store", "{what}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{what}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{what}");
        let is_page = answer.header("content-type").contains("html");
        let vary = if is_page { "Accept-Language" } else { "Authorization" };
        assert_eq!(answer.header("vary"), vary, "{what}");
        let policy = answer.header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{what}: {policy}"
        );
        for absent in ["etag", "access-control-allow-origin", "server"] {
            assert!(answer.headers.get(absent).is_none(), "{what} has {absent}");
        }
        assert!(!answer.text().contains("<script") && !answer.text().contains("postMessage"), "{what}");
    }
    let cookie = answers[3].1.header("set-cookie");
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    for (what, answer) in answers.iter().filter(|(_, answer)| answer.header("content-type").contains("html"))
    {
        assert_eq!(answer.header("content-security-policy"), POLICY, "{what}");
    }
    Ok(())
}
