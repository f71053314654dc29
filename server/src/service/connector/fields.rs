//! The rules for the fields of a connector, when it is added and when it is edited.

use bowline_api::status::{Completion, Protocol};

use crate::domain::return_url::ReturnUrl;
use crate::domain::{Code, Result, scope};

/// The maximum number of return URLs of a connector.
const MAX_RETURN_URLS: usize = 20;

/// Checks who completes links under `protocol`.
pub(super) fn check_completion(protocol: Protocol, completion: Completion) -> Result<()> {
    if protocol == Protocol::OAuth1 && completion == Completion::Browser {
        let detail = "completion must be tenant under OAuth 1.0: nothing of this protocol tells who approved from who began";
        return Err(Code::InvalidField.because(detail).field("completion").into());
    }
    Ok(())
}

/// The scopes of a connector. OAuth 1 has none: its tokens may do whatever the app is registered for.
pub(super) fn scopes(protocol: Protocol, wanted: &[String]) -> Result<Vec<String>> {
    match protocol {
        Protocol::OAuth2 => scope::parse(wanted),
        Protocol::OAuth1 | Protocol::OAuth1a if wanted.is_empty() => Ok(Vec::new()),
        Protocol::OAuth1 | Protocol::OAuth1a => {
            let detail = "scopes must be empty: OAuth 1 has none, its tokens may do whatever the app is registered for";
            Err(Code::InvalidField.because(detail).field("scopes").into())
        }
    }
}

/// An app key or secret as the provider's console shows it: printable ASCII without spaces.
pub(super) fn credential(field: &'static str, text: &str) -> Result<String> {
    let text = text.trim();
    if (1..=100).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic()) {
        return Ok(text.to_owned());
    }
    let detail = format!("{field} must have 1 to 100 printable ASCII characters without spaces");
    Err(Code::InvalidField.because(detail).field(field).into())
}

/// Checks each URL. None may have a query: links may add one, so a registered one would only mislead.
pub(super) fn return_urls(wanted: &[String]) -> Result<Vec<String>> {
    let refuse = |detail: &'static str| Err(Code::InvalidField.because(detail).field("return_urls").into());
    if wanted.is_empty() || wanted.len() > MAX_RETURN_URLS {
        return refuse("return_urls must have 1 to 20 URLs");
    }
    let mut urls = Vec::with_capacity(wanted.len());
    for text in wanted {
        let url = ReturnUrl::parse(text)?;
        if url.as_str().contains('?') {
            return refuse("return_urls are compared by origin and path; register them without a query");
        }
        urls.push(url.as_str().to_owned());
    }
    Ok(urls)
}
