//! The callback with forged, duplicated, swapped or repeated parameters.

use anyhow::Result;
use bowline_tests::{Person, Stack, Tenant};
use dropbox_sim::Operation;
use url::Url;

/// A person who has approved and has the cookie for the callback.
async fn before_the_callback(stack: &Stack, tenant: &Tenant, user: &str) -> Result<(Person, Url)> {
    let mut person = Person::new(stack, "amara@example.com");
    let link = tenant.begin_link(user).await?;
    let authorize_url = person.go_to_dropbox(&link).await?;
    let callback = person.approve(stack, &authorize_url)?;
    Ok((person, Url::parse(&callback)?))
}

fn value(url: &Url, name: &str) -> String {
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_malformed_callback_is_refused_and_consumes_nothing() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let (mut person, callback) = before_the_callback(&stack, &acme, "user-1").await?;
    let (code, state) = (value(&callback, "code"), value(&callback, "state"));
    for query in [
        String::new(),
        format!("code={code}"),
        format!("state={state}"),
        format!("code={code}&state={state}&state={state}"),
        format!("code={code}&code={code}&state={state}"),
        format!("code={code}&state[]={state}"),
        format!("code={code}&state="),
        format!("code={code}&state={state}x"),
        format!("code={code}&error=access_denied&state={state}"),
        format!("code=%00&state={state}"),
    ] {
        let mut url = callback.clone();
        url.set_query(Some(&query));
        let page = person.visit(url.as_str()).await?;
        assert_eq!(page.status, 400, "{query}");
        assert!(page.text().contains("<h1 id=\"failure\">"));
    }
    assert_eq!(stack.dropbox.count(Operation::TokenExchange), 0);
    person.come_back(callback.as_str()).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_state_of_one_browser_is_nothing_in_another_or_at_another_connector() -> Result<()> {
    let stack = Stack::start().await?;
    let (acme, other) = (Tenant::create(&stack, "acme").await?, Tenant::create(&stack, "other").await?);
    let (mut amara, callback) = before_the_callback(&stack, &acme, "user-1").await?;
    let (mut jonas, foreign) = before_the_callback(&stack, &acme, "user-2").await?;

    let mut stranger = Person::new(&stack, "mei@example.org");
    assert_eq!(stranger.visit(callback.as_str()).await?.status, 400, "no cookie");
    assert_eq!(jonas.visit(callback.as_str()).await?.status, 400, "the cookie of another flow");
    // The right name with another flow's value.
    let name = amara.cookies.keys().next().cloned().unwrap_or_default();
    let value = jonas.cookies.values().next().cloned().unwrap_or_default();
    stranger.cookies.insert(name, value);
    assert_eq!(stranger.visit(callback.as_str()).await?.status, 400, "a swapped cookie");

    let elsewhere = callback.as_str().replace(&acme.connector.to_string(), &other.connector.to_string());
    assert_eq!(amara.visit(&elsewhere).await?.status, 400, "another tenant's callback");
    assert_eq!(stack.dropbox.count(Operation::TokenExchange), 0);
    amara.come_back(callback.as_str()).await?;
    jonas.come_back(foreign.as_str()).await?;
    Ok(())
}

/// The victim's code, in the attacker's own link: state and cookie fit, the app and the redirect URI are the same, and only
/// the verifier of the attacker's link does not belong to the code.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_of_another_link_gives_no_account() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let (_victim, stolen) = before_the_callback(&stack, &acme, "user-1").await?;
    let mut attacker = Person::new(&stack, "mei@example.org");
    let link = acme.begin_link("user-2").await?;
    let authorize_url = attacker.go_to_dropbox(&link).await?;
    let own = Url::parse(&attacker.approve(&stack, &authorize_url)?)?;
    let mut forged = own.clone();
    forged.set_query(Some(&format!("code={}&state={}", value(&stolen, "code"), value(&own, "state"))));
    let returned = attacker.come_back(forged.as_str()).await?;
    let answer = acme.try_complete(&link, &returned).await?;
    assert_eq!(answer.refusal(), (409, "link_failed".to_owned()), "{}", answer.text());
    assert_eq!(stack.dropbox.count(Operation::TokenExchange), 1);
    assert_eq!((stack.live_grants(), stack.database.count("SELECT count(*) FROM accounts").await?), (0, 0));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_identical_callbacks_are_one_consumption_and_all_lead_back() -> Result<()> {
    let stack = Stack::builder().replicas(2).start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let (person, callback) = before_the_callback(&stack, &acme, "user-1").await?;
    let second = callback.as_str().replace(&stack.public_url(), &stack.server(1).public_url());
    let calls = (0..50).map(|number| {
        let (mut person, url) =
            (person.clone(), if number % 2 == 0 { callback.to_string() } else { second.clone() });
        async move { person.visit(&url).await }
    });
    let pages = futures_util::future::try_join_all(calls).await?;
    assert_eq!(pages.iter().filter(|page| page.status == 303).count(), 50);
    let codes: std::collections::HashSet<&str> = pages.iter().map(|page| page.header("location")).collect();
    assert_eq!(codes.len(), 50, "each link has its own code");
    let returned = "SELECT count(*) FROM audit_events WHERE action = 'link_session.returned'";
    assert_eq!(stack.database.count(returned).await?, 1);
    assert_eq!(stack.dropbox.count(Operation::TokenExchange), 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_tabs_of_one_browser_both_get_through() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let mut amara = Person::new(&stack, "amara@example.com");
    let (first, second) = (acme.begin_link("user-1").await?, acme.begin_link("user-2").await?);
    let to_first = amara.go_to_dropbox(&first).await?;
    let to_second = amara.go_to_dropbox(&second).await?;
    assert_eq!(amara.cookies.len(), 2);
    let back_from_second = amara.approve(&stack, &to_second)?;
    let back_from_first = amara.approve(&stack, &to_first)?;
    let came_second = amara.come_back(&back_from_second).await?;
    let came_first = amara.come_back(&back_from_first).await?;
    assert_eq!(acme.complete(&first, &came_first).await?.external_user_id, "user-1");
    assert_eq!(acme.complete(&second, &came_second).await?.external_user_id, "user-2");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_providers_words_are_never_repeated() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let long = "EVIL".repeat(2_500);
    for (error, description, expected) in [
        ("server_error", "%3Cscript%3EEVIL%3C/script%3E", "server_error"),
        ("%3Cscript%3EEVIL%3C/script%3E", "x", "provider_error"),
        ("invalid_scope", "%1b]0;EVIL%07", "invalid_scope"),
        ("temporarily_unavailable", long.as_str(), "temporarily_unavailable"),
    ] {
        let (mut person, mut callback) = before_the_callback(&stack, &acme, "user-1").await?;
        let state = value(&callback, "state");
        callback.set_query(Some(&format!("error={error}&error_description={description}&state={state}")));
        let page = person.visit(callback.as_str()).await?;
        let text = page.text();
        assert!(page.status == 409 && !text.contains("EVIL"), "{text}");
        assert!(text.contains(&format!("&#38;error={expected}\"")) && text.contains("id=\"back\""), "{text}");
        // Without the cookie, the answer is one of Bowline's own pages.
        let page = Person::new(&stack, "mei@example.org").visit(callback.as_str()).await?;
        assert!(page.status == 400 && !page.text().contains("EVIL"));
    }
    assert!(!stack.logs().contains("EVIL"));
    Ok(())
}
