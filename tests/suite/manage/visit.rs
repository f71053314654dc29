//! A session of the page, and a browser that opens it.

use anyhow::{Result, ensure};
use bowline_api::v1::{CreateManageSession, NewManageSession};
use bowline_api::{AccountId, ManageSessionId};
use bowline_tests::{Link, Page, Person, Stack, Tenant};
use reqwest::Method;

/// A session as the tenant's back end remembers it.
#[derive(Debug, Clone)]
pub(crate) struct Visit {
    pub(crate) id: ManageSessionId,
    pub(crate) url: String,
    /// The verifier for links that begin on the page.
    pub(crate) verifier: String,
}

impl Visit {
    /// A session for `user`, with the challenge of a new verifier.
    pub(crate) async fn of(tenant: &Tenant, user: &str) -> Result<Self> {
        Self::with(tenant, CreateManageSession::new(user, &tenant.return_url)).await
    }

    /// A session with this body, to which the challenge of a new verifier is added.
    pub(crate) async fn with(tenant: &Tenant, mut wanted: CreateManageSession) -> Result<Self> {
        let verifier = Link::new_verifier();
        wanted.completion_challenge = Some(Link::challenge(&verifier));
        let body = serde_json::to_value(&wanted)?;
        let made = tenant.call(Method::POST, "/v1/manage-sessions", Some(body)).await?;
        ensure!(made.status == 201, "{}", made.text());
        let NewManageSession { id, url, .. } = made.good()?;
        Ok(Self { id, url, verifier })
    }

    /// Opens the page in this browser, and returns it with the accounts.
    pub(crate) async fn open(&self, person: &mut Person) -> Result<Page> {
        let welcome = person.visit(&self.url).await?;
        ensure!(welcome.status == 200, "{}", welcome.text());
        let opened = person.press_continue(&self.url).await?;
        ensure!(opened.status == 303, "{}", opened.text());
        ensure!(self.url.ends_with(opened.header("location")), "{}", opened.header("location"));
        let page = person.visit(&self.url).await?;
        ensure!(page.status == 200, "{}", page.text());
        Ok(page)
    }

    /// The address of what can be done to an account: `disconnect` or `again`.
    pub(crate) fn action(&self, what: &str, account: AccountId) -> String {
        format!("{}/{what}/{account}", self.url)
    }

    /// The way back to the tenant.
    pub(crate) fn way_back(&self, tenant: &Tenant) -> String {
        format!("id=\"back\" href=\"{}?manage_session={}\"", tenant.return_url, self.id)
    }
}

/// A stack with one tenant, whose user `user-1` has linked Amara's account, and Amara's browser.
pub(crate) async fn stage() -> Result<(Stack, Tenant, Person, AccountId)> {
    let (stack, acme, account) = crate::common::linked().await?;
    let amara = Person::new(&stack, "amara@example.com");
    Ok((stack, acme, amara, account.id))
}
