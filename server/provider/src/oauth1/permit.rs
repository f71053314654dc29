//! What is signed for a tenant that may use an account and must not get its token.

use percent_encoding::percent_decode_str;
use url::Url;

use super::{
    config::{Endpoints, ServiceConfig},
    form::raw_pairs,
    signature::SignatureMethod,
};

/// Bytes that a method may have.
const LONGEST_METHOD: usize = 16;

/// Why a request is not signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignRefused {
    /// The method is not one to sixteen letters.
    #[error("the method is not an HTTP method")]
    Method,
    /// The address is on a host that is not the connector's own, or has a user, password or fragment.
    #[error("the address is not on one of the connector's own hosts")]
    ForeignHost,
    /// The address makes, changes or ends tokens, or looks as if it did, which only this service may do.
    #[error(
        "requests to token endpoints are not signed, nor to paths with a segment that is named like one (oauth…, …token)"
    )]
    TokenEndpoint,
    /// The query or the body holds a parameter whose name begins with `oauth_`.
    #[error("parameters whose names begin with oauth_ belong to the signature")]
    ReservedParameter,
    /// A PLAINTEXT signature is the secrets themselves.
    #[error("the connector signs with PLAINTEXT, which would give its secrets away")]
    Plaintext,
    /// The access token is not one of this protocol.
    #[error("the account has no OAuth 1 token")]
    NoToken,
    /// What the connector says of its service cannot be used; see [`ConfigError`](super::ConfigError).
    #[error("the connector's service is misconfigured")]
    Misconfigured,
    /// The operating system gave no randomness.
    #[error("the operating system gave no randomness")]
    Randomness,
}

/// Whether a request may be signed. The parameters of the signature must be ours alone, or another token could be named in it
/// (RFC 5849, 3.1).
pub(super) fn check(
    config: &ServiceConfig,
    method: &str,
    url: &Url,
    form: &[(&str, &str)],
) -> Result<(), SignRefused> {
    if config.method == SignatureMethod::Plaintext {
        return Err(SignRefused::Plaintext);
    }
    if !(1..=LONGEST_METHOD).contains(&method.len()) || !method.bytes().all(|byte| byte.is_ascii_alphabetic())
    {
        return Err(SignRefused::Method);
    }
    let bare = url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
    if !bare || !config.endpoints.owns(&url.origin()) {
        return Err(SignRefused::ForeignHost);
    }
    if is_token_endpoint(&config.endpoints, url) {
        return Err(SignRefused::TokenEndpoint);
    }
    let query = raw_pairs(url.query().unwrap_or_default().as_bytes()).map(|(name, _)| name);
    let mut names = query.chain(form.iter().map(|(name, _)| name.as_bytes().to_vec()));
    if names.any(|name| name.to_ascii_lowercase().starts_with(b"oauth_")) {
        return Err(SignRefused::ReservedParameter);
    }
    Ok(())
}

/// How often a path is decoded. One that is encoded more often is taken for a token endpoint.
const DECODED: usize = 4;

/// Compared as a lenient server might: decoded, without path parameters, suffixes and empty segments, in any case, and on any of the
/// service's hosts. A service has more such endpoints than its connector names, so their usual names are refused, too.
fn is_token_endpoint(endpoints: &Endpoints, url: &Url) -> bool {
    let Some(path) = segments(url) else { return true };
    let is_named_like_one =
        path.iter().any(|segment| segment.starts_with("oauth") || words(segment).any(is_token_word));
    let stems = |path: &[String]| path.iter().map(|segment| stem(segment).to_owned()).collect::<Vec<_>>();
    let path = stems(&path);
    let mut endpoints = endpoints.of_the_protocol().filter_map(segments);
    is_named_like_one || endpoints.any(|endpoint| path.starts_with(&stems(&endpoint)))
}

/// A segment without its suffixes, such as `.json`.
fn stem(segment: &str) -> &str {
    segment.split_once('.').map_or(segment, |(stem, _)| stem)
}

/// The words of a segment. Underscores and hyphens belong to a word.
fn words(segment: &str) -> impl Iterator<Item = &str> {
    segment.split(|letter: char| !letter.is_alphanumeric() && letter != '_' && letter != '-')
}

/// `token`, `disable_access_token`, `invalidatetokens`, `token_from_oauth1`, and the like.
fn is_token_word(word: &str) -> bool {
    word.trim_end_matches('s').ends_with("token")
        || word.contains("access_token")
        || word.contains("request_token")
        || word.contains("token_from")
}

fn segments(url: &Url) -> Option<Vec<String>> {
    let path = decoded(url.path())?.to_lowercase();
    let mut segments: Vec<String> = Vec::new();
    for segment in path.split(['/', '\\']) {
        match segment.split(';').next().unwrap_or_default() {
            "" | "." => {}
            ".." => drop(segments.pop()),
            segment => segments.push(segment.to_owned()),
        }
    }
    Some(segments)
}

/// Decoded until nothing is left to decode, because a proxy may decode before the server does.
fn decoded(path: &str) -> Option<String> {
    let mut path = path.to_owned();
    for _ in 0..DECODED {
        let once = percent_decode_str(&path).decode_utf8_lossy().into_owned();
        if once == path {
            return Some(path);
        }
        path = once;
    }
    None
}
