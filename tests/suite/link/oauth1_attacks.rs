//! The attacks on a link that `docs/security.md` lists, under OAuth 1.0 and 1.0a: forged, repeated, late and spoilt callbacks.

use anyhow::{Context as _, Result};
use bowline_tests::{Link, Person, Stack, Tenant, until};
use dropbox_sim::Operation;
use futures_util::future::{join_all, try_join_all};
use reqwest::Method;
use reqwest::header::{HOST, HeaderMap, HeaderValue};

use super::oauth1::{DIALECTS, tenant};

/// A person who has approved and has the cookie for the callback.
async fn before_the_callback(stack: &Stack, acme: &Tenant, user: &str) -> Result<(Person, Link, String)> {
    let mut person = Person::new(stack, "amara@example.com");
    let link = acme.begin_link(user).await?;
    let authorize_url = person.go_to_dropbox(&link).await?;
    let callback = person.approve(stack, &authorize_url)?;
    Ok((person, link, callback))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_callback_at_another_connector_or_with_another_flows_state_is_refused() -> Result<()> {
    let stack = Stack::start().await?;
    for protocol in DIALECTS {
        let acme = tenant(&stack, protocol).await?;
        let other = Tenant::create(&stack, &format!("other-{protocol}")).await?;
        let (mut amara, link, callback) = before_the_callback(&stack, &acme, "user-1").await?;
        let (mut same, second, another) = before_the_callback(&stack, &acme, "user-1").await?;
        same.cookies.extend(amara.cookies.clone());
        let elsewhere = callback.replace(&acme.connector.to_string(), &other.connector.to_string());
        assert_eq!(amara.visit(&elsewhere).await?.status, 400, "{protocol}: another tenant's callback");
        // Two tabs of one browser: the approval of one with the state of the other.
        let state =
            |url: &str| url.split("state=").nth(1).and_then(|rest| rest.split('&').next()).map(str::to_owned);
        let (own, foreign) = state(&callback).zip(state(&another)).context("a callback has no state")?;
        let swapped = same.come_back(&callback.replace(&own, &foreign)).await?;
        let refused = acme.try_complete(&second, &swapped).await?;
        assert_eq!(refused.json()["reason"], "request_token_mismatch", "{protocol}");
        assert_eq!(stack.dropbox.count(Operation::OAuth1AccessToken), 0, "{protocol}");
        let returned = amara.come_back(&callback).await?;
        acme.complete(&link, &returned).await?;
        stack.dropbox.reset(false);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_identical_callbacks_and_completions_are_one_exchange() -> Result<()> {
    let stack = Stack::start().await?;
    for (exchanges, protocol) in (1..).zip(DIALECTS) {
        let acme = tenant(&stack, protocol).await?;
        let (mut amara, link, callback) = before_the_callback(&stack, &acme, "user-1").await?;
        let calls = (0..50).map(|_| {
            let (mut person, url) = (amara.clone(), callback.clone());
            async move { person.visit(&url).await }
        });
        let pages = try_join_all(calls).await?;
        assert!(pages.iter().all(|page| page.status == 303), "{protocol}");
        let returned = amara.come_back(&callback).await?;
        let completed = join_all((0..50).map(|_| acme.try_complete(&link, &returned))).await;
        for answer in completed {
            let answer = answer?;
            assert!(matches!(answer.status, 200 | 201 | 409), "{protocol}: {}", answer.text());
        }
        until("the account", async || acme.accounts().await.ok().filter(|accounts| accounts.len() == 1))
            .await?;
        assert_eq!(stack.dropbox.count(Operation::OAuth1AccessToken), exchanges, "{protocol}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_late_approval_says_so_and_nobody_elses_words_are_repeated() -> Result<()> {
    let stack = Stack::start().await?;
    for protocol in DIALECTS {
        let acme = tenant(&stack, protocol).await?;
        let long = "EVIL".repeat(2_000);
        for words in ["%3Cscript%3EEVIL", "%1b]0;EVIL%07", long.as_str()] {
            let (mut amara, link, callback) = before_the_callback(&stack, &acme, "user-1").await?;
            let bare = callback.split("&uid=").next().and_then(|rest| rest.split("&oauth_token=").next());
            let problem =
                format!("{}&oauth_problem={words}&oauth_problem_advice=EVIL", bare.unwrap_or_default());
            let page = amara.visit(&problem).await?;
            let text = page.text();
            assert!(page.status == 409 && !text.contains("EVIL"), "{protocol}: {text}");
            assert!(text.contains("&#38;error=provider_error\"") && text.contains("had a problem"), "{text}");
            assert_eq!(acme.link_status(&link).await?.0, "failed");
            let foreign = Person::new(&stack, "mei@example.org").visit(&problem).await?;
            assert!(foreign.status == 400 && !foreign.text().contains("EVIL"));
        }
        let (mut amara, link, callback) = before_the_callback(&stack, &acme, "user-2").await?;
        let bare = callback.split("&uid=").next().and_then(|rest| rest.split("&oauth_token=").next());
        let refused = format!("{}&oauth_problem=user_refused&oauth_token=x", bare.unwrap_or_default());
        assert!(amara.visit(&refused).await?.header("location").ends_with("error=access_denied"));
        assert_eq!(acme.link_status(&link).await?.0, "denied", "{protocol}");

        let (mut amara, _, callback) = before_the_callback(&stack, &acme, "user-3").await?;
        let overdue = "UPDATE link_sessions SET expires_at = now() - interval '1 second'";
        stack.database.execute(overdue, &[]).await?;
        assert_eq!(amara.visit(&callback).await?.status, 410, "{protocol}");
    }
    assert!(!stack.logs().contains("EVIL"));
    assert_eq!(stack.dropbox.count(Operation::OAuth1AccessToken), 0);
    Ok(())
}

/// The callback comes from the settings and not from the request.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forged_host_changes_no_callback() -> Result<()> {
    let stack = Stack::start().await?;
    for protocol in DIALECTS {
        let acme = tenant(&stack, protocol).await?;
        let link = acme.begin_link("user-1").await?;
        let mut amara = Person::new(&stack, "amara@example.com");
        let mut forged = HeaderMap::new();
        forged.insert(HOST, HeaderValue::from_static("evil.example"));
        forged.insert("x-forwarded-host", HeaderValue::from_static("evil.example"));
        let page = amara.send(Method::GET, &link.url, &forged).await?;
        assert!(!page.text().contains("evil.example"), "{}", page.text());
        let authorize_url = amara.go_to_dropbox(&link).await?;
        let callback = amara.approve(&stack, &authorize_url)?;
        assert!(callback.starts_with(&acme.callback_url), "{protocol}: {callback}");
    }
    Ok(())
}
