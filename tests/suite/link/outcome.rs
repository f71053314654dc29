//! The page to which a tenant sends a user whose link could not be completed.

use anyhow::Result;
use bowline_api::v1::CreateLinkSession;
use bowline_tests::{Person, Stack, Tenant};
use reqwest::Method;
use reqwest::header::HeaderMap;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_answer_names_a_page_that_tells_the_users_own_browser_what_to_do() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let account = Person::new(&stack, "amara@example.com").links(&stack, &acme, "user-1").await?;
    let return_url = format!("{}?order=CANARY-7", acme.return_url);
    let wanted =
        CreateLinkSession { account_id: Some(account.id), ..CreateLinkSession::new("user-1", &return_url) };
    let link = acme.begin(wanted).await?;
    let mut jonas = Person::new(&stack, "jonas@example.com");
    let returned = jonas.approves(&stack, &link).await?;
    let answer = acme.try_complete(&link, &returned).await?.json();
    assert_eq!(
        (answer["code"].as_str(), answer["reason"].as_str()),
        (Some("account_mismatch"), Some("account_mismatch"))
    );
    let url = answer["outcome_url"].as_str().unwrap_or_default().to_owned();
    assert!(url.starts_with(&format!("{}/link/", stack.public_url())), "{answer}");
    assert_eq!(
        acme.try_complete(&link, &returned).await?.json()["outcome_url"],
        url,
        "a repeated call says the same"
    );

    let page = jonas.visit(&url).await?;
    let text = page.text();
    assert!(page.status == 409 && text.contains("That was another Dropbox account"), "{text}");
    assert!(text.contains("<bdi>a•••@example.com</bdi>"), "{text}");
    let back =
        format!("id=\"back\" href=\"{return_url}&#38;link_session={}&#38;error=account_mismatch\"", link.id);
    assert!(text.contains(&back) && text.contains("Back to <bdi>ACME Photos</bdi>"), "{text}");
    // Another browser learns neither the address nor why, and nothing that the tenant has put into its return URL.
    let other = Person::new(&stack, "mei@example.org").visit(&url).await?.text();
    assert!(
        other.contains("This link is open in another browser") && !other.contains("@example.com"),
        "{other}"
    );
    let back = format!("id=\"back\" href=\"{}?link_session={}", acme.return_url, link.id);
    assert!(other.contains(&back) && !other.contains("CANARY"), "{other}");

    // Nobody learns anything of a link that goes on, or of a session of another tenant.
    let open = acme.begin_link("user-1").await?;
    jonas.go_to_dropbox(&open).await?;
    let of_open = url.replace(&link.id.to_string(), &open.id.to_string());
    let rival = Tenant::create(&stack, "rival").await?;
    let theirs = rival.begin_link("user-1").await?;
    for url in [of_open, url.replace(&link.id.to_string(), &theirs.id.to_string())] {
        assert_eq!(jonas.send(Method::GET, &url, &HeaderMap::new()).await?.status, 404, "{url}");
    }
    Ok(())
}
