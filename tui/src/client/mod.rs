//! The admin API over HTTP: one method per route, with classified failures.

mod address;
mod failure;
mod filter;
mod request;
mod tls;

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use bowline_api::admin::{
    AccountDetail, AccountState, AccountSummary, ApiKey, AuditEvent, AuditVerification, ChangeAccount,
    ChangeConnector, ChangeOwnPassword, Connector, CreateSession, Freeze, LiftFreeze, LostExchange,
    NewSession, Operator, Tenant,
};
use bowline_api::{AccountId, ConnectorId, Page, TenantId};
use reqwest::{Method, RequestBuilder, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;

use crate::text::unescape;

pub use address::ServerUrl;
pub use failure::Failure;
pub use filter::{AccountFilter, SORTS, TenantRef, sort_name, sort_named};
pub use request::{Answer, Request};

/// The maximum length of an answer, in bytes.
const MAX_ANSWER: usize = 4 << 20;
/// Rows per request when all rows are needed; the server's maximum.
const MAX_LIMIT: u32 = 200;

/// A page of a list: where it begins and how many rows it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageQuery {
    /// The `next` or `prev` cursor of an earlier page; `None` for the first page.
    pub cursor: Option<String>,
    /// The number of rows, 1 to 200.
    pub limit: u32,
}

impl PageQuery {
    fn query(self) -> Vec<(&'static str, String)> {
        let mut query = vec![("limit", self.limit.to_string())];
        query.extend(self.cursor.map(|cursor| ("cursor", cursor)));
        query
    }
}

/// What a client may request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Access {
    /// Everything that the operator's role allows.
    #[default]
    Full,
    /// No changes, whatever the role allows; login and logout stay possible.
    ReadOnly,
}

impl Access {
    /// The access that `--read-only` selects.
    pub fn read_only(read_only: bool) -> Self {
        if read_only { Self::ReadOnly } else { Self::Full }
    }
}

/// A connection to one server as one operator; without a token only `login` succeeds.
pub struct Client {
    http: reqwest::Client,
    server: ServerUrl,
    token: Option<SecretString>,
    access: Access,
    /// The ids of tenants that were looked up by short name.
    slugs: Mutex<HashMap<String, TenantId>>,
}

impl Client {
    /// Creates a client without sending anything.
    pub fn new(server: ServerUrl, token: Option<SecretString>, access: Access) -> Result<Self, Failure> {
        let http = tls::http_client(server.is_https())?;
        Ok(Self { http, server, token, access, slugs: Mutex::default() })
    }

    /// Fails if this client may not change anything; for callers that ask for a confirmation first.
    pub fn may_change(&self) -> Result<(), Failure> {
        match self.access {
            Access::Full => Ok(()),
            Access::ReadOnly => Err(Failure::ReadOnly),
        }
    }

    /// `POST /sessions`: exchanges a password for a session.
    pub async fn login(&self, name: &str, password: &SecretString) -> Result<NewSession, Failure> {
        let body = CreateSession { name: name.to_owned(), password: password.expose_secret().to_owned() };
        self.json(self.request(Method::POST, "/sessions")?.json(&body)).await
    }

    /// `DELETE /sessions/current`: ends the session at the server.
    pub async fn logout(&self) -> Result<(), Failure> {
        self.bytes(self.request(Method::DELETE, "/sessions/current")?).await.map(drop)
    }

    /// `GET /whoami`
    pub async fn whoami(&self) -> Result<Operator, Failure> {
        self.json(self.request(Method::GET, "/whoami")?).await
    }

    /// `PUT /whoami/password`: changes the operator's own password and ends all sessions.
    pub async fn change_password(
        &self,
        current: &SecretString,
        new: &SecretString,
    ) -> Result<Operator, Failure> {
        let body = ChangeOwnPassword {
            current_password: current.expose_secret().to_owned(),
            new_password: new.expose_secret().to_owned(),
        };
        self.json(self.request(Method::PUT, "/whoami/password")?.json(&body)).await
    }

    /// `GET /tenants`
    pub async fn tenants(&self, page: PageQuery) -> Result<Page<Tenant>, Failure> {
        self.json(self.request(Method::GET, "/tenants")?.query(&page.query())).await
    }

    /// `GET /accounts`; a tenant's short name is resolved to its id first.
    pub async fn accounts(
        &self,
        filter: &AccountFilter,
        page: PageQuery,
    ) -> Result<Page<AccountSummary>, Failure> {
        let mut query = page.query();
        if let Some(tenant) = &filter.tenant {
            query.push(("tenant", self.tenant_id(tenant).await?.to_string()));
        }
        query.extend(filter.status.map(|status| ("status", status.to_string())));
        query.extend(filter.connector.map(|id| ("connector", id.to_string())));
        query.extend(filter.scope.clone().map(|scope| ("scope", scope)));
        // The text may have been copied from the terminal, including escapes.
        let text = unescape(&filter.text);
        if !text.is_empty() {
            query.push(("q", text));
        }
        query.push(("sort", sort_name(filter.sort).to_owned()));
        self.json(self.request(Method::GET, "/accounts")?.query(&query)).await
    }

