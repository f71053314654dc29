//! URLs that browsers may be returned to.

use std::borrow::Cow;

use url::{Host, Url};

use super::error::{Code, Result};

/// The names of the parameters that Bowline adds to a return URL.
pub const OURS: [&str; 3] = ["link_session", "link_code", "error"];

/// A URL that an end user's browser can be returned to: https, or http on a loopback address, without a fragment or
/// user name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnUrl(Url);

impl ReturnUrl {
    /// # Errors
    /// `invalid_field` if the URL is not one of these.
    pub fn parse(text: &str) -> Result<Self> {
        let plain = text.len() <= 2000 && text.bytes().all(|b| (0x21..=0x7e).contains(&b) && b != b'\\');
        match Url::parse(text) {
            Ok(url) if plain && acceptable(&url) => Ok(Self(url)),
            _ => Err(Code::InvalidField
                .because("return_url must be an https URL (or http on a loopback address) of at most 2,000 ASCII characters, without fragment, user name or backslash")
                .field("return_url")
                .into()),
        }
    }

    /// Whether `registered` has the same origin and path. The query is up to the tenant.
    pub fn is_registered(&self, registered: &str) -> bool {
        Url::parse(registered)
            .is_ok_and(|allowed| allowed.origin() == self.0.origin() && allowed.path() == self.0.path())
    }

    /// Scheme, host and port, such as `https://photos.acme.example`.
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// The URL with `parameters` in its query, replacing all parameters named in [`OURS`]. The rest of the query is
    /// unchanged, byte for byte.
    #[must_use]
    pub fn with(&self, parameters: &[(&str, &str)]) -> Url {
        let mut url = self.0.clone();
        let theirs: Vec<Cow<'_, str>> =
            self.0.query().unwrap_or_default().split('&').filter_map(without_ours).collect();
        url.set_query((!theirs.is_empty()).then(|| theirs.join("&")).as_deref());
        url.query_pairs_mut().extend_pairs(parameters);
        url
    }

    /// The URL as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// A `pair` of a query without the parameters named in [`OURS`]. Some frameworks treat `;` like `&`.
fn without_ours(pair: &str) -> Option<Cow<'_, str>> {
    let left = if pair.split(';').any(is_ours) {
        let theirs: Vec<&str> = pair.split(';').filter(|part| !is_ours(part)).collect();
        Cow::Owned(theirs.join(";"))
    } else {
        Cow::Borrowed(pair)
    };
    (!left.is_empty()).then_some(left)
}

/// Whether any framework reads the name of a pair as one of ours. Frameworks ignore the case of names, read `error[]`
/// as a list called `error` (PHP, Rails, Express), and read `.` or a space as `_` (PHP, which also ends a name at a NUL
/// byte).
fn is_ours(pair: &str) -> bool {
    let Some((name, _)) = url::form_urlencoded::parse(pair.as_bytes()).next() else { return false };
    let name = name.trim().split(['[', '\0']).next().unwrap_or_default();
    let name: String = name.chars().map(|c| if matches!(c, '.' | ' ') { '_' } else { c }).collect();
    OURS.contains(&name.to_lowercase().as_str())
}

fn acceptable(url: &Url) -> bool {
    let loopback = match url.host() {
        // URLs allow `;` and similar characters in a host. The origin is used in a Content-Security-Policy, where they
        // have a meaning.
        Some(Host::Domain(name))
            if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b)) =>
        {
            return false;
        }
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return false,
    };
    (url.scheme() == "https" || (url.scheme() == "http" && loopback))
        && url.username().is_empty()
        && url.password().is_none()
        && url.fragment().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGISTERED: &str = "https://good.example/linked";

    fn accepted(text: &str) -> bool {
        ReturnUrl::parse(text).is_ok_and(|url| url.is_registered(REGISTERED))
    }

    #[test]
    fn only_the_registered_origin_and_path() {
        assert!(accepted("https://good.example/linked"));
        assert!(accepted("https://good.example/linked?plan=pro"));
        for bad in [
            "//evil.example/linked",
            "/\\evil.example",
            "https://good.example@evil.example/linked",
            "https://good.example.evil.example/linked",
            "javascript:alert(1)",
            "https://good.example/linked\r\nX: y",
            "https://good.example/linked#x",
            "https://good.example:444/linked",
            "http://good.example/linked",
            "https://good.example/linked/",
            "https://good.example/other",
            "https://GOOD.example\\@evil.example/linked",
            "",
        ] {
            assert!(!accepted(bad), "{bad:?}");
        }
        assert!(ReturnUrl::parse("http://127.0.0.1:9000/linked").is_ok());
        assert!(ReturnUrl::parse("http://localhost:9000/linked").is_ok());
        assert!(ReturnUrl::parse("http://192.168.0.9/linked").is_err());
        assert!(ReturnUrl::parse("https://good.example;frame-ancestors/linked").is_err());
    }

    #[test]
    fn our_parameters_replace_those_that_are_there() {
        for (given, expected) in [
            ("", "link_session=ls_new"),
            ("?", "link_session=ls_new"),
            ("?plan=pro", "plan=pro&link_session=ls_new"),
            ("?link_session=ls_old&error=access_denied", "link_session=ls_new"),
            ("?a=%20b+c&error=x&=&d&&link_code=y&error&a=2", "a=%20b+c&=&d&a=2&link_session=ls_new"),
            ("?%65rror=x&Error=x&link%5Fcode=x&errors=1", "errors=1&link_session=ls_new"),
            ("?a=1;error=x;b=2&c;d&e=f;LINK%5FSESSION=x", "a=1;b=2&c;d&e=f&link_session=ls_new"),
            ("?error;a=1&error[]=x&error%5B0%5D=x&error[a][b]=x", "a=1&link_session=ls_new"),
            (
                "?link.session=x&link+code=x&%20error=x&error%20=x&error%00a=x&error_=1",
                "error_=1&link_session=ls_new",
            ),
            (
                "?%6c%69%6e%6b%5f%73%65%73%73%69%6f%6e=x&lin%E2%84%AA_code=x&=error&x=error",
                "=error&x=error&link_session=ls_new",
            ),
            ("?link_session=;&error=x;y=1&xerror=1&error.x=1", "y=1&xerror=1&error.x=1&link_session=ls_new"),
        ] {
            let url = ReturnUrl::parse(&format!("{REGISTERED}{given}")).unwrap();
            assert_eq!(url.with(&[("link_session", "ls_new")]).query(), Some(expected), "{given}");
        }
    }
}
