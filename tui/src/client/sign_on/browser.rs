//! Opens a page in the operator's browser, if there can be one.

/// Tells a browser to open the page. Returns false if this machine has no display, or no browser could be started.
pub(super) async fn open(url: &str) -> bool {
    if !has_display() {
        return false;
    }
    let url = url.to_owned();
    // Starting a browser may take a moment.
    let opened = tokio::task::spawn_blocking(move || {
        let mut options = webbrowser::BrowserOptions::new();
        // What a browser prints would go over the screen.
        options.with_suppress_output(true);
        webbrowser::open_browser_with_options(webbrowser::Browser::Default, &url, &options).is_ok()
    });
    opened.await.unwrap_or(false)
}

/// Whether a browser would be seen. On a machine that is reached over SSH it would open somewhere else, or in this terminal.
fn has_display() -> bool {
    if cfg!(target_os = "macos") {
        return std::env::var_os("SSH_CONNECTION").is_none();
    }
    ["WAYLAND_DISPLAY", "DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}
