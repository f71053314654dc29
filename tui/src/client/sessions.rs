//! Sessions, and the operator that one belongs to.

use bowline_api::admin::{
    ChangeOwnPassword, CreateSession, EndedSessions, NewSession, Operator, OperatorSession,
};
use bowline_api::{OperatorId, Page, SessionId};
use reqwest::Method;
use secrecy::{ExposeSecret as _, SecretString};

use super::{Client, Failure, Proof};

impl Client {
    /// `POST /sessions`: exchanges a password, and a code if the server asks for one, for a session.
    pub async fn login(&self, name: &str, proof: impl Into<Proof>) -> Result<NewSession, Failure> {
        let proof = proof.into();
        let body = CreateSession { name: name.to_owned(), password: proof.password(), code: proof.code() };
        self.json(self.request(Method::POST, "/sessions")?.json(&body)).await
    }

    /// `DELETE /sessions/current`: ends the session at the server.
    pub async fn logout(&self) -> Result<(), Failure> {
        self.bytes(self.request(Method::DELETE, "/sessions/current")?).await.map(drop)
    }

    /// `GET /sessions`, or `GET /operators/{id}/sessions` of another operator: all on one page.
    pub async fn sessions(&self, of: Option<OperatorId>) -> Result<Page<OperatorSession>, Failure> {
        self.json(self.request(Method::GET, &sessions_path(of))?).await
    }

    /// `DELETE /sessions/{id}`, or `DELETE /operators/{id}/sessions/{id}` of another operator.
    pub(super) async fn end_session(&self, of: Option<OperatorId>, id: SessionId) -> Result<(), Failure> {
        self.bytes(self.request(Method::DELETE, &format!("{}/{id}", sessions_path(of)))?).await.map(drop)
    }

    /// `POST /sessions/end-others`, or `DELETE /operators/{id}/sessions` of another operator.
    pub(super) async fn end_sessions(&self, of: Option<OperatorId>) -> Result<EndedSessions, Failure> {
        let request = match of {
            Some(_) => self.request(Method::DELETE, &sessions_path(of)),
            None => self.request(Method::POST, "/sessions/end-others"),
        };
        self.json(request?).await
    }

    /// `GET /whoami`
    pub async fn whoami(&self) -> Result<Operator, Failure> {
        self.json(self.request(Method::GET, "/whoami")?).await
    }

    /// `PUT /whoami/password`: changes the operator's own password and ends all sessions.
    pub(super) async fn change_password(
        &self,
        current: &Proof,
        new: &SecretString,
    ) -> Result<Operator, Failure> {
        let body = ChangeOwnPassword {
            current_password: current.password(),
            new_password: new.expose_secret().to_owned(),
            code: current.code(),
        };
        self.json(self.request(Method::PUT, "/whoami/password")?.json(&body)).await
    }
}

/// The path of one's own sessions, or of another operator's.
fn sessions_path(of: Option<OperatorId>) -> String {
    of.map_or_else(|| "/sessions".to_owned(), |id| format!("/operators/{id}/sessions"))
}
