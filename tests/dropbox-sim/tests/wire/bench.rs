//! A simulator with one app, and a client that follows nothing and hides nothing.

use std::collections::HashMap;

use anyhow::{Context as _, Result, ensure};
use dropbox_sim::{AppConfig, Simulator};
use reqwest::{Client, RequestBuilder, Response, header::HeaderMap, redirect::Policy};
use serde_json::Value;
use url::Url;

pub(crate) const CALLBACK: &str = "http://127.0.0.1:8000/callback";
pub(crate) const AMARA: &str = "amara@example.com";
/// RFC 7636 appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

pub(crate) struct Bench {
    pub(crate) sim: Simulator,
    pub(crate) http: Client,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Result<Value> {
        serde_json::from_str(&self.text).with_context(|| format!("not JSON: {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(crate) async fn read(response: Response) -> Result<Self> {
        Ok(Self {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: response.text().await?,
        })
    }
}

pub(crate) async fn send(request: RequestBuilder) -> Result<Answer> {
    Answer::read(request.send().await?).await
}

/// The query of a URL as a map.
pub(crate) fn query(url: &str) -> Result<HashMap<String, String>> {
    Ok(Url::parse(url)?.query_pairs().into_owned().collect())
}

pub(crate) fn app() -> AppConfig {
    AppConfig::new("key", "secret").name("Acme Photos").redirect_uri(CALLBACK)
}

impl Bench {
    pub(crate) async fn new() -> Result<Self> {
        Self::with(Simulator::builder().app(app()).start().await?)
    }

    pub(crate) fn with(sim: Simulator) -> Result<Self> {
        // Another test of this process may have installed it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let authority = reqwest::Certificate::from_pem(sim.ca_pem().as_bytes())?;
        let http =
            Client::builder().redirect(Policy::none()).no_proxy().tls_certs_only([authority]).build()?;
        Ok(Self { sim, http })
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.sim.http_url())
    }

    pub(crate) fn authorize_url(&self, more: &[(&str, &str)]) -> Result<String> {
        let usual = [
            ("client_id", "key"),
            ("response_type", "code"),
            ("redirect_uri", CALLBACK),
            ("state", "st&te"),
            ("token_access_type", "offline"),
        ];
        let mut url = Url::parse(&self.url("/oauth2/authorize"))?;
        let kept = usual.iter().filter(|(name, _)| !more.iter().any(|(other, _)| name == other));
        // An empty name stands for "left out".
        let more = more.iter().filter(|(_, value)| *value != "-");
        url.query_pairs_mut().extend_pairs(kept).extend_pairs(more);
        Ok(url.into())
    }

    pub(crate) fn code(&self, more: &[(&str, &str)]) -> Result<String> {
        let back = self.sim.approve(&self.authorize_url(more)?, AMARA)?;
        query(&back)?.remove("code").with_context(|| format!("no code in {back}"))
    }

    pub(crate) async fn token(&self, fields: &[(&str, &str)]) -> Result<Answer> {
        send(self.http.post(self.url("/oauth2/token")).form(fields)).await
    }

    /// Exchanges a code as the app does: with its secret in the body.
    pub(crate) async fn exchange(&self, code: &str) -> Result<Answer> {
        self.token(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("client_id", "key"),
            ("client_secret", "secret"),
        ])
        .await
    }

    pub(crate) async fn refresh(&self, token: &str) -> Result<Answer> {
        self.token(&[
            ("grant_type", "refresh_token"),
            ("refresh_token", token),
            ("client_id", "key"),
            ("client_secret", "secret"),
        ])
        .await
    }

    /// Links Amara's account; access token and refresh token.
    pub(crate) async fn link(&self) -> Result<(String, String)> {
        self.link_with(&[]).await
    }

    pub(crate) async fn link_with(&self, more: &[(&str, &str)]) -> Result<(String, String)> {
        let answer = self.exchange(&self.code(more)?).await?;
        ensure!(answer.status == 200, "{answer:?}");
        let json = answer.json()?;
        let text = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
        Ok((text("access_token"), text("refresh_token")))
    }

    /// A route without an argument.
    pub(crate) async fn call(&self, route: &str, token: &str) -> Result<Answer> {
        send(self.http.post(self.url(route)).bearer_auth(token)).await
    }

    pub(crate) async fn call_with(&self, route: &str, token: &str, argument: &Value) -> Result<Answer> {
        send(self.http.post(self.url(route)).bearer_auth(token).json(argument)).await
    }
}
