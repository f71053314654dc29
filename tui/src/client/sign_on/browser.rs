//! Opens a page in the operator's browser, if there can be one.

/// Tells a browser to open the page. Returns false if this machine has no display, or no browser could be started.
pub(super) async fn open(url: &str) -> bool {
    if !has_display() || std::env::var("BROWSER").is_ok_and(|names| is_in_terminal(&names)) {
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

/// Browsers that would draw over this terminal.
const TERMINAL_BROWSERS: [&str; 9] =
    ["lynx", "links", "links2", "elinks", "w3m", "eww", "netrik", "retawq", "www-browser"];

/// Whether one of these programs, with `:` between, is such a browser.
fn is_in_terminal(programs: &str) -> bool {
    programs.split(':').any(|program| {
        let program = program.split_ascii_whitespace().next().unwrap_or_default();
        TERMINAL_BROWSERS.contains(&program.rsplit('/').next().unwrap_or(program))
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_that_draws_in_this_terminal_is_not_opened() {
        for programs in ["lynx", "/usr/bin/w3m", "firefox:links2 -g", "elinks %s"] {
            assert!(is_in_terminal(programs), "{programs}");
        }
        for programs in ["", "firefox", "/opt/lynxes/browser", "chromium --new-window %s"] {
            assert!(!is_in_terminal(programs), "{programs}");
        }
    }
}
