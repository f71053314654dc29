//! Linked accounts.

use bowline_api::admin::{
    AccountDetail, AccountState, AccountSummary, AuditEvent, ChangeAccount, MigrateAccount, TokenHolders,
};
use bowline_api::{AccountId, ConnectorId, Page};
use reqwest::Method;

use crate::text::unescape;

use super::{AccountSearch, Client, Failure, PageQuery, sort_name};

impl Client {
    /// `GET /accounts`; a tenant's short name is resolved to its id first.
    pub async fn accounts(
        &self,
        filter: &AccountSearch,
        page: PageQuery,
    ) -> Result<Page<AccountSummary>, Failure> {
        let mut query = page.query();
        if let Some(tenant) = &filter.tenant {
            query.push(("tenant", self.tenant_id(tenant).await?.to_string()));
        }
        query.extend(filter.status.as_ref().map(|any| ("status", any.to_string())));
        query.extend(filter.connector.map(|id| ("connector", id.to_string())));
        query.extend(filter.scope.clone().map(|scope| ("scope", scope)));
        query.extend(filter.ages.parameters().into_iter().map(|(name, age)| (name, age.to_string())));
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

    /// `GET /accounts/{id}/token-holders`: which API keys have received its token. The read is recorded.
    pub async fn token_holders(
        &self,
        id: AccountId,
        generation: Option<i64>,
    ) -> Result<TokenHolders, Failure> {
        let query: Vec<_> = generation.map(|of| ("generation", of.to_string())).into_iter().collect();
        self.json(self.request(Method::GET, &format!("/accounts/{id}/token-holders"))?.query(&query)).await
    }

    /// `GET /accounts/{id}/timeline`: the account's events, newest first.
    pub async fn timeline(&self, id: AccountId, page: PageQuery) -> Result<Page<AuditEvent>, Failure> {
        self.json(self.request(Method::GET, &format!("/accounts/{id}/timeline"))?.query(&page.query())).await
    }

    /// `POST /accounts/{id}/revoke`; it cannot be undone. `reason` has 3 to 500 characters.
    pub(super) async fn revoke(&self, id: AccountId, reason: &str) -> Result<AccountDetail, Failure> {
        let body = ChangeAccount { reason: reason.to_owned() };
        self.json(self.request(Method::POST, &format!("/accounts/{id}/revoke"))?.json(&body)).await
    }

    /// `POST /accounts/{id}/suspend`: freezes the Dropbox account within the tenant. `reason` has 3 to 500 characters.
    pub(super) async fn suspend(&self, id: AccountId, reason: &str) -> Result<AccountDetail, Failure> {
        let body = ChangeAccount { reason: reason.to_owned() };
        self.json(self.request(Method::POST, &format!("/accounts/{id}/suspend"))?.json(&body)).await
    }

    /// `POST /accounts/{id}/resume`: lifts the freeze. `reason` has 3 to 500 characters.
    pub(super) async fn resume(&self, id: AccountId, reason: &str) -> Result<AccountDetail, Failure> {
        let body = ChangeAccount { reason: reason.to_owned() };
        self.json(self.request(Method::POST, &format!("/accounts/{id}/resume"))?.json(&body)).await
    }

    /// `POST /accounts/{id}/migrate`: moves the account to a connector of OAuth 2. `reason` has 3 to 500 characters.
    pub(super) async fn migrate(
        &self,
        id: AccountId,
        to: ConnectorId,
        reason: &str,
    ) -> Result<AccountDetail, Failure> {
        let body = MigrateAccount { to, reason: reason.to_owned() };
        self.json(self.request(Method::POST, &format!("/accounts/{id}/migrate"))?.json(&body)).await
    }
}
