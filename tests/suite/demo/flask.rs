//! The Flask app of the tenant guide, verbatim, and the actions of its users.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use bowline_tests::{Python, Tab, until};
use tokio::process::{Child, Command};

/// The first program in a section of the tenant guide.
fn program_of(section: &str) -> Result<String> {
    let guide =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/tenant-guide.md"))?;
    let (_, section) = guide.split_once(&format!("\n{section}\n")).context("the guide lacks the section")?;
    let (_, code) = section.split_once("\n```python\n").context("the section lacks a program")?;
    let (code, _) = code.split_once("\n```\n").context("the program has no end")?;
    Ok(format!("{code}\n"))
}

/// The app of the tenant guide.
pub(super) fn app() -> Result<String> {
    program_of("## A whole app in Flask")
}

/// The same app, with the one function in its place that the guide has for OAuth 1.
pub(super) fn app_of_oauth1() -> Result<String> {
    let (app, other) = (app()?, program_of("### The same app under OAuth 1.0 and 1.0a")?);
    let (before, rest) = app.split_once("def look_inside(").context("the app lacks the function")?;
    let (_, after) = rest.split_once("\n\n\n").context("the function has no end")?;
    Ok(format!("{before}{other}\n\n{after}"))
}

/// A shell that has evaluated `variables`, as after `eval "$(cargo demo add-app …)"`, and then runs `script`, whose
/// further arguments begin at `$2`.
pub(super) fn shell(script: &str, variables: &str) -> Command {
    let mut command = Command::new("sh");
    command.arg("-euc").arg(format!("eval \"$1\"; {script}")).arg("sh").arg(variables);
    for name in ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"] {
        command.env_remove(name);
    }
    command.stdin(Stdio::null()).kill_on_drop(true);
    command
}

/// Flask in a shell that has only the variables that the demo printed.
pub(super) struct Flask {
    _child: Child,
    pub(super) url: String,
    log: PathBuf,
}

impl Flask {
    pub(super) async fn start(
        python: &Python,
        variables: &str,
        port: u16,
        directory: &Path,
        app: &str,
    ) -> Result<Self> {
        std::fs::write(directory.join("app.py"), app)?;
        let log = directory.join("flask.log");
        let flask = python.program("flask").as_std().get_program().to_owned();
        let mut command = shell("exec \"$2\" --app app run --port \"$3\"", variables);
        command.arg(flask).arg(port.to_string()).current_dir(directory);
        command.env("NO_COLOR", "1").env_remove("SECRET_KEY");
        command.stdout(Stdio::null()).stderr(std::fs::File::create(&log)?);
        let child = command.spawn()?;
        let listens = async || tokio::net::TcpStream::connect(("127.0.0.1", port)).await.ok();
        until("Flask to listen", listens)
            .await
            .with_context(|| std::fs::read_to_string(&log).unwrap_or_default())?;
        Ok(Self { _child: child, url: format!("http://localhost:{port}"), log })
    }

    /// The URLs to which browsers were redirected back, oldest first.
    pub(super) fn returns(&self) -> Result<Vec<String>> {
        let log = std::fs::read_to_string(&self.log)?;
        let paths = log.lines().filter_map(|line| line.split_once("GET ")?.1.split_once(" HTTP"));
        let returns = paths.map(|(path, _)| path).filter(|path| path.starts_with("/linked?"));
        Ok(returns.map(|path| format!("{}{path}", self.url)).collect())
    }
}

/// Presses the link on the app's current page, which leads to Bowline's page.
async fn starts(tab: &Tab) -> Result<()> {
    tab.press("#link-dropbox").await?;
    tab.read("#continue").await?;
    Ok(())
}

/// Waits until the app shows this message.
pub(super) async fn says(tab: &Tab, words: &str) -> Result<()> {
    let message = async || tab.read("#message").await.ok().filter(|message| message.contains(words));
    until(&format!("the app to say {words:?}"), message).await?;
    Ok(())
}

pub(super) async fn shows_the_files(tab: &Tab, flask: &Flask) -> Result<()> {
    shows(tab, flask, "Notes of amara.txt").await
}

async fn shows(tab: &Tab, flask: &Flask, expected: &str) -> Result<()> {
    says(tab, "Your Dropbox is linked").await?;
    let files = tab.read("#files").await?;
    ensure!(files.contains(expected), "{files}");
    ensure!(tab.url().await?.as_str() == format!("{}/", flask.url), "no code stays in the address");
    Ok(())
}

/// The user declines on Bowline's page and at Dropbox, and then links. The app then shows `expected`.
pub(super) async fn declines_and_links(tab: &Tab, flask: &Flask, expected: &str) -> Result<()> {
    tab.visit(&flask.url).await?;
    tab.press("#sign-in").await?;
    says(tab, "You have not linked a Dropbox yet").await?;
    starts(tab).await?;
    tab.press("#back").await?;
    says(tab, "You declined").await?;
    starts(tab).await?;
    tab.press("#continue").await?;
    tab.press("[data-user='amara@example.com']").await?;
    tab.press("#cancel").await?;
    says(tab, "You declined").await?;
    tab.screenshot("flask-declined").await?;
    // The link is on this page as well.
    starts(tab).await?;
    tab.press("#continue").await?;
    tab.press("#allow").await?;
    shows(tab, flask, expected).await?;
    tab.screenshot("flask-linked").await
}

/// The same user links another person's Dropbox in another browser. The app then shows the newer one.
pub(super) async fn links_another_dropbox(tab: &Tab, flask: &Flask) -> Result<()> {
    tab.visit(&flask.url).await?;
    tab.press("#sign-in").await?;
    says(tab, "Your Dropbox is linked").await?;
    starts(tab).await?;
    tab.press("#continue").await?;
    tab.press("[data-user='mei@example.org']").await?;
    tab.press("#allow").await?;
    says(tab, "Your Dropbox is linked").await?;
    let files = tab.read("#files").await?;
    ensure!(files.contains("Notes of mei.txt"), "{files}");
    Ok(())
}

/// The user starts in two tabs and finishes first in the second one. Dropbox knows the user by now and does not ask
/// again.
pub(super) async fn links_in_two_tabs(tab: &Tab, flask: &Flask) -> Result<()> {
    let client = tab.client();
    let first = client.window().await?;
    starts(tab).await?;
    let second = client.new_window(true).await?.handle;
    client.switch_to_window(second).await?;
    tab.visit(&flask.url).await?;
    starts(tab).await?;
    tab.press("#continue").await?;
    shows_the_files(tab, flask).await?;
    client.switch_to_window(first).await?;
    tab.press("#continue").await?;
    shows_the_files(tab, flask).await
}
