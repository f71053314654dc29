//! Operators.

use bowline_api::admin::Operator;
use bowline_api::{OperatorId, Page};
use reqwest::Method;

use super::{Client, Failure, PageQuery};

impl Client {
    /// `GET /operators`: by name, including disabled ones.
    pub async fn operators(&self, page: PageQuery) -> Result<Page<Operator>, Failure> {
        self.page("/operators", None, page).await
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
