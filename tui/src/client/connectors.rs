//! A tenant's connectors.

use bowline_api::admin::{
    ChangeConnector, Connector, EditConnector, RemoveConnector, ReplaceAppSecret, ReplacedAppSecret,
};
use bowline_api::{ConnectorId, Page};
use reqwest::Method;
use secrecy::{ExposeSecret as _, SecretString};

use super::{Client, Failure, Proof, TenantRef};

impl Client {
    /// `GET /tenants/{id}/connectors`: all connectors, on one page.
    pub async fn connectors(&self, tenant: &TenantRef) -> Result<Page<Connector>, Failure> {
        let id = self.tenant_id(tenant).await?;
        self.json(self.request(Method::GET, &format!("/tenants/{id}/connectors"))?).await
    }

    /// `POST /tenants/{id}/connectors/{id}/disable` or `…/enable`, depending on `verb`. `reason` has 3 to 500
    /// characters.
    pub(super) async fn switch_connector(
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

    /// `PATCH /tenants/{id}/connectors/{id}`
    pub(super) async fn edit_connector(
        &self,
        tenant: &TenantRef,
        connector: ConnectorId,
        edit: &EditConnector,
    ) -> Result<Connector, Failure> {
        let id = self.tenant_id(tenant).await?;
        let path = format!("/tenants/{id}/connectors/{connector}");
        self.json(self.request(Method::PATCH, &path)?.json(edit)).await
    }

    /// `PUT /tenants/{id}/connectors/{id}/app-secret`
    pub(super) async fn replace_secret(
        &self,
        tenant: &TenantRef,
        connector: ConnectorId,
        secret: &SecretString,
        proof: &Proof,
    ) -> Result<ReplacedAppSecret, Failure> {
        let id = self.tenant_id(tenant).await?;
        let body = ReplaceAppSecret { app_secret: secret.expose_secret().to_owned(), proof: proof.body() };
        let path = format!("/tenants/{id}/connectors/{connector}/app-secret");
        self.json(self.request(Method::PUT, &path)?.json(&body)).await
    }

    /// `POST /tenants/{id}/connectors/{id}/remove`. `reason` has 3 to 500 characters.
    pub(super) async fn remove_connector(
        &self,
        tenant: &TenantRef,
        connector: ConnectorId,
        reason: &str,
        revoke_accounts: bool,
        new_default: Option<ConnectorId>,
    ) -> Result<(), Failure> {
        let id = self.tenant_id(tenant).await?;
        let revoke_accounts = revoke_accounts.then_some(true);
        let body = RemoveConnector { reason: reason.to_owned(), revoke_accounts, new_default };
        let path = format!("/tenants/{id}/connectors/{connector}/remove");
        self.bytes(self.request(Method::POST, &path)?.json(&body)).await.map(drop)
    }
}
