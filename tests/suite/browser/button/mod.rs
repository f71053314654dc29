//! The link button on a tenant's page with a strict policy: the pages are those of `docs/button.md`.

mod examples;
mod photos;

use anyhow::{Context as _, Result};
use bowline_tests::{Browser, Tab, until};
use fantoccini::key::Key;
use fantoccini::wd::WindowHandle;
use serde_json::{Value, json};

use self::photos::Photos;
use super::again::double_click;
use super::pages::{AXE, axe, stops};

const BUTTON: &str = "bowline-link button";
/// Writes down the events of the element.
const LISTEN: &str = "window.heard = [];
    for (const name of ['started', 'linked', 'denied', 'failed', 'closed'])
        addEventListener('bowline-link:' + name, ({ detail }) => heard.push([name, detail.mode ?? detail.reason ?? null]))";

async fn run(tab: &Tab, script: &str) -> Result<Value> {
    Ok(tab.client().execute(script, vec![]).await?)
}

/// Waits for a state of the element, which shows `line`.
async fn becomes(tab: &Tab, state: &str, line: &str) -> Result<()> {
    let script = "const link = document.querySelector('bowline-link');
        return [link?.getAttribute('state'), link?.shadowRoot?.querySelector('[role=status]')?.textContent]";
    let mut last = Value::Null;
    let reached = until("the state of the button", async || {
        last = run(tab, script).await.ok()?;
        (last == json!([state, line])).then_some(())
    });
    reached.await.with_context(|| format!("{state}: {line}; it is {last}"))
}

/// Opens a page of the tenant and notes events on it.
async fn visit(tab: &Tab, photos: &Photos, path: &str) -> Result<WindowHandle> {
    tab.visit(&photos.url(path)).await?;
    becomes(tab, "idle", "").await?;
    run(tab, LISTEN).await?;
    Ok(tab.client().window().await?)
}

async fn wait_for_windows(tab: &Tab, count: usize) -> Result<Vec<WindowHandle>> {
    until("the windows", async || tab.client().windows().await.ok().filter(|all| all.len() == count)).await
}

/// Goes to the window that the button opened.
async fn go_to_the_other(tab: &Tab, first: &WindowHandle) -> Result<()> {
    let all = wait_for_windows(tab, 2).await?;
    let other = all.into_iter().find(|one| one != first).context("there is no other window")?;
    Ok(tab.client().switch_to_window(other).await?)
}

/// Goes back to the page with the button.
async fn go_back_to(tab: &Tab, first: &WindowHandle) -> Result<()> {
    Ok(tab.client().switch_to_window(first.clone()).await?)
}

