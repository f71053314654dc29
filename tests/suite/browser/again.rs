//! Double clicks, "Back" and changes of mind in a real browser.

use std::time::Duration;

use anyhow::Result;
use bowline_tests::{Browser, Tab};
use fantoccini::Locator;
use fantoccini::actions::{InputSource as _, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};

use super::acme::{acme_photos, presses_the_button};

/// Double-clicks as fast as a mouse can.
pub(super) async fn double_click(tab: &Tab, selector: &str) -> Result<()> {
    let element = tab.client().find(Locator::Css(selector)).await?;
    let (down, up) =
        (PointerAction::Down { button: MOUSE_BUTTON_LEFT }, PointerAction::Up { button: MOUSE_BUTTON_LEFT });
    let over = PointerAction::MoveToElement { element, duration: Some(Duration::ZERO), x: 0.0, y: 0.0 };
    let actions = [over, down.clone(), up.clone(), down, up];
    let mouse = actions.into_iter().fold(MouseActions::new("mouse".to_owned()), MouseActions::then);
    Ok(tab.client().perform_actions(mouse).await?)
}

/// Approves on the simulated Dropbox's page.
async fn approves(tab: &Tab) -> Result<()> {
    tab.press("[data-user='amara@example.com']").await?;
    tab.press("#allow").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_double_click_and_back_from_dropbox_link_all_the_same() -> Result<()> {
    let (stack, acme, photos) = acme_photos().await?;
    let browser = Browser::start().await?;
    let tab = browser.open().await?;
    presses_the_button(&tab, &photos, "ada").await?;
    double_click(&tab, "#continue").await?;
    tab.read("[data-user='amara@example.com']").await?;
    tab.client().back().await?;
    assert!(tab.read("#continue").await?.contains("Continue to Dropbox"));
    tab.screenshot("back-from-dropbox").await?;
    double_click(&tab, "#continue").await?;
    approves(&tab).await?;
    assert_eq!(tab.read("#account-email").await?, "amara@example.com");
    assert_eq!((acme.accounts().await?.len(), stack.live_grants()), (1, 1));
    tab.close().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn back_after_success_says_that_it_is_linked_and_leads_back() -> Result<()> {
    let (stack, acme, photos) = acme_photos().await?;
    let browser = Browser::start().await?;
    let tab = browser.open().await?;
    presses_the_button(&tab, &photos, "ada").await?;
    let link = tab.url().await?;
    tab.press("#continue").await?;
    approves(&tab).await?;
    tab.read("#account-email").await?;
    // The browser goes back to Dropbox's page, where the user approves again; a second answer reaches the callback.
    tab.client().back().await?;
    tab.press("#allow").await?;
    assert_eq!(tab.read("#failure").await?, "Your Dropbox account is linked");
    tab.screenshot("linked-already").await?;
    tab.press("#back").await?;
    assert_eq!(tab.read("#account-email").await?, "amara@example.com");
    tab.visit(link.as_str()).await?;
    assert_eq!(tab.read("#failure").await?, "Your Dropbox account is linked");
    assert_eq!((acme.accounts().await?.len(), stack.live_grants()), (1, 1));
    tab.close().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_on_our_page_ends_the_link_and_acme_says_so() -> Result<()> {
    let (stack, acme, photos) = acme_photos().await?;
    let browser = Browser::start().await?;
    let tab = browser.open().await?;
    presses_the_button(&tab, &photos, "ada").await?;
    let link = tab.url().await?;
    tab.press("#back").await?;
    assert!(tab.read("#declined").await?.contains("declined"));
    tab.visit(link.as_str()).await?;
    assert_eq!(tab.read("#failure").await?, "You declined");
    tab.screenshot("declined-here").await?;
    tab.press("#back").await?;
    assert!(tab.read("#declined").await?.contains("declined"));
    let denied = "SELECT count(*) FROM link_sessions WHERE status = 'denied' AND failure = 'access_denied'";
    assert_eq!(stack.database.count(denied).await?, 1);
    assert!(acme.accounts().await?.is_empty());
    tab.close().await
}
