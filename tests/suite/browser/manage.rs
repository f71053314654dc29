//! A user and their linked accounts in a real browser.

use anyhow::Result;
use bowline_api::status::AccountStatus;
use bowline_tests::{Browser, Person, Stack, Tab, Tenant, TenantOptions, until};

use super::pages::stops;
use super::site::{Site, page};
use crate::manage::Visit;

async fn headings(tab: &Tab) -> Result<serde_json::Value> {
    let script =
        "return [...document.querySelectorAll('h1, h2, h3, h4, summary, .disconnect, .again, #back')]
        .map(one => one.localName + ' ' + one.textContent.trim())";
    Ok(tab.client().execute(script, vec![]).await?)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_sees_disconnects_and_links_again_and_returns_to_the_app() -> Result<()> {
    let stack = Stack::start().await?;
    let site = Site::start(|_| page("<p id=arrived>Here you are</p>")).await?;
    let return_url = site.url("127.0.0.1", "/linked");
    let acme =
        Tenant::create_with(&stack, "acme", TenantOptions { return_url, ..TenantOptions::default() }).await?;
    let account = Person::new(&stack, "amara@example.com").links(&stack, &acme, "ada").await?;
    let visit = Visit::of(&acme, "ada").await?;
    let browser = Browser::start().await?;
    let tab = browser.open().await?;
    tab.visit(&visit.url).await?;
    assert_eq!(stops(&tab, 2).await?, ["open", "back"]);
    tab.press("#open").await?;
    assert_eq!(tab.read(".cards h2").await?, "a•••@example.com");
    // The order in which it is read, and in which the keyboard reaches it.
    let read = headings(&tab).await?;
    let read: Vec<&str> = read.as_array().into_iter().flatten().filter_map(|one| one.as_str()).collect();
    assert_eq!(read[..2], ["h1 Your linked accounts", "h2 a•••@example.com"]);
    assert_eq!(read[read.len() - 2..], ["a Disconnect", "a Back to ACME Photos"], "{read:?}");
    assert_eq!(stops(&tab, 3).await?, ["summary", "a", "back"]);
    tab.screenshot("accounts").await?;
    tab.press(".disconnect").await?;
    assert_eq!(tab.read("h1").await?, "Disconnect a•••@example.com?");
    assert_eq!(stops(&tab, 2).await?, ["disconnect", "keep"]);
    tab.press("#keep").await?;
    assert_eq!(tab.read(".badge").await?, "Linked");
    tab.press(".disconnect").await?;
    tab.press("#disconnect").await?;
    // A reload before the next page is there would cancel the way to it.
    tab.read(".badge").await?;
    until("the page to say so", async || {
        tab.client().refresh().await.ok()?;
        tab.read(".badge").await.ok().filter(|state| state == "Disconnected")
    })
    .await?;
    // Back may show the question once more, as the browser has kept it. Its button changes nothing any more.
    tab.client().back().await?;
    if tab.read("h1").await?.starts_with("Disconnect ") {
        tab.press("#disconnect").await?;
    }
    assert_eq!(tab.read(".badge").await?, "Disconnected");
    tab.press(".again").await?;
    assert!(tab.read("h1").await?.contains("again"));
    tab.screenshot("accounts-link-again").await?;
    tab.press("#continue").await?;
    tab.press("[data-user='amara@example.com']").await?;
    tab.press("#allow").await?;
    assert_eq!(tab.read("#arrived").await?, "Here you are");
    let url = tab.url().await?;
    let value = |name: &str| {
        let pair = url.query_pairs().find(|(key, _)| key == name);
        pair.map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    assert_eq!(value("manage_session"), visit.id.to_string());
    let session = value("link_session").parse()?;
    let done = acme.complete_with(session, &value("link_code"), &visit.verifier).await?;
    assert_eq!(done.status, 200, "{}", done.text());
    assert_eq!(acme.account(account.id).await?.status, AccountStatus::Active);
    tab.visit(&visit.url).await?;
    assert_eq!(tab.read(".badge").await?, "Linked");
    tab.press("main > .ways #back").await?;
    assert_eq!(tab.read("#arrived").await?, "Here you are");
    tab.close().await
}
