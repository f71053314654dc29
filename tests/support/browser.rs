//! Headless Chromium, driven by `WebDriver`. Each [`Tab`] is a separate browser with its own cookies.

use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::json;
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::ports::free_port;
use crate::{PATIENCE, scratch, until};

/// The paths of the browser, in the order in which they are tried.
const CHROMIUM: [&str; 3] = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/// Limits the browsers that run at once in one process. nextest runs each test in its own process and has a group for
/// these tests; the limit is for `cargo test`, which runs as many tests at once as there are cores.
static ROOM: Semaphore = Semaphore::const_new(2);

/// How long chromedriver may take to end its browsers.
const ENDING: Duration = Duration::from_secs(10);

/// A chromedriver that starts browsers; dropping it ends them all.
#[derive(Debug)]
pub struct Browser {
    driver: Child,
    url: String,
    profiles: TempDir,
    opened: std::sync::atomic::AtomicUsize,
    _room: SemaphorePermit<'static>,
}

impl Browser {
    /// Starts chromedriver.
    pub async fn start() -> anyhow::Result<Self> {
        let room = ROOM.acquire().await?;
        let profiles = tempfile::Builder::new().prefix("bowline-chromium-").tempdir()?;
        let port = free_port()?;
        let program = std::path::Path::new("/usr/bin/chromedriver");
        // If a test is killed, chromedriver ends with it, and the browsers with chromedriver.
        let mut command = bowline_postgres::tied_to_parent("TERM", program);
        command
            .arg(format!("--port={port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let driver = Command::from(command)
            .spawn()
            .context("these tests need chromium and chromium-driver: run `cargo verify`")?;
        let url = format!("http://127.0.0.1:{port}");
        until("chromedriver to listen", async || {
            tokio::net::TcpStream::connect(("127.0.0.1", port)).await.ok()
        })
        .await?;
        Ok(Self { driver, url, profiles, opened: std::sync::atomic::AtomicUsize::new(0), _room: room })
    }

    /// Opens a browser with an empty profile.
    pub async fn open(&self) -> anyhow::Result<Tab> {
        let number = self.opened.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let profile = self.profiles.path().join(number.to_string());
        let mut arguments: Vec<String> = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-proxy-server",
            "--window-size=1000,800",
        ]
        .map(str::to_owned)
        .into();
        arguments.push(format!("--user-data-dir={}", profile.display()));
        let mut options = json!({ "args": arguments });
        if let Some(binary) = CHROMIUM.iter().find(|path| std::path::Path::new(path).exists()) {
            options["binary"] = json!(binary);
        }
        let capabilities = json!({
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "goog:loggingPrefs": { "browser": "ALL" },
        });
        let serde_json::Value::Object(capabilities) = capabilities else {
            bail!("the capabilities are not an object")
        };
        let client =
            ClientBuilder::new(HttpConnector::new()).capabilities(capabilities).connect(&self.url).await?;
        Ok(Tab { client })
    }
}

impl Drop for Browser {
    /// Lets chromedriver end its browsers. A killed one would leave them running, with their profiles.
    fn drop(&mut self) {
        let Some(id) = self.driver.id().and_then(|id| i32::try_from(id).ok()) else { return };
        if kill(Pid::from_raw(id), Signal::SIGTERM).is_err() {
            return;
        }
        let asked = Instant::now();
        while matches!(self.driver.try_wait(), Ok(None)) && asked.elapsed() < ENDING {
            std::thread::park_timeout(Duration::from_millis(10));
        }
        let _ended = self.driver.start_kill();
    }
}

/// A command of the `DevTools` protocol, which chromedriver passes on.
#[derive(Debug)]
struct DevTools {
    command: &'static str,
    parameters: serde_json::Value,
}

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (reqwest::Method, Option<String>) {
        let body = json!({ "cmd": self.command, "params": self.parameters });
        (reqwest::Method::POST, Some(body.to_string()))
    }
}

/// One browser's only tab.
#[derive(Debug, Clone)]
pub struct Tab {
    client: Client,
}

impl Tab {
    /// Opens a page.
    pub async fn visit(&self, url: &str) -> anyhow::Result<()> {
        Ok(self.client.goto(url).await?)
    }

    /// Waits for the element and presses it.
    ///
    /// # Errors
    /// If it does not appear; the error contains the page.
    pub async fn press(&self, selector: &str) -> anyhow::Result<()> {
        self.on(selector, async |element| element.click().await).await
    }

    /// Waits for the field and replaces its text.
    pub async fn write(&self, selector: &str, text: &str) -> anyhow::Result<()> {
        self.on(selector, async |field| {
            field.clear().await?;
            field.send_keys(text).await
        })
        .await
    }

    /// Waits for the element and reads its text.
    pub async fn read(&self, selector: &str) -> anyhow::Result<String> {
        self.on(selector, async |element| element.text().await).await
    }

    /// The page's source.
    pub async fn source(&self) -> anyhow::Result<String> {
        Ok(self.client.source().await?)
    }

    /// The URL of the page.
    pub async fn url(&self) -> anyhow::Result<url::Url> {
        Ok(self.client.current_url().await?)
    }

    /// The `WebDriver` client, for everything else.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Sends a command of the `DevTools` protocol, for what `WebDriver` does not have.
    pub async fn devtools(
        &self,
        command: &'static str,
        parameters: serde_json::Value,
    ) -> anyhow::Result<serde_json::Value> {
        let answer = self.client.issue_cmd(DevTools { command, parameters }).await;
        answer.with_context(|| format!("{command} failed"))
    }

    /// Stores a screenshot of the page below the target directory.
    pub async fn screenshot(&self, name: &str) -> anyhow::Result<()> {
        let picture = self.client.screenshot().await?;
        Ok(std::fs::write(scratch("screenshots")?.join(format!("{name}.png")), picture)?)
    }

    /// Ends this browser.
    pub async fn close(self) -> anyhow::Result<()> {
        Ok(self.client.close().await?)
    }

    /// Waits for the element and does this with it, once more on the next page if this one is left meanwhile.
    async fn on<T>(
        &self,
        selector: &str,
        act: impl AsyncFn(Element) -> Result<T, CmdError>,
    ) -> anyhow::Result<T> {
        let started = Instant::now();
        loop {
            match act(self.find(selector).await?).await {
                Err(error) if is_left(&error) && started.elapsed() < PATIENCE => {}
                done => return Ok(done?),
            }
        }
    }

    async fn find(&self, selector: &str) -> anyhow::Result<Element> {
        let started = Instant::now();
        let found = loop {
            let wait = self.client.wait().at_most(PATIENCE).every(Duration::from_millis(50));
            match wait.for_element(Locator::Css(selector)).await {
                // The page was left while it was searched; the next one has the element, or not.
                Err(error) if is_left(&error) && started.elapsed() < PATIENCE => {}
                found => break found,
            }
        };
        match found {
            Ok(element) => Ok(element),
            Err(error) => {
                let name = format!("missing-{}", selector.replace(|c: char| !c.is_ascii_alphanumeric(), "-"));
                // The first failure says more than a failed screenshot.
                let _: anyhow::Result<()> = self.screenshot(&name).await;
                let (url, source) = (self.client.current_url().await?, self.client.source().await?);
                bail!("there is no {selector} at {url} ({error}); the page is:\n{source}")
            }
        }
    }
}

/// Whether the page was left before the command was done. If that happens during the command, chromedriver reports it without a code that is
/// known here.
fn is_left(error: &CmdError) -> bool {
    let text = error.to_string();
    error.is_stale_element_reference()
        || text.contains("aborted by navigation")
        || text.contains("no such execution context")
}
