//! Dropbox's webhooks: the check of an address that is entered in the console, and signed notices to it.

use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::{Client, redirect::Policy};
use serde_json::{Value, json};
use sha2::Sha256;
use url::Url;

use crate::{dropbox::Dropbox, entropy};

/// How long Dropbox waits for an answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why a webhook URI was not accepted, or no notice was sent.
#[derive(Debug, thiserror::Error)]
pub enum NoticeError {
    /// There is no app with this key.
    #[error("there is no such app")]
    App,
    /// The console has no webhook URI for the app.
    #[error("the app has no webhook URI")]
    NoUri,
    /// None of the accounts has linked the app.
    #[error("none of these accounts has linked the app")]
    NotLinked,
    /// The text is not a URL.
    #[error("the webhook URI is not a URL")]
    Url(#[from] url::ParseError),
    /// Nobody answered in time.
    #[error("no answer came")]
    Unanswered(#[from] reqwest::Error),
    /// The challenge did not come back as it must.
    #[error("the answer to the challenge is wrong: {0}")]
    Challenge(&'static str),
}

impl Dropbox {
    /// Enters a webhook URI in the console, which checks it with a challenge. Only plain HTTP is possible.
    pub async fn set_webhook_uri(&self, app_key: &str, uri: &str) -> Result<(), NoticeError> {
        let challenge = entropy::token_tail();
        let mut asked = Url::parse(uri)?;
        asked.query_pairs_mut().append_pair("challenge", &challenge);
        let answer = client()?.get(asked).send().await?;
        let header = |name: &str| {
            answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
        };
        let (kind, options) = (header("content-type"), header("x-content-type-options"));
        if answer.status() != 200 {
            return Err(NoticeError::Challenge("its status is not 200"));
        }
        if kind.split(';').next() != Some("text/plain") {
            return Err(NoticeError::Challenge("it is not text/plain"));
        }
        if options != "nosniff" {
            return Err(NoticeError::Challenge("it lacks X-Content-Type-Options: nosniff"));
        }
        if answer.text().await? != challenge {
            return Err(NoticeError::Challenge("it is not the challenge"));
        }
        let mut world = self.world();
        let app = world.apps.get_mut(app_key).ok_or(NoticeError::App)?;
        app.webhook_uri = Some(uri.to_owned());
        Ok(())
    }

    /// Sends a notice that files of these accounts have changed, of those that have linked the app; returns the status of the answer.
    pub async fn notify(&self, app_key: &str, account_ids: &[String]) -> Result<u16, NoticeError> {
        let (uri, body) = {
            let world = self.world();
            let app = world.apps.get(app_key).ok_or(NoticeError::App)?;
            let uri = app.webhook_uri.clone().ok_or(NoticeError::NoUri)?;
            let is_linked = |id: &&String| world.live_grants(app_key, id).next().is_some();
            let linked: Vec<&String> = account_ids.iter().filter(is_linked).collect();
            if linked.is_empty() {
                return Err(NoticeError::NotLinked);
            }
            let users = linked.iter().filter_map(|id| world.user(id));
            let uids: Vec<u64> = users.filter_map(|user| user.uid.parse().ok()).collect();
            (uri, notice(&linked, &uids).to_string())
        };
        let signature = self.sign_notice(app_key, body.as_bytes()).ok_or(NoticeError::App)?;
        let request = client()?.post(uri).header("X-Dropbox-Signature", signature);
        let answer = request.header("Content-Type", "application/json").body(body).send().await?;
        Ok(answer.status().as_u16())
    }

    /// The signature of a notice with this body; none if there is no app with this key.
    pub fn sign_notice(&self, app_key: &str, body: &[u8]) -> Option<String> {
        let world = self.world();
        let secret = world.apps.get(app_key)?.secret.expose();
        let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
        Some(hex::encode(mac.chain_update(body).finalize().into_bytes()))
    }
}

fn notice(account_ids: &[&String], uids: &[u64]) -> Value {
    json!({ "list_folder": { "accounts": account_ids }, "delta": { "users": uids } })
}

fn client() -> Result<Client, reqwest::Error> {
    // The process may already have installed a cryptography provider.
    let _: Result<(), _> = rustls::crypto::ring::default_provider().install_default();
    Client::builder().timeout(PATIENCE).redirect(Policy::none()).no_proxy().tls_certs_only([]).build()
}
