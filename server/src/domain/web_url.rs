//! Addresses of tenants' own pages that our pages lead to.

use url::{Host, Url};

use super::error::{Code, Refusal};

/// The maximum length of a web address, in characters.
const LONGEST_WEB_URL: usize = 500;

/// `text`, if it is a plain URL with one of `schemes`.
///
/// # Errors
/// `invalid_field`, with the name of `field`.
pub fn parse(field: &'static str, text: &str, schemes: &[&str]) -> Result<String, Refusal> {
    let text = text.trim();
    let plain =
        text.len() <= LONGEST_WEB_URL && text.bytes().all(|b| (0x21..=0x7e).contains(&b) && b != b'\\');
    let url = Url::parse(text).ok().filter(|url| plain && url.as_str().len() <= LONGEST_WEB_URL);
    let url = url.filter(|url| schemes.contains(&url.scheme()) && is_plain(url));
    url.map(Into::into).ok_or_else(|| {
        let detail = format!(
            "{field} must be a URL of at most {LONGEST_WEB_URL} ASCII characters that begins with {}, without user name or backslash",
            schemes.join(": or ") + ":"
        );
        Code::InvalidField.because(detail).field(field)
    })
}

fn is_plain(url: &Url) -> bool {
    if url.scheme() == "mailto" {
        // One recipient, and no headers.
        let path = url.path();
        return path.split('@').filter(|part| !part.is_empty()).count() == 2
            && path.matches('@').count() == 1
            && !path.contains(',')
            && url.query().is_none()
            && url.fragment().is_none();
    }
    let named = match url.host() {
        Some(Host::Domain(name)) => name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b)),
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => true,
        None => false,
    };
    named && url.username().is_empty() && url.password().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_urls_with_a_scheme_that_is_accepted() {
        let both = ["https", "mailto"];
        for good in
            ["https://acme.example/help", "https://acme.example:8443/p#privacy", "mailto:help@acme.example"]
        {
            assert_eq!(parse("branding.support_url", good, &both).unwrap(), good);
        }
        for bad in [
            "",
            "acme.example",
            "http://acme.example/",
            "javascript:alert(1)",
            "data:text/html,x",
            "https://user@acme.example/",
            "https://acme.example/\\evil",
            "https://acme.example/a b",
            "https://ácme.example/",
            "mailto:",
            "mailto:help",
            "mailto:a@acme.example,b@evil.example",
            "mailto:a@acme.example?bcc=b@evil.example",
            &format!("https://acme.example/{}", "x".repeat(500)),
        ] {
            let refusal = parse("branding.support_url", bad, &both).unwrap_err().to_string();
            assert!(refusal.contains("branding.support_url must be"), "{bad:?}: {refusal}");
        }
        assert!(parse("branding.privacy_url", "mailto:help@acme.example", &["https"]).is_err());
    }
}
