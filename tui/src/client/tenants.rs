//! Tenants.

use bowline_api::admin::{ChangeTenant, Tenant};
use bowline_api::{Page, TenantId};
use reqwest::Method;

use super::{Client, Failure, PageQuery, TenantRef, Walk};

impl Client {
    /// `GET /tenants`
    pub async fn tenants(&self, page: PageQuery) -> Result<Page<Tenant>, Failure> {
        self.json(self.request(Method::GET, "/tenants")?.query(&page.query())).await
    }

    /// `POST /tenants/{id}/freeze` or `…/thaw`. `reason` has 3 to 500 characters.
    pub(super) async fn switch_tenant(
        &self,
        tenant: &TenantRef,
        act: &str,
        reason: &str,
    ) -> Result<Tenant, Failure> {
        let id = self.tenant_id(tenant).await?;
        let body = ChangeTenant { reason: reason.to_owned() };
        self.json(self.request(Method::POST, &format!("/tenants/{id}/{act}"))?.json(&body)).await
    }

    /// Resolves a short name: searches the pages of tenants and caches the id.
    pub(super) async fn tenant_id(&self, tenant: &TenantRef) -> Result<TenantId, Failure> {
        let slug = match tenant {
            TenantRef::Id(id) => return Ok(*id),
            TenantRef::Slug(slug) => slug,
        };
        if let Some(id) = self.slugs.lock().ok().and_then(|slugs| slugs.get(slug).copied()) {
            return Ok(id);
        }
        let mut walk = Walk::default();
        while let Some(query) = walk.next() {
            let page = self.tenants(query).await?;
            if let Some(found) = page.items.iter().find(|t| t.slug == *slug) {
                if let Ok(mut slugs) = self.slugs.lock() {
                    slugs.insert(slug.clone(), found.id);
                }
                return Ok(found.id);
            }
            walk.go_on(page.next)?;
        }
        Err(no_tenant(slug))
    }
}

/// The failure of a call about a tenant that this operator does not see.
pub(super) fn no_tenant(name: &str) -> Failure {
    Failure::NotFound(format!("no tenant {name:?} is visible to you"))
}
