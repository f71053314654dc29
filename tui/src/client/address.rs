//! The address of the admin API, and whether secrets may be sent there.

use url::{Host, Url};

use super::Failure;

/// A server address that the client accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerUrl(Url);

impl ServerUrl {
    /// Accepts `https` everywhere, and `http` on this machine. Other `http` addresses need `insecure`, because a
    /// password and a session token would be sent unencrypted.
    pub fn parse(text: &str, insecure: bool) -> Result<Self, Failure> {
        // The error does not repeat the text, because it may contain a password.
        let refuse = |why: &str| Err(Failure::Refused(format!("the server address: {why}")));
        let Ok(url) = Url::parse(text.trim()) else {
            return refuse("not a URL such as https://bowline.example");
        };
        if !url.username().is_empty() || url.password().is_some() {
            return refuse("user names and passwords are not allowed in the URL");
        }
        if url.query().is_some() || url.fragment().is_some() {
            return refuse("only scheme, host, port and path are allowed");
        }
        match url.scheme() {
            "https" => Ok(Self(url)),
            "http" if insecure || is_loopback(&url) => Ok(Self(url)),
            "http" => refuse(
                "plain http is only allowed to this machine; use https, or --insecure-http if you must",
            ),
            _ => refuse("only https and http are supported"),
        }
    }

    /// The URL of a route below `/admin/v1`; `path` begins with a slash.
    pub fn route(&self, path: &str) -> String {
        format!("{}/admin/v1{path}", self.as_str())
    }

    /// The URL of a route below `/v1`, the API for tenants; `path` begins with a slash.
    pub fn tenant_route(&self, path: &str) -> String {
        format!("{}/v1{path}", self.as_str())
    }

    /// The address as it is saved and shown, without a trailing slash.
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    /// Whether the connection needs certificates.
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Host and port, reduced to characters that a context name may contain.
    pub fn default_context(&self) -> String {
        let host = self.0.host_str().unwrap_or("server");
        let text = match self.0.port() {
            Some(port) => format!("{host}-{port}"),
            None => host.to_owned(),
        };
        text.chars()
            .map(|c| if c.is_ascii_alphanumeric() || c == '.' || c == '-' { c } else { '-' })
            .collect()
    }
}

/// Whether the URL is one of this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_travel_in_the_clear_on_this_machine_only() {
        for ok in ["https://b.example", "http://127.0.0.1:8001", "http://[::1]:1", "http://localhost:9/"] {
            assert!(ServerUrl::parse(ok, false).is_ok(), "{ok}");
        }
        for bad in [
            "http://b.example",
            "http://10.0.0.1",
            "http://localhost.evil.example",
            "ftp://x",
            "b.example",
            "https://u:p@x",
            "https://x/?k=1",
        ] {
            assert!(ServerUrl::parse(bad, false).is_err(), "{bad}");
        }
        for bad in ["https://u:CANARY@x", "https://u:CANARY@", "CANARY://x", "https://x/?k=CANARY"] {
            assert!(!format!("{:?}", ServerUrl::parse(bad, false).unwrap_err()).contains("CANARY"), "{bad}");
        }
        assert!(ServerUrl::parse("http://10.0.0.1", true).is_ok());
    }

    #[test]
    fn routes_hang_below_the_path() {
        let url = ServerUrl::parse("https://b.example/ops/", false).unwrap();
        assert_eq!(url.route("/whoami"), "https://b.example/ops/admin/v1/whoami");
        assert_eq!(ServerUrl::parse("http://[::1]:80", false).unwrap().default_context(), "---1-");
    }
}
