//! A tenant with its app at Dropbox, its connector and its API key; it calls `/v1` as its back end would.

use bowline_api::status::{Permission, Protocol};
use bowline_api::v1::{AccessToken, Account, CreateLinkSession};
use bowline_api::{AccountId, ConnectorId, LinkSessionId};
use dropbox_sim::AppConfig;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{Answer, Link, Returned, Stack, oauth1_service};

/// The scopes of a connector and of its app, unless the options say otherwise.
const SCOPES: [&str; 3] = ["account_info.read", "files.content.read", "files.metadata.read"];

/// Options of a tenant's connector.
#[derive(Debug, Clone)]
pub struct TenantOptions {
    /// The URL to which its users return.
    pub return_url: String,
    /// Whether the connector completes in the browser, without the tenant.
    pub completes_in_browser: bool,
    /// Whether our page asks the user before Dropbox does.
    pub confirm_page: bool,
    /// The scopes of the connector.
    pub scopes: Vec<String>,
    /// The scopes of its app at Dropbox.
    pub app_scopes: Vec<String>,
    /// The protocol of the connector.
    pub protocol: Protocol,
    /// Whether the tenant is a sandbox.
    pub sandbox: bool,
}

impl Default for TenantOptions {
    fn default() -> Self {
        Self {
            return_url: "https://photos.example/linked".to_owned(),
            completes_in_browser: false,
            confirm_page: true,
            scopes: SCOPES.map(str::to_owned).to_vec(),
            app_scopes: SCOPES.map(str::to_owned).to_vec(),
            protocol: Protocol::OAuth2,
            sandbox: false,
        }
    }
}

/// A tenant's back end.
#[derive(Debug, Clone)]
pub struct Tenant {
    /// Short name.
    pub slug: String,
    /// Its connector.
    pub connector: ConnectorId,
    /// The redirect URI that Dropbox knows.
    pub callback_url: String,
    /// The address for Dropbox's notices; empty under OAuth 1.
    pub notice_url: String,
    /// Its app at Dropbox.
    pub app_key: String,
    /// That app's secret.
    pub app_secret: String,
    /// Its API key.
    pub api_key: String,
    /// The URL to which its users return.
    pub return_url: String,
    base: String,
    http: reqwest::Client,
}

impl Tenant {
    /// A tenant with the default options, called `slug`.
    pub async fn create(stack: &Stack, slug: &str) -> anyhow::Result<Self> {
        Self::create_with(stack, slug, TenantOptions::default()).await
    }

    /// A tenant with options.
    pub async fn create_with(stack: &Stack, slug: &str, options: TenantOptions) -> anyhow::Result<Self> {
        let name = format!("{} Photos", slug.to_uppercase());
        let mut add = vec!["tenant", "add", "--slug", slug, "--name", &name, "--json"];
        if options.sandbox {
            add.push("--sandbox");
        }
        stack.command(&add, None).await?;
        let (app_key, app_secret) = (format!("{slug}-app-key"), format!("{slug}-CANARY_app_secret"));
        let mut add = vec!["connector", "add", "--tenant", slug, "--name", &name, "--app-key", &app_key];
        add.extend(["--app-secret-stdin", "--return-url", &options.return_url, "--json"]);
        let file = stack.directory().join(format!("{slug}-service.json")).display().to_string();
        match oauth1_service(options.protocol, &stack.dropbox.http_url()) {
            None => add.extend(options.scopes.iter().flat_map(|scope| ["--scope", scope.as_str()])),
            Some(service) => {
                std::fs::write(&file, serde_json::to_vec(&service)?)?;
                add.extend(["--protocol", options.protocol.as_str(), "--oauth1-service", &file]);
            }
        }
        if options.completes_in_browser {
            add.extend(["--completion", "browser"]);
        }
        if !options.confirm_page {
            add.push("--no-confirm-page");
        }
        let connector = stack.command(&add, Some(&app_secret)).await?;
        let key = stack
            .command(&["api-key", "add", "--tenant", slug, "--name", "back end", "--json"], None)
            .await?;
        let text = |value: &Value, field: &str| value[field].as_str().unwrap_or_default().to_owned();
        let callback_url = text(&connector, "callback_url");
        // The simulator for sandboxes learns of an app from the server.
        if !options.sandbox {
            stack.dropbox.put_app(
                AppConfig::new(&app_key, &app_secret)
                    .name(name)
                    .redirect_uri(&callback_url)
                    .scopes(options.app_scopes),
            );
        }
        Ok(Self {
            slug: slug.to_owned(),
            connector: text(&connector, "id").parse()?,
            callback_url,
            notice_url: text(&connector, "notice_url"),
            app_key,
            app_secret,
            api_key: text(&key, "secret"),
            return_url: options.return_url,
            base: stack.public_url(),
            http: stack.http(),
        })
    }

    /// Replaces the connector's app secret; the connector works from then on.
    pub async fn set_app_secret(&self, stack: &Stack, app_secret: &str) -> anyhow::Result<()> {
        let connector = self.connector.to_string();
        let set = ["connector", "set-secret", "--tenant", &self.slug, "--connector", &connector];
        let set = [&set[..], &["--app-secret-stdin", "--json"]].concat();
        let now = stack.command(&set, Some(app_secret)).await?;
        anyhow::ensure!(now["secret_check"] == "accepted", "Dropbox does not accept the secret: {now}");
        anyhow::ensure!(now["status"] == "active", "the connector is {}", now["status"]);
        Ok(())
    }

