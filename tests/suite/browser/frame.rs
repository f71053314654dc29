//! Our pages in a frame of somebody else's: the browser itself must refuse.

use anyhow::Result;
use bowline_tests::{Browser, Stack, Tenant, until};
use fantoccini::Locator;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// A site that shows `page` to everybody, until it is dropped.
async fn evil_site(page: String) -> Result<(String, tokio::task::JoinHandle<()>)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let site = tokio::spawn(async move {
        while let Ok((mut visitor, _)) = listener.accept().await {
            let answer = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{page}",
                page.len()
            );
            let mut request = [0; 4096];
            // Whoever hangs up gets nothing.
            if visitor.read(&mut request).await.is_ok() {
                visitor.write_all(answer.as_bytes()).await.unwrap_or_default();
            }
        }
    });
    Ok((url, site))
}

/// What stands in the frame, once it has loaded.
async fn framed(browser: &Browser, inner: &str, expected: bool) -> Result<String> {
    let page = format!("<title>evil</title><iframe id=f src='{inner}' width=600 height=400></iframe>");
    let (url, site) = evil_site(page).await?;
    let tab = browser.open().await?;
    tab.visit(&url).await?;
    let client = tab.client().clone();
    let text = until("the frame to load", async || {
        let frame = client.find(Locator::Id("f")).await.ok()?;
        frame.enter_frame().await.ok()?;
        let source = client.source().await.ok();
        client.enter_parent_frame().await.ok()?;
        // Chromium's own page of a refused frame is no empty one, either.
        source.filter(|source| source.contains("Continue to Dropbox") == expected && source.len() > 200)
    })
    .await;
    tab.screenshot(if expected { "frame-of-a-common-page" } else { "frame-refused" }).await?;
    tab.close().await?;
    site.abort();
    text
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_link_page_cannot_be_framed() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let link = acme.begin_link("user-1").await?;
    let browser = Browser::start().await?;
    // The same words from a site that allows it, to know that a frame would show them.
    let (friendly, site) = evil_site("<p>Continue to Dropbox</p>".repeat(20)).await?;
    framed(&browser, &friendly, true).await?;
    site.abort();
    let refused = framed(&browser, &link.url, false).await?;
    assert!(!refused.contains(link.ticket()));
    Ok(())
}
