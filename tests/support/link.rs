//! A link session as the tenant's back end remembers it, and the values with which the browser returns.

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bowline_api::LinkSessionId;
use bowline_api::v1::NewLinkSession;
use rand::TryRng as _;
use sha2::{Digest as _, Sha256};
use url::Url;

/// A link in progress; the verifier is in the user's session at the tenant.
#[derive(Clone)]
pub struct Link {
    /// The session.
    pub id: LinkSessionId,
    /// The URL to which the user's browser is sent.
    pub url: String,
    /// The verifier, which proves the user's session.
    pub verifier: String,
}

impl Link {
    pub(crate) fn new(session: NewLinkSession, verifier: String) -> Self {
        Self { id: session.id, url: session.url, verifier }
    }

    /// A verifier of 256 random bits.
    pub fn new_verifier() -> String {
        let mut bytes = [0; 32];
        rand::rngs::SysRng.try_fill_bytes(&mut bytes).unwrap_or_default();
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The challenge: the SHA-256 of the verifier.
    pub fn challenge(verifier: &str) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
    }

    /// The ticket in the URL.
    pub fn ticket(&self) -> &str {
        self.url.rsplit('/').next().unwrap_or_default()
    }
}

/// The values with which the browser returned to the tenant.
#[derive(Debug, Clone)]
pub struct Returned {
    /// The whole URL.
    pub url: Url,
    /// The link code; empty if there is none.
    pub link_code: String,
    /// Why there is no link code.
    pub error: Option<String>,
}

impl Returned {
    /// Reads the query of the return URL.
    pub fn read(location: &str) -> anyhow::Result<Self> {
        let url = Url::parse(location).with_context(|| format!("the browser was sent to {location:?}"))?;
        let value =
            |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        Ok(Self { link_code: value("link_code").unwrap_or_default(), error: value("error"), url })
    }
}
