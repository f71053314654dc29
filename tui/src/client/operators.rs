//! Operators.

use bowline_api::admin::{LimitOperator, Operator};
use bowline_api::{OperatorId, Page};
use reqwest::Method;

use super::{Client, Failure, PageQuery, TenantRef};

impl Client {
    /// `GET /operators`: by name, including disabled ones.
    pub async fn operators(&self, page: PageQuery) -> Result<Page<Operator>, Failure> {
        self.page("/operators", None, page).await
    }

    /// `PUT /operators/{id}/tenants`: limits an operator to these tenants, or to none in particular.
    pub async fn limit_operator(
        &self,
        id: OperatorId,
        tenants: Option<&[TenantRef]>,
    ) -> Result<Operator, Failure> {
        let tenants = tenants.map(|all| all.iter().map(ToString::to_string).collect());
        let request = self.request(Method::PUT, &format!("/operators/{id}/tenants"))?;
        self.json(request.json(&LimitOperator { tenants })).await
    }

    /// `POST /operators/{id}/disable` or `…/enable`, depending on `verb`.
    pub(super) async fn switch_operator(
        &self,
        id: OperatorId,
        verb: &'static str,
    ) -> Result<Operator, Failure> {
        self.json(self.request(Method::POST, &format!("/operators/{id}/{verb}"))?).await
    }
}
