//! Sessions, and the operator that one belongs to.

use bowline_api::admin::{ChangeOwnPassword, CreateSession, NewSession, Operator};
use reqwest::Method;
use secrecy::{ExposeSecret as _, SecretString};

use super::{Client, Failure};

impl Client {
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
    pub(super) async fn change_password(
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
}
