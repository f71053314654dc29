//! Operators.

use bowline_api::admin::{
    ChangePassword, ChangeRole, CreateOperator, EnableOperator, LimitOperator, Operator,
};
use bowline_api::status::Role;
use bowline_api::{OperatorId, Page};
use reqwest::Method;
use secrecy::{ExposeSecret as _, SecretString};

use super::{Client, Failure, PageQuery, Proof, TenantRef};

impl Client {
    /// `GET /operators`: by name, including disabled ones.
    pub async fn operators(&self, page: PageQuery) -> Result<Page<Operator>, Failure> {
        self.page("/operators", None, page).await
    }

    /// `PUT /operators/{id}/tenants`: limits an operator to these tenants, or to none in particular.
    pub(super) async fn limit_operator(
        &self,
        id: OperatorId,
        tenants: Option<&[TenantRef]>,
        proof: &Proof,
    ) -> Result<Operator, Failure> {
        let tenants = tenants.map(|all| all.iter().map(ToString::to_string).collect());
        let request = self.request(Method::PUT, &format!("/operators/{id}/tenants"))?;
        self.json(request.json(&LimitOperator { tenants, proof: proof.body() })).await
    }

    /// `POST /operators`
    pub(super) async fn add_operator(
        &self,
        name: &str,
        role: Role,
        password: &SecretString,
        proof: &Proof,
    ) -> Result<Operator, Failure> {
        let password = password.expose_secret().to_owned();
        let body = CreateOperator { name: name.to_owned(), password, role, proof: proof.body() };
        self.json(self.request(Method::POST, "/operators")?.json(&body)).await
    }

    /// `PUT /operators/{id}/role`
    pub(super) async fn set_role(
        &self,
        id: OperatorId,
        role: Role,
        proof: &Proof,
    ) -> Result<Operator, Failure> {
        let body = ChangeRole { role, proof: proof.body() };
        self.json(self.request(Method::PUT, &format!("/operators/{id}/role"))?.json(&body)).await
    }

    /// `PUT /operators/{id}/password`: another operator's password.
    pub(super) async fn set_password(
        &self,
        id: OperatorId,
        password: &SecretString,
        proof: &Proof,
    ) -> Result<Operator, Failure> {
        let body = ChangePassword { password: password.expose_secret().to_owned(), proof: proof.body() };
        self.json(self.request(Method::PUT, &format!("/operators/{id}/password"))?.json(&body)).await
    }

    /// `POST /operators/{id}/disable`
    pub(super) async fn disable_operator(&self, id: OperatorId) -> Result<Operator, Failure> {
        self.json(self.request(Method::POST, &format!("/operators/{id}/disable"))?).await
    }

    /// `POST /operators/{id}/enable`
    pub(super) async fn enable_operator(&self, id: OperatorId, proof: &Proof) -> Result<Operator, Failure> {
        let body = EnableOperator { proof: proof.body() };
        self.json(self.request(Method::POST, &format!("/operators/{id}/enable"))?.json(&body)).await
    }
}
