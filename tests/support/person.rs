//! An end user with a browser that keeps cookies and has no screen.

use std::collections::BTreeMap;

use anyhow::{Context as _, ensure};
use bowline_api::v1::Account;
use reqwest::Method;
use reqwest::header::HeaderMap;
use url::Url;

use crate::{Answer, Link, Returned, Stack, Tenant};

/// The response to a browser: a page or a redirect.
pub type Page = Answer;

/// The URL to which a page of ours moves on by itself.
pub fn onward(page: &Page) -> anyhow::Result<String> {
    let text = page.text();
    let target = text
        .split_once("http-equiv=\"refresh\" content=\"0; url=")
        .and_then(|(_, rest)| rest.split('"').next());
    let target = target
        .with_context(|| format!("the page has status {} and does not move on: {text}", page.status))?;
    ensure!(page.status == 200, "the page answered {}: {text}", page.status);
    Ok(target.replace("&#38;", "&"))
}

/// The value of the hidden field of a link page.
pub fn hidden_field(page: &Page) -> anyhow::Result<String> {
    let text = page.text();
    let field = text.split_once("name=\"page\" value=\"").and_then(|(_, rest)| rest.split('"').next());
    Ok(field.with_context(|| format!("the page has no form: {text}"))?.to_owned())
}

/// An end user with an e-mail address at Dropbox.
#[derive(Debug, Clone)]
pub struct Person {
    /// Their e-mail address at Dropbox.
    pub email: String,
    /// Their browser's cookies for our host.
    pub cookies: BTreeMap<String, String>,
    http: reqwest::Client,
}

impl Person {
    /// A user with an empty browser.
    pub fn new(stack: &Stack, email: &str) -> Self {
        Self { email: email.to_owned(), cookies: BTreeMap::new(), http: stack.http() }
    }

    /// Opens a page of ours.
    pub async fn visit(&mut self, url: &str) -> anyhow::Result<Page> {
        self.send(Method::GET, url, &HeaderMap::new()).await
    }

    /// Presses the button of the link page, as the page itself sends it. The response moves on by itself: see
    /// [`onward`].
    pub async fn press_continue(&mut self, url: &str) -> anyhow::Result<Page> {
        let own = Url::parse(url)?.origin().ascii_serialization();
        self.post_from(url, &own, "same-origin").await
    }

    /// Presses "No, back to the app" on the link page.
    pub async fn press_cancel(&mut self, url: &str) -> anyhow::Result<Page> {
        self.press_continue(&format!("{url}/cancel")).await
    }

    /// Posts the link page's form with its hidden field, from a browser that sends no `Sec-Fetch-Site`.
    pub async fn post_field(&mut self, url: &str, origin: Option<&str>, field: &str) -> anyhow::Result<Page> {
        let mut headers = HeaderMap::new();
        if let Some(origin) = origin {
            headers.insert("origin", origin.parse()?);
        }
        self.post_form(url, headers, field).await
    }

    /// Posts the link page's form with its hidden field and these headers.
    pub async fn post_form(
        &mut self,
        url: &str,
        mut headers: HeaderMap,
        field: &str,
    ) -> anyhow::Result<Page> {
        headers.insert("content-type", "application/x-www-form-urlencoded".parse()?);
        let request = self.http.request(Method::POST, url).headers(headers).body(format!("page={field}"));
        self.carry_out(request).await
    }

    /// Posts these fields of a form, such as one of the tenant's.
    pub async fn submit(&mut self, url: &str, fields: &[(&str, &str)]) -> anyhow::Result<Page> {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let kind = "application/x-www-form-urlencoded";
        self.carry_out(self.http.post(url).header("content-type", kind).body(body)).await
    }

    /// Posts the form of the link page from a page of `origin`.
    pub async fn post_from(&mut self, url: &str, origin: &str, site: &str) -> anyhow::Result<Page> {
        let mut headers = HeaderMap::new();
        headers.insert("origin", origin.parse()?);
        headers.insert("sec-fetch-site", site.parse()?);
        self.send(Method::POST, url, &headers).await
    }

    /// Presses the tenant's own button, on a page of `origin` whose form posts to the link. The browser repeats the
    /// post if the response says so.
    pub async fn press_at(&mut self, url: &str, origin: &str) -> anyhow::Result<Page> {
        let page = self.post_from(url, origin, "cross-site").await?;
        if page.status != 307 {
            return Ok(page);
        }
        let again = Url::parse(url)?.join(page.header("location"))?;
        self.post_from(again.as_str(), origin, "cross-site").await
    }

    /// Sends a request from this browser.
    pub async fn send(&mut self, method: Method, url: &str, headers: &HeaderMap) -> anyhow::Result<Page> {
        self.carry_out(self.http.request(method, url).headers(headers.clone())).await
    }

    async fn carry_out(&mut self, mut request: reqwest::RequestBuilder) -> anyhow::Result<Page> {
        if !self.cookies.is_empty() {
            let pairs: Vec<String> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header("cookie", pairs.join("; "));
        }
        let page = Page::read(request.send().await?).await?;
        for cookie in page.headers.get_all("set-cookie") {
            self.keep(cookie.to_str().context("a cookie is not ASCII")?);
        }
        Ok(page)
    }

    fn keep(&mut self, cookie: &str) {
        let mut parts = cookie.split(';').map(str::trim);
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { return };
        if parts.any(|attribute| attribute.eq_ignore_ascii_case("max-age=0")) {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }

    /// Goes from the link to Dropbox and returns the URL of Dropbox's page.
    pub async fn go_to_dropbox(&mut self, link: &Link) -> anyhow::Result<String> {
        let page = self.visit(&link.url).await?;
        ensure!(page.status == 200, "the link page answered {}: {}", page.status, page.text());
        let page = self.press_continue(&link.url).await?;
        onward(&page)
    }

    /// Approves there and returns our callback URL, which the browser has yet to open.
    pub fn approve(&self, stack: &Stack, authorize_url: &str) -> anyhow::Result<String> {
        Ok(stack.dropbox.approve(authorize_url, &self.email)?)
    }

    /// Returns to us, and from us to the tenant.
    pub async fn come_back(&mut self, callback: &str) -> anyhow::Result<Returned> {
        let page = self.visit(callback).await?;
        ensure!(page.status == 303, "the callback answered {}: {}", page.status, page.text());
        Returned::read(page.header("location"))
    }

    /// The whole flow: our page, Dropbox, approval, and back at the tenant.
    pub async fn approves(&mut self, stack: &Stack, link: &Link) -> anyhow::Result<Returned> {
        let authorize_url = self.go_to_dropbox(link).await?;
        let callback = self.approve(stack, &authorize_url)?;
        self.come_back(&callback).await
    }

    /// The whole flow, but with Cancel.
    pub async fn declines(&mut self, stack: &Stack, link: &Link) -> anyhow::Result<Returned> {
        let authorize_url = self.go_to_dropbox(link).await?;
        let callback = stack.dropbox.decline(&authorize_url)?;
        self.come_back(&callback).await
    }

    /// Links their account to the tenant's `user`, through all steps.
    pub async fn links(&mut self, stack: &Stack, tenant: &Tenant, user: &str) -> anyhow::Result<Account> {
        let link = tenant.begin_link(user).await?;
        let returned = self.approves(stack, &link).await?;
        tenant.complete(&link, &returned).await
    }
}
