//! The simulated Dropbox on a telephone: many people to choose from, one of them with a long address.

use anyhow::Result;
use bowline_tests::{Browser, Stack, Tenant};
use dropbox_sim::UserConfig;
use serde_json::json;

/// Pairs of boxes in one row that lie on each other, and what is wider than the screen.
const OVERLAPS: &str = "const wrong = [], box = element => element.getBoundingClientRect();
    if (document.documentElement.scrollWidth > 360) wrong.push('wide: ' + document.documentElement.scrollWidth);
    for (const row of document.querySelectorAll('.person, .account')) {
        const boxes = [...row.children].map(box);
        boxes.forEach((a, i) => boxes.slice(i + 1).forEach(b => {
            if (a.right > b.left + 1 && b.right > a.left + 1) wrong.push(row.textContent);
        }));
        for (const text of row.querySelectorAll('.who *')) if (box(text).right > box(row).right) wrong.push(text.textContent);
    }
    return wrong";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twelve_people_and_a_long_address_fit_a_telephone() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let long = format!("{}@{}.example", "a-very-long-name-".repeat(3), "department-of-long-names".repeat(2));
    stack.dropbox.add_user(&UserConfig::new("Wolfeschlegelsteinhausenbergerdorff", &long));
    for number in 0..12 {
        stack
            .dropbox
            .add_user(&UserConfig::new(format!("Person {number}"), format!("p{number}@example.com")));
    }
    let browser = Browser::start().await?;
    let tab = browser.open().await?;
    let size = json!({ "width": 360, "height": 640, "deviceScaleFactor": 1, "mobile": true });
    tab.devtools("Emulation.setDeviceMetricsOverride", size).await?;
    let link = acme.begin_link("ada").await?;
    tab.visit(&link.url).await?;
    tab.press("#continue").await?;
    let chosen = format!("[data-user='{long}']");
    tab.read(&chosen).await?;
    assert_eq!(tab.client().execute(OVERLAPS, vec![]).await?, json!([]));
    tab.screenshot("simulator-people").await?;
    tab.press(&chosen).await?;
    assert_eq!(tab.read("#user-email").await?, long);
    assert_eq!(tab.client().execute(OVERLAPS, vec![]).await?, json!([]));
    tab.screenshot("simulator-consent-phone").await?;
    tab.close().await
}
