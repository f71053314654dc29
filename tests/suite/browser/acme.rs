//! A user connects their Dropbox to Acme Photos with the mouse.

use anyhow::{Context as _, Result};
use bowline_demo::{AcmeConfig, AcmePhotos};
use bowline_tests::{Browser, Stack, Tab, Tenant, TenantOptions};
use dropbox_sim::{FaultKind, FaultSpec, Operation};
use url::Url;

/// A stack with Acme Photos. The app is started twice, because its port must be registered with its own connector.
pub(super) async fn acme_photos() -> Result<(Stack, Tenant, AcmePhotos)> {
    let stack = Stack::start().await?;
    let config = async |api_key: &str, port: u16| -> Result<AcmePhotos> {
        AcmePhotos::start(AcmeConfig {
            bowline_url: Url::parse(&stack.public_url())?,
            api_key: api_key.into(),
            dropbox_url: Url::parse(&stack.dropbox.http_url())?,
            port,
        })
        .await
    };
    let first = config("not yet", 0).await?;
    let port = first.url().port().context("the app's URL has no port")?;
    let return_url = first.return_url().context("the app is not ready")?.to_string();
    first.stop().await;
    let acme =
        Tenant::create_with(&stack, "acme", TenantOptions { return_url, ..TenantOptions::default() }).await?;
    let photos = config(&acme.api_key, port).await?;
    Ok((stack, acme, photos))
}

/// Signs in at Acme and presses its button, which leads to Bowline's page.
pub(super) async fn presses_the_button(tab: &Tab, photos: &AcmePhotos, user: &str) -> Result<()> {
    tab.visit(photos.url().as_str()).await?;
    tab.write("#user", user).await?;
    tab.press("#sign-in").await?;
    tab.press("#link-dropbox").await?;
    tab.read("#continue").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_click_links_a_dropbox_and_acme_shows_its_files() -> Result<()> {
    let (stack, acme, photos) = acme_photos().await?;
    let browser = Browser::start().await?;
    let tab = browser.open().await?;
    presses_the_button(&tab, &photos, "ada").await?;
    assert_eq!(tab.read("h1").await?, "ACME Photos wants access to your Dropbox account");
    assert_eq!(tab.read("#external-user").await?, "ada");
    tab.screenshot("link-page").await?;
    tab.press("#continue").await?;
    tab.press("[data-user='amara@example.com']").await?;
    assert_eq!(tab.read("#user-email").await?, "amara@example.com");
    tab.screenshot("dropbox-consent").await?;
    tab.press("#allow").await?;

    assert_eq!(tab.read("#account-email").await?, "amara@example.com");
    let files = tab.read("#files").await?;
    assert!(files.contains("Notes of amara.txt"), "{files}");
    tab.screenshot("acme-linked").await?;
    assert_eq!(tab.url().await?, *photos.url(), "no code stays in the address");
    let account = acme.accounts().await?.remove(0);
    assert_eq!((account.external_user_id.as_str(), account.email.as_str()), ("ada", "amara@example.com"));
    assert_eq!(stack.live_grants(), 1);
    tab.close().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn declining_leads_back_to_acme_which_says_so_kindly() -> Result<()> {
    let (stack, acme, photos) = acme_photos().await?;
    let browser = Browser::start().await?;
    let tab = browser.open().await?;
    presses_the_button(&tab, &photos, "ada").await?;
    tab.press("#continue").await?;
    tab.press("[data-user='amara@example.com']").await?;
    tab.press("#cancel").await?;
    assert!(tab.read("#declined").await?.contains("declined"));
    tab.screenshot("acme-declined").await?;
    tab.press("#back").await?;
    tab.read("#not-linked").await?;
    assert!(acme.accounts().await?.is_empty());
    assert_eq!((stack.live_grants(), stack.dropbox.count(Operation::TokenExchange)), (0, 0));
    tab.close().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_forwarded_to_another_browser_links_nothing() -> Result<()> {
    let (stack, acme, photos) = acme_photos().await?;
    let browser = Browser::start().await?;
    let (attacker, victim) = (browser.open().await?, browser.open().await?);
    presses_the_button(&attacker, &photos, "attacker").await?;
    let forwarded = attacker.url().await?;
    // The victim is also signed in at Acme and trusts the link.
    victim.visit(photos.url().as_str()).await?;
    victim.write("#user", "victim").await?;
    victim.press("#sign-in").await?;
    victim.read("#link-dropbox").await?;
    victim.visit(forwarded.as_str()).await?;
    assert!(victim.read(".caution").await?.contains("somebody sent you this link"));
    victim.press("#continue").await?;
    victim.press("[data-user='mei@example.org']").await?;
    victim.press("#allow").await?;
    assert_eq!(victim.read("#trouble").await?, "This link was not started here");
    victim.screenshot("forwarded-link-victim").await?;
    // The attacker checks the result.
    attacker.visit(photos.url().as_str()).await?;
    attacker.read("#not-linked").await?;
    attacker.visit(forwarded.as_str()).await?;
    assert_eq!(attacker.read("#failure").await?, "This link has been used");
    attacker.screenshot("forwarded-link-attacker").await?;
    assert!(acme.accounts().await?.is_empty());
    assert_eq!((stack.live_grants(), stack.dropbox.count(Operation::TokenExchange)), (0, 0));
    attacker.close().await?;
    victim.close().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_that_cannot_be_completed_is_explained_on_bowlines_page_which_leads_back_to_acme() -> Result<()>
{
    let (stack, acme, photos) = acme_photos().await?;
    let spent = FaultKind::Status {
        status: 400,
        body: Some(r#"{"error": "invalid_grant"}"#.to_owned()),
        content_type: Some("application/json".to_owned()),
        retry_after: None,
    };
    stack.dropbox.set_fault(FaultSpec::new(spent).on(Operation::TokenExchange).times(1));
    let browser = Browser::start().await?;
    let tab = browser.open().await?;
    presses_the_button(&tab, &photos, "ada").await?;
    tab.press("#continue").await?;
    tab.press("[data-user='amara@example.com']").await?;
    tab.press("#allow").await?;
    assert_eq!(tab.read("#failure").await?, "This link did not work");
    tab.press("#back").await?;
    assert_eq!(tab.read("#trouble").await?, "Your Dropbox was not connected");
    assert!(tab.read("#detail").await?.contains("invalid_grant"));
    assert!(acme.accounts().await?.is_empty());
    tab.close().await
}
