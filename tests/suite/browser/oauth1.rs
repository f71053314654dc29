//! Links under OAuth 1.0 and 1.0a in a real browser, and the forwarded link: it works on a naive client of each protocol, not on Bowline.

use anyhow::{Context as _, Result};
use bowline_api::status::{AccountStatus, Protocol};
use bowline_tests::{Browser, Link, Returned, Stack, Tab, Tenant, TenantOptions, until};
use dropbox_sim::{AppConfig, Operation};
use url::Url;

/// A tenant whose users return to a page that exists for a browser.
async fn tenant(stack: &Stack, protocol: Protocol) -> Result<Tenant> {
    let return_url = format!("{}/returned", stack.dropbox.http_url());
    let options = TenantOptions { protocol, return_url, ..TenantOptions::default() };
    Tenant::create_with(stack, &format!("acme-{protocol}"), options).await
}

/// Signs in at Dropbox and allows.
async fn allows(tab: &Tab, email: &str) -> Result<()> {
    tab.press(&format!("[data-user='{email}']")).await?;
    tab.press("#allow").await
}

/// Waits until the tab is at an address that begins with `start`.
async fn arrives(tab: &Tab, start: &str) -> Result<Url> {
    let there = async || tab.url().await.ok().filter(|url| url.as_str().starts_with(start));
    until("the browser to arrive", there).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_links_an_account_under_each_dialect() -> Result<()> {
    let stack = Stack::start().await?;
    let browser = Browser::start().await?;
    for protocol in [Protocol::OAuth1, Protocol::OAuth1a] {
        let acme = tenant(&stack, protocol).await?;
        let link = acme.begin_link("ada").await?;
        let tab = browser.open().await?;
        tab.visit(&link.url).await?;
        tab.press("#continue").await?;
        allows(&tab, "amara@example.com").await?;
        let returned = Returned::read(arrives(&tab, &acme.return_url).await?.as_str())?;
        let account = acme.complete(&link, &returned).await?;
        assert_eq!((account.status, account.protocol), (AccountStatus::Active.into(), protocol.into()));

        let link = acme.begin_link("ada").await?;
        tab.visit(&link.url).await?;
        tab.press("#continue").await?;
        tab.press("#cancel").await?;
        let returned = Returned::read(arrives(&tab, &acme.return_url).await?.as_str())?;
        assert_eq!(returned.error.as_deref(), Some("access_denied"), "{protocol}");
        tab.close().await?;
    }
    Ok(())
}

/// A client that links whatever account approved to whoever began, in whatever browser the approval arrives.
struct Naive<'a> {
    stack: &'a Stack,
    protocol: Protocol,
}

impl Naive<'_> {
    fn callback(&self) -> String {
        format!("{}/naive", self.stack.dropbox.http_url())
    }

    async fn call(&self, what: &str, token: &[String; 2], more: (&str, &str)) -> Result<[String; 2]> {
        let prefix = if self.protocol == Protocol::OAuth1 { "/1/oauth" } else { "/oauth" };
        let encoded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let mut header =
            "OAuth oauth_consumer_key=\"naive\", oauth_signature_method=\"PLAINTEXT\"".to_owned();
        for (name, value) in [("oauth_token", token[0].as_str()), more] {
            if !value.is_empty() {
                header.extend([", ", name, "=\"", &encoded(value), "\""]);
            }
        }
        header.extend([", oauth_signature=\"CANARY_naive%26", &token[1], "\""]);
        let url = format!("{}{prefix}/{what}", self.stack.dropbox.http_url());
        let answer = self.stack.http().post(url).header("authorization", header).send().await?;
        let (status, body) = (answer.status(), answer.text().await?);
        anyhow::ensure!(status == 200, "{what}: {body}");
        let field = |name: &str| {
            let mut fields = url::form_urlencoded::parse(body.as_bytes());
            fields
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.into_owned())
                .context("a field is missing")
        };
        Ok([field("oauth_token")?, field("oauth_token_secret")?])
    }

    /// The attacker begins. Returns the request token and where the victim is sent.
    async fn begin(&self) -> Result<([String; 2], String)> {
        let callback = self.callback();
        let signed = if self.protocol == Protocol::OAuth1a { callback.as_str() } else { "" };
        let token = self.call("request_token", &Default::default(), ("oauth_callback", signed)).await?;
        let prefix = if self.protocol == Protocol::OAuth1 { "/1/oauth" } else { "/oauth" };
        let origin = self.stack.dropbox.http_url();
        Ok((
            token.clone(),
            format!("{origin}{prefix}/authorize?oauth_token={}&oauth_callback={callback}", token[0]),
        ))
    }

    /// The victim's browser has arrived: the account is linked to the attacker.
    async fn finish(&self, token: &[String; 2], arrived: &Url) -> Result<()> {
        let verifier = arrived.query_pairs().find(|(name, _)| name == "oauth_verifier");
        let verifier = verifier.map(|(_, value)| value.into_owned()).unwrap_or_default();
        self.call("access_token", token, ("oauth_verifier", &verifier)).await.map(drop)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forwarded_link_works_on_a_naive_client_and_not_on_bowline() -> Result<()> {
    let stack = Stack::start().await?;
    let browser = Browser::start().await?;
    let naive_app = AppConfig::new("naive", "CANARY_naive");
    for protocol in [Protocol::OAuth1, Protocol::OAuth1a] {
        let naive = Naive { stack: &stack, protocol };
        stack.dropbox.put_app(naive_app.clone().redirect_uri(naive.callback()));
        let (token, authorize_url) = naive.begin().await?;
        let victim = browser.open().await?;
        victim.visit(&authorize_url).await?;
        allows(&victim, "mei@example.org").await?;
        let arrived = arrives(&victim, &naive.callback()).await?;
        let grants = stack.live_grants();
        naive.finish(&token, &arrived).await?;
        assert_eq!(stack.live_grants(), grants + 1, "{protocol}: the attacker has the victim's account");
        victim.close().await?;

        // The attacker begins at Bowline, and the victim opens the provider's page.
        let acme = tenant(&stack, protocol).await?;
        let link = acme.begin_link("attacker").await?;
        let (attacker, victim) = (browser.open().await?, browser.open().await?);
        attacker.visit(&link.url).await?;
        attacker.press("#continue").await?;
        let authorize_url = arrives(&attacker, &format!("{}/", stack.dropbox.http_url())).await?;
        victim.visit(authorize_url.as_str()).await?;
        allows(&victim, "mei@example.org").await?;
        assert!(!victim.read("#failure").await?.is_empty(), "{protocol}: the victim is told");
        assert!(acme.accounts().await?.is_empty());

        // The victim opens the whole link and comes back to the tenant in their own session, which has another verifier.
        let link = acme.begin_link("attacker").await?;
        victim.visit(&link.url).await?;
        victim.press("#continue").await?;
        victim.press("#allow").await?;
        let returned = Returned::read(arrives(&victim, &acme.return_url).await?.as_str())?;
        let refused = acme.complete_with(link.id, &returned.link_code, &Link::new_verifier()).await?;
        assert_eq!(refused.refusal(), (403, "completion_refused".to_owned()), "{protocol}");
        assert!(acme.accounts().await?.is_empty());
        assert_eq!(stack.live_grants(), grants + 1, "{protocol}: Bowline got no grant");
        attacker.close().await?;
        victim.close().await?;
    }
    assert_eq!(stack.dropbox.count(Operation::OAuth1AccessToken), 2, "the naive client's");
    Ok(())
}
