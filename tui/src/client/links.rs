//! Links that did not complete.

use bowline_api::Page;
use bowline_api::admin::LostExchange;

use super::{Client, Failure, PageQuery, TenantRef};

impl Client {
    /// `GET /lost-exchanges`: the lost exchanges of one tenant, or of all tenants.
    pub async fn lost_exchanges(
        &self,
        tenant: Option<&TenantRef>,
        page: PageQuery,
    ) -> Result<Page<LostExchange>, Failure> {
        self.page("/lost-exchanges", tenant, page).await
    }
}
