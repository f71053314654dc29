//! The sentences with which services of OAuth 1 refuse, in the forms that are in use.
//!
//! RFC 5849 names statuses only. Dropbox wrote `{"error": "…"}`, Twitter `{"errors": [{"message": "…"}]}`, others plain text or
//! `oauth_problem=…`. The text decides which reason of ours a failure has and goes no further: "Invalid signature. Expected signature
//! base string: …" repeats the request, and under PLAINTEXT the secrets.

use serde_json::Value;
use zeroize::Zeroizing;

use super::form::Fields;
use crate::http::Answer;

/// Bytes of a text that are looked at.
const LOOKED_AT: usize = 200;

/// What a refusal is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Complaint {
    /// The signature, which is made with the app secret.
    Signature,
    /// The app key.
    App,
    /// Timestamp or nonce.
    Stamp,
    /// The address of the callback.
    Callback,
    /// The verifier.
    Verifier,
    /// A request token that the user has not approved.
    NotAuthorized,
    /// A request token that is unknown, used or too old.
    RequestToken,
    /// An access token that is unknown or revoked.
    AccessToken,
    /// A sentence that is not known.
    Unknown,
}

/// The complaint of an answer; nothing if the answer is none of the service's own, such as a page of a proxy.
pub(super) fn complaint(answer: &Answer) -> Option<Complaint> {
    let sentence = sentence(answer)?;
    // In the order of these rules, the first that fits counts: a signature is named beside the token that it was made with.
    let is = |words: &[&str]| words.iter().any(|word| sentence.contains(word));
    Some(if is(&["invalid signature", "signature_invalid", "signature invalid"]) {
        Complaint::Signature
    } else if is(&["callback"]) {
        Complaint::Callback
    } else if is(&["consumer", "app key", "application key"]) {
        Complaint::App
    } else if is(&["timestamp", "nonce"]) {
        Complaint::Stamp
    } else if is(&["verifier"]) {
        Complaint::Verifier
    } else if is(&["not been properly authorized", "permission_unknown", "not authorized by"]) {
        Complaint::NotAuthorized
    } else if is(&["request token", "request_token"]) {
        Complaint::RequestToken
    } else if is(&[
        "token is invalid",
        "invalid token",
        "expired token",
        "token_revoked",
        "token_expired",
        "token_rejected",
        "token has been",
    ]) {
        Complaint::AccessToken
    } else {
        Complaint::Unknown
    })
}

/// The beginning of the sentence in lower case.
fn sentence(answer: &Answer) -> Option<Zeroizing<String>> {
    let text = if let Some(json) = answer.json::<Value>() {
        let first = [json.get("error"), json.pointer("/errors/0/message"), json.get("error_description")];
        first.into_iter().flatten().find_map(Value::as_str)?.to_owned()
    } else if answer.is_page() {
        return None;
    } else {
        let problem = Fields::read(answer.body()).ok().and_then(|fields| {
            let problem = fields.one("oauth_problem").ok().flatten();
            problem.map(str::to_owned)
        });
        problem.or_else(|| str::from_utf8(answer.body()).ok().map(str::to_owned))?
    };
    let mut text = Zeroizing::new(text);
    let end = text.floor_char_boundary(LOOKED_AT);
    text.truncate(end);
    let text = Zeroizing::new(text.trim().to_ascii_lowercase());
    (!text.is_empty()).then_some(text)
}
