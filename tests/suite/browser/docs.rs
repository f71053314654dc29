//! The page of the tenants' API, as their developers reach it: through the edge.

use anyhow::{Context as _, Result};
use bowline_tests::{Browser, Edge, Stack, until};
use serde_json::Value;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn developers_read_the_api_in_a_sandbox_that_reaches_nothing() -> Result<()> {
    let mut edge = Edge::reserve()?;
    let stack = Stack::builder().behind(&edge).start().await?;
    edge.start(&stack).await?;
    // The proxy's file lists two more servers, which the proxy considers ready until it has checked them.
    until("the edge to know which servers are ready", async || {
        let log = edge.log();
        ["two", "three"].iter().all(|name| log.contains(&format!("bowline/{name} is DOWN"))).then_some(())
    })
    .await?;
    let http = stack.http();
    let document: Value = http.get(format!("{}/openapi.json", edge.url())).send().await?.json().await?;
    let paths = document["paths"].as_object().context("the document has no paths")?;
    assert!(paths.len() >= 10 && paths.keys().all(|path| path.starts_with("/v1/")), "{:?}", paths.keys());
    for (path, status) in [
        ("/docs", 200),
        ("/docs/start.js", 200),
        ("/docs/swagger-ui.css", 200),
        ("/docs/swagger-ui-bundle.js", 200),
        // The script of the link button, and editions that do not exist.
        ("/button.js", 200),
        ("/button/v1.js", 404),
        ("/button", 404),
        ("/button.jsx", 404),
        // Files of Swagger UI that the page does not use, and paths of the internal listener.
        ("/docs/index.html", 404),
        ("/docs/swagger-initializer.js", 404),
        ("/docsx", 404),
        ("/openapi.jsonx", 404),
        ("/admin/v1/tenants", 404),
        ("/metrics", 404),
    ] {
        let answer = http.get(format!("{}{path}", edge.url())).send().await?;
        assert_eq!(answer.status().as_u16(), status, "{path}");
        let policy = answer.headers().get("content-security-policy");
        let is_looser =
            policy.is_some_and(|policy| policy.as_bytes().windows(10).any(|part| part == b"script-src"));
        assert_eq!(is_looser, path == "/docs", "{path} {policy:?}");
    }

    // The link button has an address of its content as well.
    let script = http.get(format!("{}/button.js", edge.url())).send().await?;
    let own = script.headers().get("content-location").context("no address")?.to_str()?.to_owned();
    assert!(own.starts_with("/button/v"), "{own}");
    assert_eq!(http.get(format!("{}{own}", edge.url())).send().await?.text().await?, script.text().await?);

    let browser = Browser::start().await?;
    let tab = browser.open().await?;
    tab.visit(&format!("{}/docs", edge.url())).await?;
    assert!(tab.read(".info .title").await?.contains("Bowline"));
    tab.press("[id*='operations-tokens'] button.opblock-summary-control").await?;
    assert_eq!(
        tab.read(".opblock.is-open .opblock-description p:last-child").await?,
        "Requires an API key with the permission token."
    );
    tab.screenshot("docs").await?;
    let source = tab.source().await?;
    for path in paths.keys() {
        assert!(source.contains(&format!("data-path=\"{path}\"")), "{path}");
    }
    assert!(!source.contains("/admin/v1") && !source.contains("authorize"), "{source}");
    // The page has no origin, so it has no access to the link pages, and it may not send requests.
    let script = "const own = performance.getEntriesByType('resource').every(one => one.name.startsWith(arguments[0]) || one.name.startsWith('data:'));
        let cookies; try { cookies = document.cookie } catch (error) { cookies = error.name }
        return fetch('/openapi.json').then(() => 'sent', () => 'refused').then(sent => [own, window.origin, cookies, sent])";
    let found = tab.client().execute(script, vec![edge.url().into()]).await?;
    assert_eq!(found, serde_json::json!([true, "null", "SecurityError", "refused"]));
    tab.close().await
}
