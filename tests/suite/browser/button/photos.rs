//! The tenant of `docs/button.md`: its pages are those of the document, and its server begins real link sessions.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context as _, Result};
use bowline_tests::{Stack, Tenant, TenantOptions};
use tokio::net::TcpListener;

use super::super::site::Site;

const DOCUMENT: &str = include_str!("../../../../docs/button.md");

/// The pages of the document, with the address of a server in the place of the example's.
#[derive(Clone)]
struct Pages {
    bowline: String,
    button: String,
    back: String,
    policy: String,
}

impl Pages {
    fn of(bowline: &str) -> Result<Self> {
        let ours = |text: &str| text.replace("https://link.example.com", bowline);
        let block = |kind: &str, number: usize| {
            let begun = DOCUMENT.split(&format!("```{kind}\n")).nth(number);
            begun.and_then(|rest| rest.split("```").next()).context("the document lacks a block").map(ours)
        };
        let policy = DOCUMENT.lines().find(|line| line.starts_with("Content-Security-Policy: "));
        let policy = ours(policy.context("the document lacks the policy")?);
        let (button, back) = (block("html", 1)?, block("html", 2)?);
        anyhow::ensure!(button.lines().count() <= 10, "a page needs more than ten lines");
        Ok(Self { bowline: bowline.to_owned(), button, back, policy })
    }

    /// The page with the button, with other attributes.
    fn with(&self, attributes: &str) -> String {
        self.button.replace(r#"mode="popup" next="/photos""#, attributes)
    }
}

/// What the tenant's server knows and does.
#[derive(Default)]
pub(super) struct State {
    /// The URLs of link sessions that are not begun yet.
    links: VecDeque<String>,
    /// How many were begun.
    pub(super) begun: usize,
    /// What `/status` says.
    pub(super) status: &'static str,
}

/// The tenant, with its server.
pub(super) struct Photos {
    pub(super) stack: Stack,
    site: Site,
    state: Arc<Mutex<State>>,
}

impl Photos {
    /// A tenant with `links` link sessions.
    pub(super) async fn start(links: usize) -> Result<Self> {
        let stack = Stack::start().await?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let return_url = format!("http://localhost:{}/linked", listener.local_addr()?.port());
        let options = TenantOptions { return_url, ..TenantOptions::default() };
        let acme = Tenant::create_with(&stack, "acme", options).await?;
        let state = Arc::new(Mutex::new(State { status: "{}", ..State::default() }));
        for _ in 0..links {
            let link = acme.begin_link("ada").await?;
            lock(&state).links.push_back(link.url);
        }
        let (pages, known) = (Pages::of(&stack.public_url())?, Arc::clone(&state));
        let site = Site::serve(listener, move |path| answer(&pages, &mut lock(&known), path))?;
        Ok(Self { stack, site, state })
    }

    /// The URL of one of its pages: see [`answer`].
    pub(super) fn url(&self, path: &str) -> String {
        self.site.url("localhost", path)
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn response(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}")
}

fn html(headers: &str, body: &str) -> String {
    response("200 OK", &format!("Content-Type: text/html; charset=utf-8\r\n{headers}"), body)
}

/// The texts of the element in every language, in one that it does not speak, and the page's own.
fn languages(pages: &Pages) -> String {
    let script = pages.button.split("<script").nth(1).unwrap_or_default();
    let each = ["en", "de-AT", "fr", "es", "pt-BR", "ja", "ar", "nl"].map(|tag| {
        format!("<section lang='{tag}'><bowline-link action='/link' state='denied'></bowline-link></section>")
    });
    format!(
        "<!doctype html><html lang=en><title>Languages</title><main><h1>Languages</h1>{}
         <section lang=nl><bowline-link action='/link' state='denied' text-denied='Niet gekoppeld.' text-label='Koppelen'>
         </bowline-link></section></main><script{script}",
        each.join("\n")
    )
}

/// The page with a digest that is not that of the script.
fn tampered(page: &str) -> String {
    let (before, digest) = page.split_once("sha384-").unwrap_or_default();
    let other = if digest.starts_with('A') { "B" } else { "A" };
    format!("{before}sha384-{other}{}", digest.get(1..).unwrap_or_default())
}

/// What the tenant's server answers. The last part of the path of a page with the button says what is special about it.
fn answer(pages: &Pages, state: &mut State, path: &str) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let strict = format!("{}; require-trusted-types-for 'script'\r\n", pages.policy);
    let only = |attributes: &str| html(&strict, &pages.with(attributes));
    match path {
        "/link" => {
            let Some(link) = state.links.pop_front() else { return response("503 None Left", "", "") };
            state.begun += 1;
            response("303 See Other", &format!("Location: {link}\r\n"), "")
        }
        "/linked" => {
            let outcome = if query.contains("link_code=") {
                "linked"
            } else if query.contains("error=access_denied") {
                r#"denied" reason="declined"#
            } else {
                "failed"
            };
            html(&strict, &pages.back.replace("linked\"", &format!("{outcome}\"")))
        }
        "/status" => response("200 OK", "Content-Type: application/json\r\n", state.status),
        "/photos" => html("", "<p id=photos>Your photos</p>"),
        "/popup" => html(&strict, &pages.button),
        "/tab" => only(r#"mode="tab""#),
        "/redirect" => only(""),
        "/asks" => only(r#"mode="popup" status="/status""#),
        "/alone" => html(
            &format!("Cross-Origin-Opener-Policy: same-origin\r\n{strict}"),
            &pages.with(r#"mode="popup""#),
        ),
        "/blocked" => html(
            &format!("{}; sandbox allow-scripts allow-forms allow-same-origin\r\n", pages.policy),
            &pages.button,
        ),
        "/stuck" => html(&strict, &pages.with("").replace("/link", "/nothing")),
        "/nothing" => response("204 No Content", "", ""),
        "/scriptless" => {
            let ours = format!("script-src {}/button/", pages.bowline);
            html(&strict.replace(&ours, "script-src 'none'"), &pages.button)
        }
        "/tampered" => html(&strict, &tampered(&pages.button)),
        "/languages" => html(&strict, &languages(pages)),
        _ => response("404 Not Found", "", ""),
    }
}
