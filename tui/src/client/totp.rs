//! One-time codes of operators.

use bowline_api::OperatorId;
use bowline_api::admin::{ConfirmTotp, EndedSessions, RecoveryCodes, TotpSecret};
use reqwest::{Method, RequestBuilder};
use secrecy::{ExposeSecret as _, SecretString};

use super::{Client, Failure, Proof};

impl Client {
    /// `POST /whoami/totp`: a new secret, to be confirmed within 10 minutes.
    pub(super) async fn begin_totp(&self, proof: &Proof) -> Result<TotpSecret, Failure> {
        self.json(self.proving_request("/whoami/totp", proof)?).await
    }

    /// `POST /whoami/totp/confirm`: puts the secret in use.
    pub(super) async fn confirm_totp(&self, code: &SecretString) -> Result<RecoveryCodes, Failure> {
        let body = ConfirmTotp { code: code.expose_secret().trim().to_owned() };
        self.json(self.request(Method::POST, "/whoami/totp/confirm")?.json(&body)).await
    }

    /// `POST /whoami/totp/recovery-codes`: replaces the recovery codes.
    pub(super) async fn renew_recovery_codes(&self, proof: &Proof) -> Result<RecoveryCodes, Failure> {
        self.json(self.proving_request("/whoami/totp/recovery-codes", proof)?).await
    }

    /// `POST /whoami/totp/remove`: logins need no code any more.
    pub(super) async fn remove_totp(&self, proof: &Proof) -> Result<(), Failure> {
        self.bytes(self.proving_request("/whoami/totp/remove", proof)?).await.map(drop)
    }

    /// `POST /operators/{id}/totp/reset`: another operator logs in without a code, and their sessions end.
    pub(super) async fn reset_totp(&self, id: OperatorId, proof: &Proof) -> Result<EndedSessions, Failure> {
        self.json(self.proving_request(&format!("/operators/{id}/totp/reset"), proof)?).await
    }

    fn proving_request(&self, path: &str, proof: &Proof) -> Result<RequestBuilder, Failure> {
        Ok(self.request(Method::POST, path)?.json(&proof.body()))
    }
}
