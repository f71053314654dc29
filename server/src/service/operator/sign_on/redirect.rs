//! The address at which a terminal waits for the browser: on its own machine, at any port (RFC 8252, 7.3).

use url::{Host, Url};

use crate::domain::{Code, Result};

/// The longest address, in bytes.
const LONGEST_REDIRECT: usize = 200;

/// Parses the address.
///
/// # Errors
/// `invalid_field` if it is not on a loopback address, or has more than a path.
pub(super) fn parse(text: &str) -> Result<Url> {
    let refused = || {
        let detail =
            "redirect_uri must be http://127.0.0.1:PORT/… or http://[::1]:PORT/…, without query and fragment";
        Code::InvalidField.because(detail).field("redirect_uri")
    };
    let url = Url::parse(text).ok().filter(|_| text.len() <= LONGEST_REDIRECT).ok_or_else(refused)?;
    // A name such as localhost may resolve to another machine.
    let is_loopback = match url.host() {
        Some(Host::Ipv4(address)) => address == std::net::Ipv4Addr::LOCALHOST,
        Some(Host::Ipv6(address)) => address == std::net::Ipv6Addr::LOCALHOST,
        _ => false,
    };
    let is_bare = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    // What was parsed must be what was written, so that the identity provider reads it in the same way.
    if url.scheme() != "http" || !is_loopback || !is_bare || url.port().is_none() || url.as_str() != text {
        return Err(refused().into());
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browser_comes_back_to_its_own_machine_only() {
        for good in ["http://127.0.0.1:49152/callback", "http://[::1]:8/callback", "http://127.0.0.1:1/"] {
            assert_eq!(parse(good).unwrap().as_str(), good);
        }
        for bad in [
            "https://127.0.0.1:49152/callback",
            "http://localhost:49152/callback",
            "http://127.0.0.1/callback",
            "http://127.0.0.2:49152/callback",
            "http://127.1:49152/callback",
            "http://0x7f.1:49152/callback",
            "http://127.0.0.1.evil.example:49152/callback",
            "http://evil.example:49152/callback",
            "http://127.0.0.1:49152@evil.example:1/callback",
            "http://u@127.0.0.1:49152/callback",
            "http://127.0.0.1:49152/callback?next=x",
            "http://127.0.0.1:49152/callback#x",
            "http://127.0.0.1:49152/../callback",
            "http://127.0.0.1:49152",
            "javascript:alert(1)",
            "",
            &format!("http://127.0.0.1:49152/{}", "x".repeat(200)),
        ] {
            assert_eq!(parse(bad).unwrap_err().code(), Code::InvalidField, "{bad}");
        }
    }
}
