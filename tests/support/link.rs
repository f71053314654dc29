//! A link session as the tenant's back end remembers it, and what comes back from it.

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bowline_api::LinkSessionId;
use bowline_api::v1::NewLinkSession;
use rand::TryRng as _;
use sha2::{Digest as _, Sha256};
use url::Url;

/// A link under way; the verifier lies in the user's session at the tenant.
#[derive(Clone)]
pub struct Link {
    /// The session.
    pub id: LinkSessionId,
    /// Where the user's browser is sent.
    pub url: String,
    /// What proves the user's session.
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

    /// What is sent of it: its SHA-256.
    pub fn challenge(verifier: &str) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
    }

    /// The ticket in the URL.
    pub fn ticket(&self) -> &str {
        self.url.rsplit('/').next().unwrap_or_default()
    }
}

/// What the browser came back to the tenant with.
#[derive(Debug, Clone)]
pub struct Returned {
    /// All of it.
    pub url: Url,
    /// The proof; empty where there is none.
    pub link_code: String,
    /// Why there is no proof.
    pub error: Option<String>,
}

impl Returned {
    /// Reads the query of the return URL.
    ///
    /// # Errors
    /// Where it is no URL.
    pub fn read(location: &str) -> anyhow::Result<Self> {
        let url = Url::parse(location).with_context(|| format!("sent to {location:?}"))?;
        let value =
            |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        Ok(Self { link_code: value("link_code").unwrap_or_default(), error: value("error"), url })
    }
}
