//! Freezes: Dropbox accounts that operators have suspended.

use bowline_api::Page;
use bowline_api::admin::{Freeze, LiftFreeze};
use reqwest::Method;

use super::{Client, Failure, PageQuery, TenantRef};

impl Client {
    /// `GET /freezes`: the freezes of one tenant, or of all tenants.
    pub async fn freezes(
        &self,
        tenant: Option<&TenantRef>,
        page: PageQuery,
    ) -> Result<Page<Freeze>, Failure> {
        self.page("/freezes", tenant, page).await
    }

    /// `POST /tenants/{id}/freezes/lift`. `reason` has 3 to 500 characters.
    pub(super) async fn lift_freeze(
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
}
