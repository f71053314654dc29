//! Where a tenant's webhooks may go, as far as the URL tells. The resolver checks the address itself, at each connection.

use std::fmt;
use std::net::IpAddr;

use url::{Host, Url};

use crate::is_public;

/// The maximum length in characters.
const LONGEST: usize = 1_000;

/// Last labels of names that no public name server knows (RFC 6761, 6762, 7686, 8375, and the reservation of `internal`).
const PRIVATE_ENDS: [&str; 6] = ["localhost", "local", "internal", "onion", "arpa", "invalid"];

/// The URL of an endpoint: https, on a host that can be public.
#[derive(Clone, PartialEq, Eq)]
pub struct Target(Url);

/// Why a URL is refused. The texts complete "url …".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadTarget {
    /// It is not a plain URL.
    #[error(
        "must be a URL of at most 1,000 ASCII characters, without user name, password, fragment or backslash"
    )]
    Malformed,
    /// It is not https.
    #[error("must begin with https://")]
    NotHttps,
    /// Its host is an address or a name that is not public.
    #[error("must name a host on the public internet")]
    NotPublic,
}

impl Target {
    /// `text` as a URL. With `allow_loopback`, which is for tests and development alone, it may also be http or https on a loopback
    /// address or `localhost`.
    ///
    /// # Errors
    /// [`BadTarget`].
    pub fn parse(text: &str, allow_loopback: bool) -> Result<Self, BadTarget> {
        let plain = text.len() <= LONGEST && text.bytes().all(|b| (0x21..=0x7e).contains(&b) && b != b'\\');
        let url = Url::parse(text).ok().filter(|_| plain).ok_or(BadTarget::Malformed)?;
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(BadTarget::Malformed);
        }
        let is_loopback = allow_loopback && names_loopback(&url);
        match url.scheme() {
            "https" => {}
            "http" if is_loopback => {}
            _ => return Err(BadTarget::NotHttps),
        }
        let is_acceptable = is_loopback
            || match url.host() {
                Some(Host::Domain(name)) => is_public_name(name),
                Some(Host::Ipv4(address)) => is_public(address.into()),
                Some(Host::Ipv6(address)) => is_public(address.into()),
                None => false,
            };
        if is_acceptable { Ok(Self(url)) } else { Err(BadTarget::NotPublic) }
    }

    /// The URL in its normal form.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    pub(crate) fn url(&self) -> &Url {
        &self.0
    }
}

/// The path and the query may contain a secret of the tenant.
impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Target").field(&self.0.host_str().unwrap_or_default()).finish()
    }
}

fn names_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
        None => false,
    }
}

/// Whether a name can be one of the public internet: at least two labels, of which the last is not reserved. One dot at the end, which
/// makes a name absolute, changes nothing.
fn is_public_name(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let labels: Vec<&str> = name.split('.').collect();
    let fine = |label: &&str| {
        !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    labels.len() >= 2
        && labels.iter().all(fine)
        && labels.last().is_some_and(|last| !PRIVATE_ENDS.contains(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_on_public_hosts() {
        for good in [
            "https://hooks.acme.example/in?token=x",
            "https://hooks.acme.example:8443/",
            "https://xn--bcher-kva.example/",
            "https://acme.example./",
            "https://1.1.1.1/",
            "https://[2606:4700:4700::1111]/",
        ] {
            assert!(Target::parse(good, false).is_ok(), "{good}");
        }
    }

    /// The rows of security.md §E, in every spelling that the URL parser of browsers accepts.
    #[test]
    fn whatever_is_not_public_is_refused() {
        for host in [
            "127.1",
            "127.0.0.1",
            "0x7f.1",
            "0x7f000001",
            "0177.0.0.1",
            "2130706433",
            "017700000001",
            "127.0.0.1.",
            "0",
            "0.0.0.0",
            "[::1]",
            "[::]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[::127.0.0.1]",
            "[64:ff9b::7f00:1]",
            "[fe80::1]",
            "169.254.169.254",
            "0xa9fea9fe",
            "100.64.0.1",
            "100.127.255.254",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "[fc00::1]",
            "[fd00:ec2::254]",
            "localhost",
            "localhost.",
            "LOCALHOST",
            "db.localhost",
            "printer.local",
            "metadata.google.internal",
            "metadata.google.internal.",
            "router.home.arpa",
            "intranet",
            "intranet.",
            "a..b",
            "%6c%6f%63%61%6c%68%6f%73%74",
            "①②⑦.0.0.1",
        ] {
            let text = format!("https://{host}/hooks");
            let refused = Target::parse(&text, false).unwrap_err();
            // What is not ASCII, or no host at all, is malformed.
            let expected = [BadTarget::NotPublic, BadTarget::Malformed];
            assert!(expected.contains(&refused), "{host}: {refused:?}");
        }
    }

    #[test]
    fn other_schemes_and_parts_are_refused() {
        for (text, why) in [
            ("http://hooks.acme.example/", BadTarget::NotHttps),
            ("http://127.0.0.1/", BadTarget::NotHttps),
            ("ftp://hooks.acme.example/", BadTarget::NotHttps),
            ("file:///etc/passwd", BadTarget::NotHttps),
            ("gopher://hooks.acme.example/", BadTarget::NotHttps),
            ("https://user@acme.example/", BadTarget::Malformed),
            ("https://user:password@acme.example/", BadTarget::Malformed),
            ("https://acme.example/#fragment", BadTarget::Malformed),
            ("https://acme.example\\@evil.example/", BadTarget::Malformed),
            ("https://acme.example/\r\nX: y", BadTarget::Malformed),
            ("https://", BadTarget::Malformed),
            ("", BadTarget::Malformed),
            ("hooks", BadTarget::Malformed),
            (&format!("https://acme.example/{}", "x".repeat(LONGEST)), BadTarget::Malformed),
        ] {
            assert_eq!(Target::parse(text, false).unwrap_err(), why, "{text}");
        }
    }

    #[test]
    fn loopback_needs_its_switch_and_the_switch_allows_nothing_else() {
        for text in ["http://127.0.0.1:5000/hooks", "http://localhost:5000/", "https://[::1]:5000/"] {
            assert!(Target::parse(text, true).is_ok(), "{text}");
            assert!(Target::parse(text, false).is_err(), "{text}");
        }
        for text in ["http://acme.example/", "http://10.0.0.1/", "https://10.0.0.1/", "https://db.localhost/"]
        {
            assert!(Target::parse(text, true).is_err(), "{text}");
        }
    }
}