    /// `GET /accounts/{id}`
    pub async fn account(&self, id: AccountId) -> Result<AccountDetail, Failure> {
        self.json(self.request(Method::GET, &format!("/accounts/{id}"))?).await
    }

    /// `GET /accounts/{id}/status`: the account's state, for polling. Unlike `account`, the read is not recorded.
    pub async fn account_state(&self, id: AccountId) -> Result<AccountState, Failure> {
        self.json(self.request(Method::GET, &format!("/accounts/{id}/status"))?).await
    }

    /// `GET /accounts/{id}/timeline`: the account's events, newest first.
    pub async fn timeline(&self, id: AccountId, page: PageQuery) -> Result<Page<AuditEvent>, Failure> {
        self.json(self.request(Method::GET, &format!("/accounts/{id}/timeline"))?.query(&page.query())).await
    }

    /// `POST /accounts/{id}/revoke`; it cannot be undone. `reason` has 3 to 500 characters.
    pub async fn revoke(&self, id: AccountId, reason: &str) -> Result<AccountDetail, Failure> {
        let body = ChangeAccount { reason: reason.to_owned() };
        self.json(self.request(Method::POST, &format!("/accounts/{id}/revoke"))?.json(&body)).await
    }

    /// `POST /accounts/{id}/suspend`: freezes the Dropbox account within the tenant. `reason` has 3 to 500 characters.
    pub async fn suspend(&self, id: AccountId, reason: &str) -> Result<AccountDetail, Failure> {
        let body = ChangeAccount { reason: reason.to_owned() };
        self.json(self.request(Method::POST, &format!("/accounts/{id}/suspend"))?.json(&body)).await
    }

    /// `POST /accounts/{id}/resume`: lifts the freeze. `reason` has 3 to 500 characters.
    pub async fn resume(&self, id: AccountId, reason: &str) -> Result<AccountDetail, Failure> {
        let body = ChangeAccount { reason: reason.to_owned() };
        self.json(self.request(Method::POST, &format!("/accounts/{id}/resume"))?.json(&body)).await
    }

    /// `GET /freezes`: the freezes of one tenant, or of all tenants.
    pub async fn freezes(
        &self,
        tenant: Option<&TenantRef>,
        page: PageQuery,
    ) -> Result<Page<Freeze>, Failure> {
        let mut query = page.query();
        if let Some(tenant) = tenant {
            query.push(("tenant", self.tenant_id(tenant).await?.to_string()));
        }
        self.json(self.request(Method::GET, "/freezes")?.query(&query)).await
    }

    /// `POST /tenants/{id}/freezes/lift`. `reason` has 3 to 500 characters.
    pub async fn lift_freeze(
        &self,
        tenant: &TenantRef,
        provider_account_id: &str,
        reason: &str,
    ) -> Result<(), Failure> {
        let id = self.tenant_id(tenant).await?;
        let (provider_account_id, reason) = (provider_account_id.to_owned(), reason.to_owned());
        let body = LiftFreeze { provider_account_id, reason };
        self.bytes(self.request(Method::POST, &format!("/tenants/{id}/freezes/lift"))?.json(&body))
            .await
            .map(drop)
    }

    /// `GET /lost-exchanges`: the lost exchanges of one tenant, or of all tenants.
    pub async fn lost_exchanges(
        &self,
        tenant: Option<&TenantRef>,
        page: PageQuery,
    ) -> Result<Page<LostExchange>, Failure> {
        let mut query = page.query();
        if let Some(tenant) = tenant {
            query.push(("tenant", self.tenant_id(tenant).await?.to_string()));
        }
        self.json(self.request(Method::GET, "/lost-exchanges")?.query(&query)).await
    }

    /// `GET /audit`: the log of one tenant, or of the service itself.
    pub async fn audit(
        &self,
        tenant: Option<&TenantRef>,
        page: PageQuery,
    ) -> Result<Page<AuditEvent>, Failure> {
        let mut query = page.query();
        if let Some(tenant) = tenant {
            query.push(("tenant", self.tenant_id(tenant).await?.to_string()));
        }
        self.json(self.request(Method::GET, "/audit")?.query(&query)).await
    }

