//! The buttons on the examples' own pages.

use anyhow::{Context as _, Result, ensure};
use bowline_tests::{Browser, Python, Tab, until};

use super::{at_dropbox, becomes, go_back_to, go_to_the_other, wait_for_windows};
use crate::clients::example::{App, Example, stack};
use crate::clients::node::express;
use crate::clients::python::flask;

/// Waits until the page shows the user's file.
async fn shows_the_files(tab: &Tab) -> Result<()> {
    let files = async || tab.read("#files").await.ok().filter(|files| files.contains("Notes of amara.txt"));
    until("the page to show the files", files).await?;
    Ok(())
}

/// Signs in at the example as `ada`, who has linked nothing.
async fn signs_in(tab: &Tab, example: &Example<'_>) -> Result<()> {
    tab.visit(&example.url).await?;
    tab.press("#sign-in").await?;
    tab.read("#link-dropbox").await?;
    let message = tab.read("#message").await?;
    ensure!(message.contains("You have not linked a Dropbox yet"), "{message}");
    Ok(())
}

/// Declines in the window that the button opens, and then links. The page with the button learns both.
async fn in_a_window(tab: &Tab) -> Result<()> {
    let first = tab.client().window().await?;
    for (answer, state, line) in [("#cancel", "denied", "Not linked: you declined."), ("#allow", "idle", "")]
    {
        tab.press("#link-dropbox").await?;
        becomes(tab, "waiting", "Continue in the other window.").await?;
        go_to_the_other(tab, &first).await?;
        at_dropbox(tab, answer).await?;
        wait_for_windows(tab, 1).await?;
        go_back_to(tab, &first).await?;
        becomes(tab, state, line).await?;
    }
    shows_the_files(tab).await
}

/// Declines and links by the plain form, in the page's own window.
async fn on_the_page(tab: &Tab) -> Result<()> {
    tab.press("#link-dropbox").await?;
    at_dropbox(tab, "#cancel").await?;
    let declined = async || tab.read("#message").await.ok().filter(|said| said.contains("You declined"));
    until("the page to say so", declined).await?;
    tab.press("#link-dropbox").await?;
    at_dropbox(tab, "#allow").await?;
    shows_the_files(tab).await
}

/// Starts the example, and lets somebody press the button on its page.
async fn pressed(app: App, press: impl AsyncFnOnce(&Tab) -> Result<()>) -> Result<()> {
    let name = app.0;
    let stack = stack().await?;
    let example = Example::start(&stack, app).await?;
    let browser = Browser::start().await?;
    let tab = browser.open().await?;
    signs_in(&tab, &example).await?;
    press(&tab).await.with_context(|| example.told(name))?;
    tab.screenshot(&format!("example-{name}")).await?;
    let accounts = example.acme.accounts().await?;
    assert_eq!(accounts.len(), 1, "{accounts:?}");
    assert_eq!((&*accounts[0].external_user_id, &*accounts[0].email), ("ada", "amara@example.com"));
    assert_eq!(tab.url().await?.path(), "/", "no code stays in the address");
    tab.close().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_button_in_express_links_in_a_window_and_its_page_shows_the_files() -> Result<()> {
    pressed(express().await?, in_a_window).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_form_in_flask_links_and_its_page_shows_the_files() -> Result<()> {
    pressed(flask(&Python::with_client().await?), on_the_page).await
}
