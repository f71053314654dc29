//! Bowline's pages in a frame of another site, which the browser itself must refuse.

use anyhow::Result;
use bowline_tests::{Browser, Stack, Tenant, until};
use fantoccini::Locator;

use super::site::{Site, page};

/// The contents of the frame once it has loaded.
async fn framed(browser: &Browser, inner: &str, expected: bool) -> Result<String> {
    let html = format!("<title>evil</title><iframe id=f src='{inner}' width=600 height=400></iframe>");
    let evil = Site::start(move |_| page(&html)).await?;
    let tab = browser.open().await?;
    tab.visit(&evil.url("127.0.0.1", "/")).await?;
    let client = tab.client().clone();
    let text = until("the frame to load", async || {
        let frame = client.find(Locator::Id("f")).await.ok()?;
        frame.enter_frame().await.ok()?;
        let source = client.source().await.ok();
        client.enter_parent_frame().await.ok()?;
        // Chromium's own page for a refused frame is not empty either.
        source.filter(|source| source.contains("Continue to Dropbox") == expected && source.len() > 200)
    })
    .await;
    tab.screenshot(if expected { "frame-of-a-common-page" } else { "frame-refused" }).await?;
    tab.close().await?;
    text
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_link_page_cannot_be_framed() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let link = acme.begin_link("user-1").await?;
    let browser = Browser::start().await?;
    // The control: a site that permits framing shows the same text in the frame.
    let friendly = Site::start(|_| page(&"<p>Continue to Dropbox</p>".repeat(20))).await?;
    framed(&browser, &friendly.url("127.0.0.1", "/"), true).await?;
    let refused = framed(&browser, &link.url, false).await?;
    assert!(!refused.contains(link.ticket()));
    Ok(())
}
