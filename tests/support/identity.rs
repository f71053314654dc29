//! An identity provider for operators: npm's certified `oidc-provider`, and a browser that logs people in there.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context as _, bail, ensure};
use bowline_verify::node;
use reqwest::{RequestBuilder, Response, StatusCode, redirect};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use url::Url;

use crate::ports::free_port;
use crate::scratch;

/// The client id and secret under which the server is registered.
pub const CLIENT: (&str, &str) = ("bowline", "CANARY_client_secret");

/// Where the groups of a person stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Groups {
    /// In the ID token.
    InIdToken,
    /// At the userinfo endpoint only.
    InUserInfo,
}

/// An identity provider; dropping it ends it.
#[derive(Debug)]
pub struct IdentityProvider {
    port: u16,
    groups: Groups,
    process: Option<Process>,
}

#[derive(Debug)]
struct Process {
    child: Child,
    // It ends when this is closed.
    _stdin: ChildStdin,
}

/// A browser: its cookies, whatever their paths, and the person who sits there.
#[derive(Debug)]
struct Browser<'a> {
    http: reqwest::Client,
    person: &'a str,
    cookies: BTreeMap<String, String>,
}

impl<'a> Browser<'a> {
    fn of(person: &'a str) -> anyhow::Result<Self> {
        Ok(Self { http: client()?, person, cookies: BTreeMap::new() })
    }

    async fn send(&mut self, request: RequestBuilder) -> anyhow::Result<Response> {
        let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        let cookies = cookies.collect::<Vec<_>>().join("; ");
        let answer = request.header("cookie", cookies).header("x-person", self.person).send().await?;
        for set in answer.headers().get_all("set-cookie") {
            let pair = set.to_str()?.split(';').next().unwrap_or_default();
            let Some((name, value)) = pair.split_once('=') else { continue };
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Ok(answer)
    }

    async fn get(&mut self, url: impl reqwest::IntoUrl) -> anyhow::Result<Response> {
        self.send(self.http.get(url)).await
    }
}

impl IdentityProvider {
    /// Starts one in which nobody is in any group.
    pub async fn start(groups: Groups) -> anyhow::Result<Self> {
        let port = free_port()?;
        Ok(Self { port, groups, process: Some(run(port, groups).await?) })
    }

    /// Ends it. Its address stays the same.
    pub async fn stop(&mut self) -> anyhow::Result<()> {
        if let Some(mut process) = self.process.take() {
            process.child.kill().await?;
        }
        Ok(())
    }

    /// Ends it and starts it again, with new keys and without anything that it knew.
    pub async fn restart(&mut self) -> anyhow::Result<()> {
        self.stop().await?;
        self.process = Some(run(self.port, self.groups).await?);
        Ok(())
    }

    /// Its address.
    pub fn issuer(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Sets the claims of people, and those that replace what its next ID tokens say; see `idp.mjs`.
    pub async fn set(&self, state: Value) -> anyhow::Result<()> {
        let answer = client()?.post(format!("{}/test", self.issuer())).json(&state).send().await?;
        ensure!(answer.status() == StatusCode::NO_CONTENT, "the identity provider: {}", answer.status());
        Ok(())
    }

    /// Logs `person` in on the page at `url` in a new browser, up to the redirect to the terminal, which is not followed. Returns its
    /// address.
    pub async fn log_in(&self, person: &str, url: &str) -> anyhow::Result<Url> {
        let mut browser = Browser::of(person)?;
        let mut next = Url::parse(url)?;
        while next.port() == Some(self.port) {
            let answer = browser.get(next).await?;
            next = self.redirect(&answer)?;
        }
        Ok(next)
    }

    /// Approves, as `person`, the login on another device whose page is at `url`.
    pub async fn approve_device(&self, person: &str, url: &str) -> anyhow::Result<()> {
        let mut browser = Browser::of(person)?;
        let mut answer = browser.get(url).await?;
        loop {
            if answer.status().is_redirection() {
                answer = browser.get(self.redirect(&answer)?).await?;
                continue;
            }
            let page = answer.text().await?;
            // The last page has no form; after the person has declined, it is the one that asks for another code.
            let (Some(xsrf), Some(code)) = (input(&page, "xsrf"), input(&page, "user_code")) else {
                return Ok(());
            };
            let form = [("xsrf", xsrf), ("user_code", code), ("confirm", "yes".to_owned())];
            let enter = browser.http.post(format!("{}/device", self.issuer())).form(&form);
            answer = browser.send(enter).await?;
        }
    }

    fn redirect(&self, answer: &Response) -> anyhow::Result<Url> {
        let Some(next) = answer.headers().get("location") else {
            bail!("{} is no redirect but {}", answer.url(), answer.status())
        };
        Ok(Url::parse(&self.issuer())?.join(next.to_str()?)?)
    }
}

/// The value of an input of a page.
fn input(page: &str, name: &str) -> Option<String> {
    let field = page.split("<input").find(|field| field.contains(&format!("name=\"{name}\"")))?;
    Some(field.split_once("value=\"")?.1.split_once('"')?.0.to_owned())
}

fn client() -> anyhow::Result<reqwest::Client> {
    let _: Result<(), _> = rustls::crypto::ring::default_provider().install_default();
    Ok(reqwest::Client::builder().redirect(redirect::Policy::none()).no_proxy().build()?)
}

async fn run(port: u16, groups: Groups) -> anyhow::Result<Process> {
    let home = scratch("identity-provider")?;
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("identity-provider");
    let installed = home.clone();
    tokio::task::spawn_blocking(move || node::packages(&source, &installed)).await??;
    let mut command = Command::new("node");
    command.arg(home.join("idp.mjs")).arg(port.to_string());
    if groups == Groups::InIdToken {
        command.arg("groups-in-id-token");
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    let mut child = command.spawn().context("node is needed: on Debian, `apt-get install npm`")?;
    let stdin = child.stdin.take().context("no standard input")?;
    let mut lines = BufReader::new(child.stdout.take().context("no standard output")?).lines();
    ensure!(lines.next_line().await?.as_deref() == Some("ready"), "the identity provider did not start");
    // It writes warnings there later, and would end if nobody read them.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    Ok(Process { child, _stdin: stdin })
}
