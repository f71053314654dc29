//! URLs that browsers may be returned to.

use std::borrow::Cow;

use url::{Host, Url};

use super::error::{Code, Result};

/// The names of the parameters that Bowline adds to a return URL.
pub const OURS: [&str; 3] = ["link_session", "link_code", "error"];

/// A URL that an end user's browser can be returned to: https, http on a loopback address, or a private-use scheme of a
/// native app (RFC 8252 section 7.1), without a fragment or user name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnUrl(Url);

impl ReturnUrl {
    /// # Errors
    /// `invalid_field` if the URL is not one of these.
    pub fn parse(text: &str) -> Result<Self> {
        let plain = text.len() <= 2000 && text.bytes().all(|b| (0x21..=0x7e).contains(&b) && b != b'\\');
        match Url::parse(text) {
            Ok(url) if plain && acceptable_return_url(&url) => Ok(Self(url)),
            _ => Err(Code::InvalidField
                .because("return_url must be an https URL (or http on a loopback address, or a native app's own scheme such as com.example.app:/linked) of at most 2,000 ASCII characters, without fragment, user name or backslash")
                .field("return_url")
                .into()),
        }
    }

    /// Whether `registered` has the same origin and path. The query is up to the tenant.
    pub fn is_registered(&self, registered: &str) -> bool {
        // Compared by their parts, because private-use schemes have no origin.
        Url::parse(registered).is_ok_and(|allowed| {
            allowed.scheme() == self.0.scheme()
                && allowed.host() == self.0.host()
                && allowed.port_or_known_default() == self.0.port_or_known_default()
                && allowed.path() == self.0.path()
        })
    }

    /// Scheme, host and port, such as `https://photos.acme.example`. None for a native app, which has no pages: browsers would call its
    /// origin `null`, and that of many other pages as well.
    pub fn origin(&self) -> Option<String> {
        let origin = self.0.origin();
        origin.is_tuple().then(|| origin.ascii_serialization())
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

    /// The URL without its query, which only the tenant and the user's own browser know.
    #[must_use]
    pub fn without_query(mut self) -> Self {
        self.0.set_query(None);
        self
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

/// Whether `url` belongs to a native app: its scheme is a domain name in reverse order, so it contains a dot (RFC 8252 sections
/// 7.1 and 8.4), and a path or host follows.
fn is_private_use(url: &Url) -> bool {
    let labels = url.scheme().split('.');
    url.scheme().contains('.')
        && labels.into_iter().all(|label| {
            label.starts_with(|c: char| c.is_ascii_alphanumeric())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        })
        && !url.cannot_be_a_base()
        && (url.path().len() > 1 || url.has_host())
        && url.port().is_none()
}

fn acceptable_return_url(url: &Url) -> bool {
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return false;
    }
    if is_private_use(url) {
        return url
            .host_str()
            .is_none_or(|host| host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b)));
    }
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
    url.scheme() == "https" || (url.scheme() == "http" && loopback)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGISTERED_URL: &str = "https://good.example/linked";

    fn accepted_url(text: &str) -> bool {
        ReturnUrl::parse(text).is_ok_and(|url| url.is_registered(REGISTERED_URL))
    }

    #[test]
    fn only_the_registered_origin_and_path() {
        assert!(accepted_url("https://good.example/linked"));
        assert!(accepted_url("https://good.example/linked?plan=pro"));
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
            assert!(!accepted_url(bad), "{bad:?}");
        }
        assert!(ReturnUrl::parse("http://127.0.0.1:9000/linked").is_ok());
        assert!(ReturnUrl::parse("http://localhost:9000/linked").is_ok());
        assert!(ReturnUrl::parse("http://192.168.0.9/linked").is_err());
        assert!(ReturnUrl::parse("https://good.example;frame-ancestors/linked").is_err());
    }

    #[test]
    fn a_native_app_has_a_scheme_that_is_a_domain_name() {
        let app = ReturnUrl::parse("com.acme.photos:/linked?plan=pro").unwrap();
        assert!(app.is_registered("com.acme.photos:/linked"));
        assert_eq!(app.origin(), None);
        let back = app.with(&[("link_code", "x")]);
        assert_eq!(back.as_str(), "com.acme.photos:/linked?plan=pro&link_code=x");
        assert!(
            ReturnUrl::parse("com.acme.photos://linked/back")
                .unwrap()
                .is_registered("com.acme.photos://linked/back")
        );
        for other in [
            "com.acme.photos:/linked/",
            "com.acme.photos://linked",
            "com.acme.photos:///other",
            "com.acme.other:/linked",
            "https://com.acme.photos/linked",
        ] {
            assert!(!app.is_registered(other), "{other}");
        }
        for bad in [
            "acme:/linked",
            "javascript:/linked",
            "data:text/html,x",
            "file:///etc/passwd",
            "intent://linked#Intent;scheme=com.acme;end",
            "com.acme.photos:linked",
            "com.acme.photos:",
            "com.acme.photos:/",
            "com..acme:/linked",
            "com.acme.:/linked",
            "com.acme.photos:/linked#x",
            "com.acme.photos://user@linked/",
            "com.acme.photos://a;b/",
            "com.acme+x:/linked",
        ] {
            assert!(ReturnUrl::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_query_can_be_left_out() {
        for given in ["", "?", "?plan=pro&user=7"] {
            let url = ReturnUrl::parse(&format!("{REGISTERED_URL}{given}")).unwrap();
            assert_eq!(
                url.without_query().with(&[("error", "x")]).as_str(),
                format!("{REGISTERED_URL}?error=x")
            );
        }
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
            let url = ReturnUrl::parse(&format!("{REGISTERED_URL}{given}")).unwrap();
            assert_eq!(url.with(&[("link_session", "ls_new")]).query(), Some(expected), "{given}");
        }
    }
}
