//! What the pages for end users look like and how they are read: by eyes, keyboards and screen readers, in every language.

use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bowline_tests::{Browser, Python, Stack, Tab, Tenant, scratch};
use serde_json::{Value, json};

use super::gallery::{Gallery, LANGUAGES, Shown};

/// Runs axe-core with the rules of WCAG 2.2 AA and its best practices, and contrast and target size beyond its defaults.
pub(super) const AXE: &str = "return axe.run(document, {
    resultTypes: ['violations'],
    runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] },
    rules: { 'color-contrast-enhanced': { enabled: arguments[0] }, 'target-size': { enabled: true } },
}).then(result => result.violations.map(rule =>
    rule.id + ': ' + rule.nodes.map(node => node.target + ' ' + node.failureSummary).join('; ')))";

/// Puts a page into the tab, which keeps its style.
const PUT: &str = "const page = new DOMParser().parseFromString(arguments[0], 'text/html');
    document.title = page.title;
    for (const name of ['lang', 'dir']) document.documentElement.setAttribute(name, page.documentElement.getAttribute(name));
    document.body.replaceWith(document.adoptNode(page.body));
    window.scrollTo(0, 0);
    document.querySelector('link[href^=\"/link/accent/\"]')?.remove();
    const accent = page.querySelector('link[href^=\"/link/accent/\"]');
    const loaded = new Promise(done => {
        if (!accent) return done();
        accent.onload = accent.onerror = done;
        document.head.append(document.adoptNode(accent));
    });
    return Promise.all([loaded, ...[...document.images].map(image => image.decode())]).then(() => null)";

/// Every text whose colour has less than 7:1 against the nearest opaque background.
const CONTRAST: &str = "const parse = text => text.match(/[0-9.]+/g).map(Number);
    const light = ([r, g, b]) => [r, g, b].map(c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const behind = element => {
        for (let at = element; at; at = at.parentElement) {
            const colour = parse(getComputedStyle(at).backgroundColor);
            if (colour.length < 4 || colour[3] === 1) return colour;
        }
        return [255, 255, 255];
    };
    const found = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const text = texts.currentNode, element = text.parentElement;
        if (!text.data.trim()) continue;
        const [a, b] = [light(parse(getComputedStyle(element).color)), light(behind(element))];
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        found.push([ratio, text.data.trim(), element.closest('button, .button') !== null]);
    }
    return found";

/// axe-core, from a package that brings it along.
pub(super) async fn axe() -> Result<String> {
    let python = Python::with_all("axe", &["axe-playwright-python==0.1.8", "--no-deps"]).await?;
    let script = "import importlib.util, pathlib
origin = importlib.util.find_spec('axe_playwright_python').origin
print(pathlib.Path(origin).with_name('axe.min.js').read_text(encoding='utf-8'))";
    let output = python.program("python").args(["-c", script]).output().await?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}

/// A tab on a page of `stack`, whose style every other page has too.
pub(super) async fn tab_at(browser: &Browser, stack: &Stack) -> Result<Tab> {
    let tab = browser.open().await?;
    tab.visit(&format!("{}/link/nothing", stack.public_url())).await?;
    Ok(tab)
}

pub(super) async fn put(tab: &Tab, shown: &Shown) -> Result<()> {
    tab.client().execute(PUT, vec![json!(shown.html())]).await?;
    Ok(())
}

/// How a browser shows a page: one feature of its media queries.
pub(super) async fn prefer(tab: &Tab, feature: &str, value: &str) -> Result<()> {
    let features = json!({ "features": [{ "name": feature, "value": value }] });
    tab.devtools("Emulation.setEmulatedMedia", features).await?;
    Ok(())
}

