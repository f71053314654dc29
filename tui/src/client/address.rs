//! Where the admin API is, and whether a secret may be sent there.

use url::{Host, Url};

use super::Failure;

/// A server's address that the client is willing to speak to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerUrl(Url);

impl ServerUrl {
    /// `https` anywhere; `http` on this machine, and elsewhere only with `insecure`, because a password and a
    /// session token would travel in the clear.
    pub fn parse(text: &str, insecure: bool) -> Result<Self, Failure> {
        // What was given is not repeated: there may be a password in it.
        let refuse = |why: &str| Err(Failure::Refused(format!("the server's address: {why}")));
        let Ok(url) = Url::parse(text.trim()) else {
            return refuse("not a URL such as https://bowline.example");
        };
        if !url.username().is_empty() || url.password().is_some() {
            return refuse("names and passwords do not belong in the URL");
        }
        if url.query().is_some() || url.fragment().is_some() {
            return refuse("only scheme, host, port and path are allowed");
        }
        match url.scheme() {
            "https" => Ok(Self(url)),
            "http" if insecure || is_loopback(&url) => Ok(Self(url)),
            "http" => {
                refuse("plain http is for this machine alone; use https, or --insecure-http if you must")
            }
            _ => refuse("only https and http are spoken"),
        }
    }

    /// The address of a route below `/admin/v1`, which begins with a slash.
    pub fn route(&self, path: &str) -> String {
        format!("{}/admin/v1{path}", self.as_str())
    }

    /// The address as it is kept and shown, without a slash at its end.
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    /// Whether certificates are needed to speak to it.
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Host and port in letters that a context's name may have.
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

fn is_loopback(url: &Url) -> bool {
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
