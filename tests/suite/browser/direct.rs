//! Users whom Dropbox knows return without a click, and buttons on tenants' pages lead directly to Dropbox.

use anyhow::Result;
use bowline_tests::{Browser, Stack, Tenant, TenantOptions};
use tokio::net::TcpListener;

use super::site::{Site, page, redirect};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_whom_dropbox_knows_arrives_though_the_return_page_redirects_to_other_origins() -> Result<()> {
    let stack = Stack::start().await?;
    let last = Site::start(|_| page("<p id=arrived>Here you are</p>")).await?;
    let end = last.url("localhost", "/dashboard");
    let middle = Site::start(move |_| redirect(&end)).await?;
    let on = middle.url("localhost", "/on");
    let first = Site::start(move |_| redirect(&on)).await?;
    let return_url = first.url("127.0.0.1", "/linked");
    let acme =
        Tenant::create_with(&stack, "acme", TenantOptions { return_url, ..TenantOptions::default() }).await?;
    assert!(stack.dropbox.set_auto_approve(&acme.app_key, Some("amara@example.com".to_owned())));
    let browser = Browser::start().await?;
    let tab = browser.open().await?;
    let link = acme.begin_link("ada").await?;
    tab.visit(&link.url).await?;
    tab.press("#continue").await?;
    assert_eq!(tab.read("#arrived").await?, "Here you are");
    assert_eq!(acme.link_status(&link).await?.0, "returned");
    // Declining works in the same way.
    let link = acme.begin_link("ada").await?;
    tab.visit(&link.url).await?;
    tab.press("#back").await?;
    assert_eq!(tab.read("#arrived").await?, "Here you are");
    assert_eq!(acme.link_status(&link).await?.0, "denied");
    tab.close().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenants_own_button_leads_to_dropbox_or_to_our_page_whatever_its_referrer_policy() -> Result<()> {
    let stack = Stack::start().await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let return_url = format!("http://localhost:{}/linked", listener.local_addr()?.port());
    let options = TenantOptions { return_url, confirm_page: false, ..TenantOptions::default() };
    let acme = Tenant::create_with(&stack, "acme", options).await?;
    let mut urls = Vec::new();
    for _ in 0..4 {
        urls.push(acme.begin_link("ada").await?.url);
    }
    let policies = ["strict-origin-when-cross-origin", "origin", "no-referrer", "same-origin"];
    let forms: Vec<String> = policies
        .iter()
        .zip(&urls)
        .map(|(policy, url)| {
            format!("<meta name=referrer content={policy}><form method=post action='{url}'><button id=go>Link</button></form>")
        })
        .collect();
    let site = Site::serve(listener, move |path| {
        let number: Option<usize> = path.trim_start_matches('/').parse().ok();
        page(
            number
                .and_then(|number| forms.get(number))
                .map_or("<p id=arrived>Here you are</p>", String::as_str),
        )
    })?;
    let browser = Browser::start().await?;
    for (number, policy) in policies.iter().enumerate() {
        let tab = browser.open().await?;
        tab.visit(&site.url("localhost", &format!("/{number}"))).await?;
        tab.press("#go").await?;
        let asks = number >= 2;
        if asks {
            // The page hides its origin, so Bowline's page asks for confirmation.
            tab.press("#continue").await?;
        }
        tab.read("[data-user='amara@example.com']").await.map_err(|error| error.context(*policy))?;
        // Goes back to the page with the button, and forward again.
        tab.client().back().await?;
        if asks {
            tab.read("#continue").await.map_err(|error| error.context(*policy))?;
            tab.client().back().await?;
        }
        tab.press("#go").await?;
        if asks {
            tab.press("#continue").await?;
        }
        tab.press("[data-user='amara@example.com']").await.map_err(|error| error.context(*policy))?;
        tab.press("#allow").await?;
        tab.read("#arrived").await.map_err(|error| error.context(*policy))?;
        tab.close().await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_else_a_tenants_page_and_server_do_the_button_leads_to_dropbox() -> Result<()> {
    let stack = Stack::start().await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let return_url = format!("http://localhost:{}/linked", listener.local_addr()?.port());
    let options = TenantOptions { return_url, confirm_page: false, ..TenantOptions::default() };
    let acme = Tenant::create_with(&stack, "acme", options).await?;
    let open = ["no-referrer-when-downgrade", "origin-when-cross-origin", "strict-origin", "unsafe-url"];
    let statuses = [302, 303, 307, 308];
    let mut ways: Vec<(String, bool)> = Vec::new();
    let mut redirects = Vec::new();
    for policy in open {
        let url = acme.begin_link("ada").await?.url;
        let form = format!(
            "<meta name=referrer content={policy}><form method=post action='{url}'><button id=go>Link</button></form>"
        );
        ways.push((form, false));
    }
    // The form posts to the tenant's own server, which redirects the browser.
    for (number, status) in statuses.iter().enumerate() {
        let url = acme.begin_link("ada").await?.url;
        redirects.push(format!(
            "HTTP/1.1 {status} On\r\nLocation: {url}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        ));
        ways.push((
            format!("<form method=post action='/on/{number}'><button id=go>Link</button></form>"),
            true,
        ));
    }
    let forms: Vec<String> = ways.iter().map(|(form, _)| form.clone()).collect();
    let site = Site::serve(listener, move |path| {
        let number = |path: &str| path.parse::<usize>().ok();
        if let Some(found) = path.strip_prefix("/on/").and_then(number).and_then(|on| redirects.get(on)) {
            return found.clone();
        }
        page(
            number(path.trim_start_matches('/'))
                .and_then(|number| forms.get(number))
                .map_or("", String::as_str),
        )
    })?;
    let browser = Browser::start().await?;
    let tab = browser.open().await?;
    for (number, (form, asks)) in ways.iter().enumerate() {
        tab.visit(&site.url("localhost", &format!("/{number}"))).await?;
        tab.press("#go").await?;
        if *asks {
            tab.press("#continue").await.map_err(|error| error.context(form.clone()))?;
        }
        tab.read("[data-user='amara@example.com']").await.map_err(|error| error.context(form.clone()))?;
    }
    tab.close().await
}
