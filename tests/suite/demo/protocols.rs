//! The Flask app of the tenant guide under each protocol, in a browser: linked, declined, and linked again with the wrong account.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use bowline_api::status::Protocol;
use bowline_tests::{Browser, Python, Stack, Tab, Tenant, TenantOptions, free_port, oauth1_service, until};
use fantoccini::Locator;

use super::flask::{Flask, app, app_of_oauth1, declines_and_links, says};

/// The shell variables of the app, as an operator would hand them out.
fn variables(stack: &Stack, acme: &Tenant, protocol: Protocol) -> Result<String> {
    let ca = stack.directory().join("dropbox-ca.pem");
    std::fs::write(&ca, stack.dropbox.ca_pem())?;
    let host = stack.dropbox.https_url().replace("https://", "");
    let mut all = vec![
        ("BOWLINE_URL", stack.public_url()),
        ("BOWLINE_API_KEY", acme.api_key.clone()),
        ("RETURN_URL", acme.return_url.clone()),
        ("REQUESTS_CA_BUNDLE", ca.display().to_string()),
    ];
    for name in
        ["DROPBOX_API_HOST", "DROPBOX_WEB_HOST", "DROPBOX_API_CONTENT_HOST", "DROPBOX_API_NOTIFY_HOST"]
    {
        all.push((name, host.clone()));
    }
    if let Some(service) = oauth1_service(protocol, &stack.dropbox.http_url()) {
        all.extend([
            ("APP_KEY", acme.app_key.clone()),
            ("APP_SECRET", acme.app_secret.clone()),
            ("ACCOUNT_URL", service.account_url),
        ]);
    }
    let lines: Vec<String> = all.iter().map(|(name, value)| format!("export {name}='{value}'")).collect();
    Ok(lines.join("\n"))
}

/// Approves as somebody else than the person who is signed in at the provider.
async fn approves(tab: &Tab, stack: &Stack, protocol: Protocol, email: &str) -> Result<()> {
    if protocol != Protocol::OAuth2 {
        // OAuth 1 has no parameter by which the provider asks again who the user is.
        tab.press("#switch").await?;
    }
    tab.press(&format!("[data-user='{email}']")).await?;
    // Who has approved before is not always asked again.
    let asked = async || {
        let is_there = tab.url().await.ok()?.as_str().starts_with(&stack.dropbox.http_url());
        let asks = tab.client().find(Locator::Css("#allow")).await.is_ok();
        (asks || !is_there).then_some(asks)
    };
    if until("the provider to ask or to lead on", asked).await? {
        tab.press("#allow").await?;
    }
    Ok(())
}

/// Links the account again, approves with another one, and chooses the right one on Bowline's page.
async fn mistakes_the_account(
    tab: &Tab,
    stack: &Stack,
    flask: &Flask,
    acme: &Tenant,
    protocol: Protocol,
) -> Result<()> {
    let account = acme.accounts().await?.pop().context("nothing is linked")?;
    tab.visit(&format!("{}/link-dropbox?account_id={}", flask.url, account.id)).await?;
    tab.press("#continue").await?;
    let becomes = async |email: &str| approves(tab, stack, protocol, email).await;
    becomes("mei@example.org").await?;
    let text = tab.read("#failure").await?;
    ensure!(text.starts_with("That was another"), "{text}");
    tab.screenshot(&format!("flask-mismatch-{protocol}")).await?;
    tab.press("#choose").await?;
    becomes("amara@example.com").await?;
    says(tab, "Your Dropbox is linked").await?;
    let accounts = acme.accounts().await?;
    assert_eq!(accounts.iter().map(|account| account.id).collect::<Vec<_>>(), [account.id], "{protocol}");

    // Who gives up returns to the app, which says so.
    tab.visit(&format!("{}/link-dropbox?account_id={}", flask.url, account.id)).await?;
    tab.press("#continue").await?;
    becomes("mei@example.org").await?;
    tab.read("#choose").await?;
    tab.press("#back").await?;
    says(tab, "account_mismatch").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_guides_flask_app_links_under_each_protocol() -> Result<()> {
    let stack = Stack::start().await?;
    let packages = ["flask>=3,<4", "dropbox>=12,<13", "requests-oauthlib>=2,<3"];
    let python = Python::with_all("flask-oauth1", &packages).await?;
    let browser = Browser::start().await?;
    for (protocol, expected) in [
        (Protocol::OAuth2, "Notes of amara.txt"),
        (Protocol::OAuth1, "display_name: Amara"),
        (Protocol::OAuth1a, "amara@example.com"),
    ] {
        let port = free_port()?;
        let return_url = format!("http://localhost:{port}/linked");
        let options = TenantOptions { protocol, return_url, ..TenantOptions::default() };
        let acme = Tenant::create_with(&stack, &format!("prints-{protocol}"), options).await?;
        let directory = stack.directory().join(format!("flask-{protocol}"));
        std::fs::create_dir(&directory)?;
        let code = if protocol == Protocol::OAuth2 { app()? } else { app_of_oauth1()? };
        let variables = variables(&stack, &acme, protocol)?;
        let flask = Flask::start(&python, &variables, port, Path::new(&directory), &code).await?;
        let tab = browser.open().await?;
        declines_and_links(&tab, &flask, expected).await.context(protocol)?;
        mistakes_the_account(&tab, &stack, &flask, &acme, protocol).await.context(protocol)?;
        tab.close().await?;
    }
    Ok(())
}