    /// `GET /audit/verify`: whether the chain of one log is intact.
    pub async fn verify_audit(&self, tenant: Option<&TenantRef>) -> Result<AuditVerification, Failure> {
        let mut request = self.request(Method::GET, "/audit/verify")?.timeout(Duration::from_mins(10));
        if let Some(tenant) = tenant {
            request = request.query(&[("tenant", self.tenant_id(tenant).await?.to_string())]);
        }
        self.json(request).await
    }

    /// `GET /tenants/{id}/connectors`: all connectors, on one page.
    pub async fn connectors(&self, tenant: &TenantRef) -> Result<Page<Connector>, Failure> {
        let id = self.tenant_id(tenant).await?;
        self.json(self.request(Method::GET, &format!("/tenants/{id}/connectors"))?).await
    }

    /// `POST /tenants/{id}/connectors/{id}/disable` or `…/enable`, depending on `verb`. `reason` has 3 to 500 characters.
    pub async fn switch_connector(
        &self,
        tenant: &TenantRef,
        connector: ConnectorId,
        verb: &'static str,
        reason: &str,
    ) -> Result<Connector, Failure> {
        let id = self.tenant_id(tenant).await?;
        let body = ChangeConnector { reason: reason.to_owned() };
        let path = format!("/tenants/{id}/connectors/{connector}/{verb}");
        self.json(self.request(Method::POST, &path)?.json(&body)).await
    }

    /// `GET /tenants/{id}/api-keys`: all API keys, on one page.
    pub async fn api_keys(&self, tenant: &TenantRef) -> Result<Page<ApiKey>, Failure> {
        let id = self.tenant_id(tenant).await?;
        self.json(self.request(Method::GET, &format!("/tenants/{id}/api-keys"))?).await
    }

    /// Resolves a short name: searches the pages of tenants and caches the id.
    async fn tenant_id(&self, tenant: &TenantRef) -> Result<TenantId, Failure> {
        let slug = match tenant {
            TenantRef::Id(id) => return Ok(*id),
            TenantRef::Slug(slug) => slug,
        };
        if let Some(id) = self.slugs.lock().ok().and_then(|slugs| slugs.get(slug).copied()) {
            return Ok(id);
        }
        let mut cursor = None;
        loop {
            let page = self.tenants(PageQuery { cursor, limit: MAX_LIMIT }).await?;
            if let Some(found) = page.items.iter().find(|t| t.slug == *slug) {
                if let Ok(mut slugs) = self.slugs.lock() {
                    slugs.insert(slug.clone(), found.id);
                }
                return Ok(found.id);
            }
            cursor = page.next;
            if cursor.is_none() {
                return Err(Failure::NotFound(format!("no tenant {slug:?} is visible to you")));
            }
        }
    }

    /// Creates a request. Every request starts here, so this is where `--read-only` is enforced.
    fn request(&self, method: Method, path: &str) -> Result<RequestBuilder, Failure> {
        if method != Method::GET && !path.starts_with("/sessions") {
            self.may_change()?;
        }
        let request = self.http.request(method, self.server.route(path));
        Ok(match &self.token {
            Some(token) => request.bearer_auth(token.expose_secret()),
            None => request,
        })
    }

    async fn json<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Failure> {
        let body = self.bytes(request).await?;
        // serde_json's message may quote a value, and in a session that is the token; only the position is safe to
        // show.
        serde_json::from_slice(&body)
            .map_err(|e| Failure::Malformed(format!("at line {} column {}", e.line(), e.column())))
    }

    async fn bytes(&self, request: RequestBuilder) -> Result<Vec<u8>, Failure> {
        let mut response = request.send().await.map_err(|e| unreachable_because(&e))?;
        let status = response.status();
        let retry_after = retry_after(&response);
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|e| unreachable_because(&e))? {
            if body.len() + chunk.len() > MAX_ANSWER {
                return Err(Failure::Malformed("the answer is too long".to_owned()));
            }
            body.extend_from_slice(&chunk);
        }
        if matches!(
            status,
            StatusCode::OK | StatusCode::CREATED | StatusCode::ACCEPTED | StatusCode::NO_CONTENT
        ) {
            Ok(body)
        } else {
            Err(Failure::from_answer(status.as_u16(), retry_after, &body))
        }
    }
}

fn retry_after(response: &reqwest::Response) -> Option<Duration> {
    let header = response.headers().get(reqwest::header::RETRY_AFTER)?;
    header.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

/// The innermost cause is the clearest ("Connection refused"); the outer ones repeat the URL.
fn unreachable_because(error: &reqwest::Error) -> Failure {
    if error.is_timeout() {
        return Failure::Unreachable("timed out".to_owned());
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    Failure::Unreachable(cause.to_string())
}