/// Goes on to Dropbox and presses this on its page. The window may be gone before the browser says that it is done.
async fn at_dropbox(tab: &Tab, button: &str) -> Result<()> {
    tab.press("#continue").await?;
    // Dropbox asks once who they are.
    tab.read("[data-user='amara@example.com'], #consent").await?;
    if run(tab, "return document.getElementById('consent') === null").await? == json!(true) {
        tab.press("[data-user='amara@example.com']").await?;
    }
    tab.read(button).await?;
    let _: Result<()> = tab.press(button).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_window_links_while_the_page_waits_and_the_page_learns_the_outcome() -> Result<()> {
    let photos = Photos::start(4).await?;
    let browser = Browser::start().await?;
    let tab = browser.open().await?;
    // With the keyboard alone, on the page of the document.
    let first = visit(&tab, &photos, "/popup").await?;
    assert_eq!(stops(&tab, 1).await?, ["button"]);
    tab.client().active_element().await?.send_keys(&Key::Enter.to_string()).await?;
    becomes(&tab, "waiting", "Continue in the other window.").await?;
    wait_for_windows(&tab, 2).await?;
    assert_eq!(run(&tab, "return document.forms[0].getAttribute('aria-busy')").await?, "true");
    // Another press opens nothing and begins nothing.
    tab.press(BUTTON).await?;
    assert_eq!((wait_for_windows(&tab, 2).await?.len(), photos.state().begun), (2, 1));
    go_to_the_other(&tab, &first).await?;
    tab.read("#continue").await?;
    assert_eq!(run(&tab, "return window.opener").await?, Value::Null, "that window cannot move the page");
    at_dropbox(&tab, "#allow").await?;
    wait_for_windows(&tab, 1).await?;
    go_back_to(&tab, &first).await?;
    assert_eq!(tab.read("#photos").await?, "Your photos");

    // A tab, and no as an answer. The page may begin again.
    let first = visit(&tab, &photos, "/tab").await?;
    tab.press(BUTTON).await?;
    go_to_the_other(&tab, &first).await?;
    at_dropbox(&tab, "#cancel").await?;
    wait_for_windows(&tab, 1).await?;
    go_back_to(&tab, &first).await?;
    becomes(&tab, "denied", "Not linked: you declined.").await?;
    let heard = run(&tab, "return window.heard").await?;
    assert_eq!(heard, json!([["started", "tab"], ["denied", "declined"]]));
    assert_eq!(run(&tab, "return document.forms[0].getAttribute('aria-busy')").await?, "false");
    tab.press(BUTTON).await?;
    becomes(&tab, "waiting", "Continue in the other window.").await?;
    go_to_the_other(&tab, &first).await?;
    tab.client().close_window().await?;
    go_back_to(&tab, &first).await?;

    // Browsers cut such pages off from the windows that they open.
    let first = visit(&tab, &photos, "/alone").await?;
    tab.press(BUTTON).await?;
    go_to_the_other(&tab, &first).await?;
    at_dropbox(&tab, "#allow").await?;
    go_back_to(&tab, &first).await?;
    becomes(&tab, "linked", "Linked.").await?;
    assert_eq!(run(&tab, "return window.heard.at(-1)").await?, json!(["linked", null]));
    assert_eq!(photos.state().begun, 4);
    tab.close().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_window_that_is_closed_or_blocked_is_no_dead_end() -> Result<()> {
    let photos = Photos::start(3).await?;
    let browser = Browser::start().await?;
    let tab = browser.open().await?;
    let first = visit(&tab, &photos, "/asks").await?;
    let close = async || {
        tab.press(BUTTON).await?;
        go_to_the_other(&tab, &first).await?;
        tab.read("#continue").await?;
        tab.client().close_window().await?;
        go_back_to(&tab, &first).await
    };
    close().await?;
    becomes(&tab, "closed", "No answer yet. You can try again.").await?;
    assert_eq!(run(&tab, "return window.heard").await?, json!([["started", "popup"], ["closed", null]]));
    // The tenant's server knows more after a moment.
    photos.state().status = r#"{"outcome": "failed", "reason": "wrong_role"}"#;
    becomes(&tab, "failed", "Not linked. Please try again.").await?;
    photos.state().status = r#"{"outcome": "linked"}"#;
    close().await?;
    becomes(&tab, "linked", "Linked.").await?;
    let heard = run(&tab, "return window.heard.slice(2)").await?;
    assert_eq!(heard, json!([["failed", "wrong_role"], ["started", "popup"], ["linked", null]]));

    tab.visit(&photos.url("/blocked")).await?;
    tab.press(BUTTON).await?;
    at_dropbox(&tab, "#allow").await?;
    assert_eq!(tab.read("#photos").await?, "Your photos");
    assert_eq!(tab.client().windows().await?.len(), 1);
    tab.close().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_itself_goes_to_bowline_once_and_back_and_also_without_the_script() -> Result<()> {
    let photos = Photos::start(4).await?;
    let browser = Browser::start().await?;
    let tab = browser.open().await?;
    visit(&tab, &photos, "/redirect").await?;
    double_click(&tab, BUTTON).await?;
    tab.read("#continue").await?;
    assert_eq!(photos.state().begun, 1);
    tab.client().back().await?;
    becomes(&tab, "idle", "").await?;
    tab.press(BUTTON).await?;
    tab.press("#back").await?;
    assert_eq!(tab.read("#photos").await?, "Your photos");
    // A page that comes back from the browser's cache is as it was left.
    visit(&tab, &photos, "/stuck").await?;
    tab.press(BUTTON).await?;
    becomes(&tab, "leaving", "Opening…").await?;
    run(&tab, "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))").await?;
    becomes(&tab, "idle", "").await?;
    assert_eq!(run(&tab, "return window.heard").await?, json!([["started", "redirect"]]));
    // `next` leads to pages of this site only.
    let lead = |next: &str| {
        format!(
            "const link = document.createElement('bowline-link');
            link.setAttribute('report', 'linked');
            link.setAttribute('next', {});
            document.body.append(link)",
            json!(next)
        )
    };
    for elsewhere in ["javascript:document.title='moved'", "https://evil.example/", "//evil.example/"] {
        run(&tab, &lead(elsewhere)).await?;
    }
    run(&tab, &lead("/photos")).await?;
    assert_eq!(tab.read("#photos").await?, "Your photos");

    for path in ["/scriptless", "/tampered"] {
        tab.visit(&photos.url(path)).await?;
        assert_eq!(
            run(&tab, "return customElements.get('bowline-link') === undefined").await?,
            true,
            "{path}"
        );
        tab.press(BUTTON).await?;
        tab.read("#continue").await.with_context(|| path)?;
        assert_eq!(tab.client().windows().await?.len(), 1);
    }
    tab.close().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_script_is_small_and_the_element_speaks_the_language_of_its_place() -> Result<()> {
    let photos = Photos::start(1).await?;
    let browser = Browser::start().await?;
    let tab = browser.open().await?;
    tab.visit(&photos.url("/photos")).await?;
    let size = "return fetch(arguments[0])
        .then(answer => new Response(answer.body.pipeThrough(new CompressionStream('gzip'))).arrayBuffer())
        .then(packed => packed.byteLength)";
    let script = format!("{}/button.js", photos.stack.public_url());
    let size = tab.client().execute(size, vec![json!(script)]).await?;
    assert!(size.as_u64().is_some_and(|size| (1000..4096).contains(&size)), "{size}");

    tab.visit(&photos.url("/languages")).await?;
    let read = "return [...document.querySelectorAll('bowline-link')].map(({ shadowRoot }) => {
        const [button, line] = ['button', '[role=status]'].map(one => shadowRoot.querySelector(one));
        return [button.textContent, line.textContent, line.lang, getComputedStyle(line).direction];
    })";
    let said = run(&tab, read).await?;
    for (number, (label, line, lang, direction)) in [
        ("Link your Dropbox", "Not linked: you declined.", "en", "ltr"),
        ("Dropbox verknüpfen", "Nicht verknüpft: Sie haben abgelehnt.", "de", "ltr"),
        ("Associer votre Dropbox", "Non associé : vous avez refusé.", "fr", "ltr"),
        ("Vincular tu Dropbox", "No se ha vinculado: lo has rechazado.", "es", "ltr"),
        ("Vincular seu Dropbox", "Não vinculado: você recusou.", "pt", "ltr"),
        ("Dropbox と連携", "拒否されたため、連携していません。", "ja", "ltr"),
        ("ربط حسابك في Dropbox", "لم يتم الربط: لقد رفضت.", "ar", "rtl"),
        ("Link your Dropbox", "Not linked: you declined.", "en", "ltr"),
        ("Koppelen", "Niet gekoppeld.", "nl", "ltr"),
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(said[number], json!([label, line, lang, direction]));
    }
    tab.screenshot("button-languages").await?;
    tab.client().execute(&axe().await?, vec![]).await?;
    assert_eq!(tab.client().execute(AXE, vec![json!(true)]).await?, json!([]));
    // The button that the element makes.
    run(&tab, "document.querySelector('bowline-link').shadowRoot.querySelector('button').click()").await?;
    tab.read("#continue").await?;
    tab.close().await
}