async fn is_clean(tab: &Tab, shown: &Shown) -> Result<()> {
    put(tab, shown).await?;
    // A button in the app's own colour has 4.5:1.
    let found = tab.client().execute(AXE, vec![json!(shown.name != "branding")]).await?;
    assert_eq!(found, json!([]), "{} in {}", shown.name, shown.language);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn axe_finds_nothing_on_any_page_in_any_language_and_theme() -> Result<()> {
    let (stack, pages) = Gallery::open(&LANGUAGES).await?;
    let axe = axe().await?;
    let browser = Browser::start().await?;
    let tab = tab_at(&browser, &stack).await?;
    tab.client().execute(&axe, vec![]).await?;
    // Proof that it would find something.
    let bad = "document.body.insertAdjacentHTML('beforeend', '<img src=x><p id=faint>faint</p>')";
    tab.client().execute(bad, vec![]).await?;
    ensure!(
        tab.client().execute(AXE, vec![json!(true)]).await? != json!([]),
        "axe finds nothing on a bad page"
    );
    for shown in &pages {
        is_clean(&tab, shown).await?;
    }
    for (feature, value) in [("prefers-color-scheme", "dark"), ("forced-colors", "active")] {
        prefer(&tab, feature, value).await?;
        for shown in pages.iter().filter(|shown| ["en", "ar"].contains(&shown.language)) {
            is_clean(&tab, shown).await.with_context(|| format!("{feature}: {value}"))?;
        }
    }
    tab.close().await
}

/// The least contrast of a text: less on a button in the app's own colour.
fn least(shown: &Shown, text: &Value) -> f64 {
    if shown.name == "branding" && text[2] == json!(true) { 4.5 } else { 7.0 }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_is_easy_to_read_fits_a_small_telephone_and_weighs_little() -> Result<()> {
    let (stack, pages) = Gallery::open(&LANGUAGES).await?;
    let style =
        stack.http().get(format!("{}/link/style.css", stack.public_url())).send().await?.bytes().await?;
    let browser = Browser::start().await?;
    let tab = tab_at(&browser, &stack).await?;
    // The same number of pixels as at 640 with a zoom of 200 %.
    let size = json!({ "width": 320, "height": 568, "deviceScaleFactor": 1, "mobile": true });
    tab.devtools("Emulation.setDeviceMetricsOverride", size).await?;
    for theme in ["light", "dark"] {
        prefer(&tab, "prefers-color-scheme", theme).await?;
        for shown in &pages {
            let what = format!("{} in {}, {theme}", shown.name, shown.language);
            assert!(shown.page.bytes.len() + style.len() < 20 * 1024, "{what}");
            assert!(!shown.page.text().contains("<script"), "{what}");
            put(&tab, shown).await?;
            let wide = "return document.documentElement.scrollWidth";
            assert_eq!(tab.client().execute(wide, vec![]).await?, json!(320), "{what}");
            let found = tab.client().execute(CONTRAST, vec![]).await?;
            let found = found.as_array().context("no list")?;
            assert!(found.len() > 3, "{what}: {found:?}");
            let faint: Vec<&Value> =
                found.iter().filter(|text| text[0].as_f64() < Some(least(shown, text))).collect();
            assert!(faint.is_empty(), "{what}: {faint:?}");
        }
    }
    tab.close().await
}

/// The elements that the key Tab reaches, in this order.
pub(super) async fn stops(tab: &Tab, count: usize) -> Result<Vec<String>> {
    let mut stops = Vec::new();
    for _ in 0..count {
        tab.devtools(
            "Input.dispatchKeyEvent",
            json!({ "type": "keyDown", "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9 }),
        )
        .await?;
        let focused = "const at = document.activeElement, style = getComputedStyle(at);
            return (at.id || at.localName) + (style.outlineStyle === 'none' ? ' without outline' : '')";
        stops.push(tab.client().execute(focused, vec![]).await?.as_str().unwrap_or_default().to_owned());
    }
    Ok(stops)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_keyboard_reaches_everything_in_the_order_in_which_it_is_read() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let browser = Browser::start().await?;
    let tab = browser.open().await?;
    let link = acme.begin_link("ada").await?;
    tab.visit(&link.url).await?;
    assert_eq!(stops(&tab, 3).await?, ["summary", "continue", "back"]);
    // The names of the scopes are folded away, and the keyboard opens them.
    let order = "return [...document.querySelectorAll('h1, h2, .caution, summary, button')].map(one => one.id || one.className || one.localName)";
    let read = tab.client().execute(order, vec![]).await?;
    assert_eq!(read, json!(["h1", "kind", "summary", "caution", "continue", "back", "h2", "h2"]));
    tab.press("#back").await?;
    tab.visit(&link.url).await?;
    assert_eq!(stops(&tab, 1).await?, ["back"]);
    tab.close().await
}

/// The pictures of `docs/pages.md`: with `BOWLINE_PICTURES=docs/pages` they replace the ones there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_has_its_picture() -> Result<()> {
    let (stack, pages) = Gallery::open(&["en", "ar"]).await?;
    let folder = match std::env::var_os("BOWLINE_PICTURES") {
        Some(folder) => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(folder),
        None => scratch("pictures")?,
    };
    std::fs::create_dir_all(&folder)?;
    let browser = Browser::start().await?;
    let tab = tab_at(&browser, &stack).await?;
    for (look, theme, language, width) in [
        ("phone", "light", "en", 360),
        ("desktop", "light", "en", 1000),
        ("dark", "dark", "en", 360),
        ("rtl", "light", "ar", 360),
    ] {
        prefer(&tab, "prefers-color-scheme", theme).await?;
        let size = json!({ "width": width, "height": 640, "deviceScaleFactor": 1, "mobile": width < 500 });
        tab.devtools("Emulation.setDeviceMetricsOverride", size).await?;
        for shown in pages.iter().filter(|shown| shown.language == language) {
            put(&tab, shown).await?;
            let options = json!({ "format": "webp", "quality": 70, "captureBeyondViewport": true });
            let picture = tab.devtools("Page.captureScreenshot", options).await?;
            let picture = STANDARD.decode(picture["data"].as_str().context("no picture")?)?;
            assert!(picture.len() < 60_000, "{} {look}: {}", shown.name, picture.len());
            std::fs::write(folder.join(format!("{}-{look}.webp", shown.name)), picture)?;
        }
    }
    tab.close().await
}
