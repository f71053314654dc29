//! Native apps: their users return by the app's own scheme, if the connector registers it.

use anyhow::Result;
use bowline_tests::{Link, Person, Stack, Tenant, TenantOptions, onward};
use reqwest::Method;
use serde_json::json;

const APP: &str = "com.acme.photos:/linked";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_native_app_gets_its_user_back_by_the_scheme_that_its_connector_registers() -> Result<()> {
    let stack = Stack::start().await?;
    let options = TenantOptions { return_url: APP.to_owned(), ..TenantOptions::default() };
    let acme = Tenant::create_with(&stack, "acme", options).await?;
    let mut amara = Person::new(&stack, "amara@example.com");
    let link = acme.begin_link("user-1").await?;
    let returned = amara.approves(&stack, &link).await?;
    assert_eq!((returned.url.scheme(), returned.url.path()), ("com.acme.photos", "/linked"));
    acme.complete(&link, &returned).await?;
    let declined = acme.begin_link("user-2").await?;
    let page = amara.press_cancel(&declined.url).await?;
    assert!(onward(&page)?.starts_with("com.acme.photos:/linked?"), "{}", page.text());
    let mut body = serde_json::to_value(acme.link_request("user-3"))?;
    body["completion_challenge"] = json!(Link::challenge("verifier"));
    for other in
        ["com.acme.photos:/other", "com.evil.photos:/linked", "acme:/linked", "https://photos.example/linked"]
    {
        body["return_url"] = json!(other);
        let refused = acme.call(Method::POST, "/v1/link-sessions", Some(body.clone())).await?;
        assert_eq!(refused.refusal(), (422, "invalid_field".to_owned()), "{other}");
    }
    Ok(())
}

/// Browsers send `Origin: null` from many pages, and an app's scheme has the origin `null` in their terms.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_scheme_of_an_app_permits_no_page_to_post_the_ticket() -> Result<()> {
    let stack = Stack::start().await?;
    let options =
        TenantOptions { return_url: APP.to_owned(), confirm_page: false, ..TenantOptions::default() };
    let acme = Tenant::create_with(&stack, "acme", options).await?;
    let link = acme.begin_link("user-1").await?;
    let mut amara = Person::new(&stack, "amara@example.com");
    for (origin, site) in [
        ("null", "cross-site"),
        ("com.acme.photos://linked", "cross-site"),
        ("com.acme.photos:", "cross-site"),
    ] {
        let page = amara.post_from(&link.url, origin, site).await?;
        assert!(page.status == 303 || page.status == 403, "{origin}: {}", page.status);
    }
    assert_eq!(acme.link_status(&link).await?.0, "created");
    Ok(())
}
