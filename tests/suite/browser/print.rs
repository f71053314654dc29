//! What only a browser can tell: the pages on paper and without movement, the way back into a native app, and a logo that is an SVG.

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bowline_tests::{Browser, Operator, Stack, Tab, Tenant, TenantOptions, until};
use reqwest::Method;
use serde_json::{Value, json};

use super::gallery::Gallery;
use super::pages::{prefer, put, tab_at};

/// What is wrong with a printed page: colours that need ink, buttons that cannot be pressed, and text that is not dark on white.
const PRINTED: &str = "const seen = element => element.checkVisibility();
    const wrong = [...document.querySelectorAll('form, .ways')].filter(seen).map(one => 'a button: ' + one.className);
    for (const one of [document.body, document.querySelector('main')]) {
        const colour = getComputedStyle(one).backgroundColor;
        if (!['rgb(255, 255, 255)', 'rgba(0, 0, 0, 0)'].includes(colour)) wrong.push(one.localName + ' ' + colour);
    }
    for (const one of document.querySelectorAll('h1, main p')) {
        if (seen(one) && getComputedStyle(one).color !== 'rgb(0, 0, 0)') wrong.push(one.textContent + getComputedStyle(one).color);
    }
    if (!seen(document.querySelector('h1'))) wrong.push('no heading');
    return wrong";

const MOVES: &str = "return document.getAnimations().length";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_prints_as_black_text_and_holds_still_for_those_who_ask() -> Result<()> {
    let (stack, pages) = Gallery::open(&["en", "ar"]).await?;
    let browser = Browser::start().await?;
    let tab = tab_at(&browser, &stack).await?;
    let mut moving = 0;
    for shown in &pages {
        tab.devtools("Emulation.setEmulatedMedia", json!({ "media": "", "features": [] })).await?;
        put(&tab, shown).await?;
        moving += tab.client().execute(MOVES, vec![]).await?.as_u64().unwrap_or_default();
        prefer(&tab, "prefers-reduced-motion", "reduce").await?;
        assert_eq!(tab.client().execute(MOVES, vec![]).await?, json!(0), "{} moves", shown.name);
        // A dark screen prints like any other.
        let features = json!([{ "name": "prefers-color-scheme", "value": "dark" }]);
        tab.devtools("Emulation.setEmulatedMedia", json!({ "media": "print", "features": features })).await?;
        let wrong = tab.client().execute(PRINTED, vec![]).await?;
        assert_eq!(wrong, json!([]), "{} in {}", shown.name, shown.language);
    }
    ensure!(moving > 0, "no page moves, so the test of reduced motion shows nothing");
    tab.close().await
}

/// Signs in at the simulated Dropbox and allows.
async fn allows(tab: &Tab) -> Result<()> {
    tab.press("#continue").await?;
    tab.press("[data-user='amara@example.com']").await?;
    tab.press("#allow").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_hands_a_native_apps_user_to_the_apps_own_scheme() -> Result<()> {
    let stack = Stack::start().await?;
    let return_url = "com.acme.photos:/linked".to_owned();
    let acme =
        Tenant::create_with(&stack, "acme", TenantOptions { return_url, ..TenantOptions::default() }).await?;
    let browser = Browser::start().await?;
    let tab = browser.open().await?;
    // Nothing on this machine opens the scheme, so our page stays, with a link that leads there.
    let link = acme.begin_link("ada").await?;
    tab.visit(&link.url).await?;
    tab.press("#back").await?;
    tab.read("#onward").await?;
    let target = tab.client().execute("return document.querySelector('#onward').href", vec![]).await?;
    let expected = format!("com.acme.photos:/linked?link_session={}&error=access_denied", link.id);
    assert_eq!(target, json!(expected));
    tab.close().await?;
    // After an approval, Chromium follows our redirect as far as the app's scheme, and shows no error of its own.
    let tab = browser.open().await?;
    let link = acme.begin_link("ada").await?;
    tab.visit(&link.url).await?;
    allows(&tab).await?;
    let returned = async || acme.link_status(&link).await.ok().filter(|(status, _)| status == "returned");
    until("the browser to come through the callback", returned).await?;
    ensure!(!tab.url().await?.as_str().starts_with("chrome-error:"), "Chromium shows an error");
    tab.close().await
}

/// What a page that is shown by itself, or whose logo was hostile, must not have done.
const RAN: &str = "return [document.querySelectorAll('script').length, window.ran ?? 0]";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_svg_logo_is_drawn_and_runs_nothing() -> Result<()> {
    const HOSTILE: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8" width="8" height="8" onload="window.ran=1"><script>window.ran=1</script><path fill="#0a5c8a" d="M0 0h8v8z"/></svg>"##;
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let mut admin = Operator::create(&stack, "root", "admin").await?;
    admin.log_in().await?;
    let path = format!("/admin/v1/tenants/{}/connectors/{}", acme.slug, acme.connector);
    let branding = json!({ "branding": { "logo": STANDARD.encode(HOSTILE) } });
    ensure!(admin.call(Method::PATCH, &path, Some(branding)).await?.status == 200);
    let browser = Browser::start().await?;
    let tab = browser.open().await?;
    let link = acme.begin_link("ada").await?;
    tab.visit(&link.url).await?;
    tab.read("#continue").await?;
    let drawn = "const logo = document.querySelector('.pair img');
        return logo.decode().then(() => [logo.naturalWidth > 0, logo.offsetWidth, logo.src])";
    let drawn = tab.client().execute(drawn, vec![]).await?;
    let [Value::Bool(true), width, Value::String(address)] =
        drawn.as_array().context("no answer")?.as_slice()
    else {
        anyhow::bail!("the logo is not drawn: {drawn}");
    };
    assert_eq!(*width, json!(56));
    assert_eq!(tab.client().execute(RAN, vec![]).await?, json!([0, 0]));
    // Opened by itself.
    tab.visit(address).await?;
    assert_eq!(tab.client().execute(RAN, vec![]).await?, json!([0, 0]));
    tab.close().await
}
