//! Checks signatures (RFC 5849 §3.4).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::Sha256;

use super::{escape::escape, incoming::Incoming};
use crate::secret::Secret;

/// Why a signature is refused.
#[derive(Debug)]
pub(crate) enum BadSignature {
    /// `oauth_signature_method` is missing or unknown.
    Method,
    /// It is another one than this text gives.
    Expected(String),
}

/// The text that a request's signature is made of (RFC 5849 §3.4.1).
pub(super) fn base_string(incoming: &Incoming<'_>, parameters: &[(String, String)]) -> String {
    let mut pairs: Vec<(String, String)> = parameters
        .iter()
        .filter(|(name, _)| name != "oauth_signature")
        .map(|(name, value)| (escape(name), escape(value)))
        .collect();
    pairs.sort();
    let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let host = incoming.host.to_ascii_lowercase();
    let usual = if incoming.scheme == "https" { ":443" } else { ":80" };
    let host = host.strip_suffix(usual).unwrap_or(&host);
    let uri = format!("{}://{host}{}", incoming.scheme, incoming.path);
    let method = incoming.method.to_ascii_uppercase();
    [method, uri, pairs.join("&")].map(|part| escape(&part)).join("&")
}

/// Compares the given signature with the one that the secrets make.
pub(super) fn check(
    method: &str,
    given: &str,
    base_string: &str,
    app_secret: &Secret,
    token_secret: Option<&Secret>,
) -> Result<(), BadSignature> {
    let token_secret = token_secret.map(|secret| escape(secret.expose())).unwrap_or_default();
    let key = format!("{}&{token_secret}", escape(app_secret.expose()));
    let (right, text) = match method {
        "PLAINTEXT" => (key.clone(), key.as_str()),
        "HMAC-SHA1" => (mac::<Hmac<Sha1>>(&key, base_string), base_string),
        "HMAC-SHA256" => (mac::<Hmac<Sha256>>(&key, base_string), base_string),
        _ => return Err(BadSignature::Method),
    };
    if Secret::new(right).matches(given) { Ok(()) } else { Err(BadSignature::Expected(text.to_owned())) }
}

/// The code of `text` in base64, or a text that no signature is equal to if the key could not be used.
fn mac<M: Mac + KeyInit>(key: &str, text: &str) -> String {
    match <M as KeyInit>::new_from_slice(key.as_bytes()) {
        Ok(mac) => STANDARD.encode(mac.chain_update(text).finalize().into_bytes()),
        Err(_) => "!".to_owned(),
    }
}