    /// Gives the app another secret at Dropbox, which Bowline does not know.
    pub fn renew_app_secret(&self, stack: &Stack, app_secret: &str) {
        stack.dropbox.put_app(AppConfig::new(&self.app_key, app_secret).redirect_uri(&self.callback_url));
    }

    /// The same tenant at another replica.
    #[must_use]
    pub fn at(&self, base: impl Into<String>) -> Self {
        Self { base: base.into(), ..self.clone() }
    }

    /// The origin of the replica that it calls.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The same tenant with a new API key that has these permissions.
    pub async fn permitted(&self, stack: &Stack, permissions: &[Permission]) -> anyhow::Result<Self> {
        let mut add = vec!["api-key", "add", "--tenant", &self.slug, "--name", "permitted", "--json"];
        add.extend(permissions.iter().flat_map(|permission| ["--permission", permission.as_str()]));
        let key = stack.command(&add, None).await?;
        Ok(self.with_key(key["secret"].as_str().unwrap_or_default()))
    }

    /// The same tenant with another API key.
    #[must_use]
    pub fn with_key(&self, api_key: impl Into<String>) -> Self {
        Self { api_key: api_key.into(), ..self.clone() }
    }

    /// The same tenant with another HTTP client, such as one with a longer timeout.
    #[must_use]
    pub fn with_client(&self, http: reqwest::Client) -> Self {
        Self { http, ..self.clone() }
    }

    /// Any call, with the API key.
    pub async fn call(&self, method: Method, path: &str, body: Option<Value>) -> anyhow::Result<Answer> {
        let mut request =
            self.http.request(method, format!("{}{path}", self.base)).bearer_auth(&self.api_key);
        if let Some(body) = body {
            request = request.json(&body);
        }
        Answer::read(request.send().await?).await
    }

    /// The body that requests a link session for `user`.
    pub fn link_request(&self, user: &str) -> CreateLinkSession {
        CreateLinkSession::new(user, &self.return_url)
    }

    /// Requests a link session, with the challenge of a new verifier.
    pub async fn begin_link(&self, user: &str) -> anyhow::Result<Link> {
        self.begin(self.link_request(user)).await
    }

    /// Requests a link session that links the same account again.
    pub async fn begin_relink(&self, user: &str, account: AccountId) -> anyhow::Result<Link> {
        self.begin(CreateLinkSession { account_id: Some(account), ..self.link_request(user) }).await
    }

    /// Requests a link session with this body, to which the challenge of a new verifier is added.
    pub async fn begin(&self, mut wanted: CreateLinkSession) -> anyhow::Result<Link> {
        let verifier = Link::new_verifier();
        wanted.completion_challenge = Some(Link::challenge(&verifier));
        let answer =
            self.call(Method::POST, "/v1/link-sessions", Some(serde_json::to_value(&wanted)?)).await?;
        Ok(Link::new(answer.good()?, verifier))
    }

    /// Completes `link` with the returned code and its own verifier, with any outcome.
    pub async fn try_complete(&self, link: &Link, returned: &Returned) -> anyhow::Result<Answer> {
        self.complete_with(link.id, &returned.link_code, &link.verifier).await
    }

    /// Completes with this code and verifier, with any outcome.
    pub async fn complete_with(
        &self,
        session: LinkSessionId,
        link_code: &str,
        verifier: &str,
    ) -> anyhow::Result<Answer> {
        let proof = json!({ "link_code": link_code, "completion_verifier": verifier });
        self.call(Method::POST, &format!("/v1/link-sessions/{session}/complete"), Some(proof)).await
    }

    /// Completes `link`.
    pub async fn complete(&self, link: &Link, returned: &Returned) -> anyhow::Result<Account> {
        self.try_complete(link, returned).await?.good()
    }

    /// The status of a link session, as its tenant sees it.
    pub async fn link_status(&self, link: &Link) -> anyhow::Result<(String, Option<String>)> {
        let answer = self.call(Method::GET, &format!("/v1/link-sessions/{}", link.id), None).await?;
        let session: bowline_api::v1::LinkSession = answer.good()?;
        Ok((session.status.to_string(), session.failure))
    }

    /// Fetches the account's token, with any outcome.
    pub async fn try_token(&self, account: AccountId) -> anyhow::Result<Answer> {
        self.call(Method::POST, &format!("/v1/accounts/{account}/token"), None).await
    }

    /// Fetches a token that is valid for at least `min_ttl` seconds, with any outcome.
    pub async fn try_token_for(&self, account: AccountId, min_ttl: u32) -> anyhow::Result<Answer> {
        let body = json!({ "min_ttl": min_ttl });
        self.call(Method::POST, &format!("/v1/accounts/{account}/token"), Some(body)).await
    }

    /// The account's token.
    pub async fn token(&self, account: AccountId) -> anyhow::Result<AccessToken> {
        self.try_token(account).await?.good()
    }

    /// One account.
    pub async fn account(&self, account: AccountId) -> anyhow::Result<Account> {
        self.call(Method::GET, &format!("/v1/accounts/{account}"), None).await?.good()
    }

    /// The first page of all accounts.
    pub async fn accounts(&self) -> anyhow::Result<Vec<Account>> {
        let page: bowline_api::Page<Account> = self.call(Method::GET, "/v1/accounts", None).await?.good()?;
        Ok(page.items)
    }

    /// Revokes an account, with any outcome.
    pub async fn revoke(&self, account: AccountId) -> anyhow::Result<Answer> {
        self.call(Method::DELETE, &format!("/v1/accounts/{account}"), None).await
    }
}
