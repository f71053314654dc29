//! The client's address. Only proxies in `trusted_proxies` may state it for others.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use rocket::Request;
use rocket::request::{FromRequest, Outcome};

use super::auth::security::Argument;
use super::shared::app;
use crate::settings::Network;

/// How many entries of `X-Forwarded-For` are considered, from the last one. Nobody has this many proxies of their own.
const MOST_FORWARDED_HOPS: usize = 16;

/// The client's address: that of the connection, or the one that a trusted proxy reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(IpAddr);

impl ClientAddress {
    /// The address for this request.
    pub fn of(request: &Request<'_>) -> Self {
        *request.local_cache(|| {
            let peer = request.remote().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
            let trusted = app(request).map_or(&[][..], |app| &app.settings.trusted_proxies);
            let said: Vec<&str> = request.headers().get("x-forwarded-for").collect();
            if !said.is_empty() && !is_trusted(peer.to_canonical(), trusted) {
                warn_of_untrusted_proxy(request, peer);
            }
            Self(client_of_hops(peer, &said, trusted))
        })
    }

    /// The address. An IPv4 address in IPv6 form is converted to IPv4.
    pub fn ip(self) -> IpAddr {
        self.0
    }
}

impl Argument for ClientAddress {}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for ClientAddress {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        Outcome::Success(Self::of(request))
    }
}

/// Logged once, because anyone can send the header, and it must not fill the log.
fn warn_of_untrusted_proxy(request: &Request<'_>, peer: IpAddr) {
    let Ok(app) = app(request) else { return };
    app.unlisted_proxy.call_once(|| {
        tracing::warn!(
            %peer,
            "X-Forwarded-For came from an address that is not in bowline.trusted_proxies, and is ignored; if it is a proxy of \
             yours, list it, or all its clients count as one"
        );
    });
}

fn is_trusted(address: IpAddr, trusted: &[Network]) -> bool {
    trusted.iter().any(|proxy| proxy.0.contains(&address))
}

/// Goes backwards from the connection, as long as the address is a trusted proxy with an entry. Each proxy appends the
/// address that sent it the request, so everything before the first untrusted address may be forged.
fn client_of_hops(peer: IpAddr, said: &[&str], trusted: &[Network]) -> IpAddr {
    let mut client = peer.to_canonical();
    let mut hops = said.iter().rev().flat_map(|line| line.rsplit(',')).take(MOST_FORWARDED_HOPS);
    while is_trusted(client, trusted) {
        match hops.next().and_then(forwarded_address) {
            Some(before) => client = before,
            None => break,
        }
    }
    client
}

/// Some proxies add the port.
fn forwarded_address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let port = |text: &str| text.parse::<SocketAddr>().map(|address| address.ip());
    bare.parse::<IpAddr>().or_else(|_| port(text)).ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(peer: &str, said: &[&str], trusted: &[&str]) -> String {
        let trusted: Vec<Network> = trusted.iter().map(|net| Network(net.parse().unwrap())).collect();
        client_of_hops(peer.parse().unwrap(), said, &trusted).to_string()
    }

    #[test]
    fn only_listed_proxies_are_believed() {
        let (edge, both) = (&["10.0.0.0/8"][..], &["10.0.0.0/8", "::1/128"][..]);
        for (peer, said, trusted, client) in [
            ("203.0.113.7", &["1.1.1.1"][..], edge, "203.0.113.7"),
            ("10.1.2.3", &["1.1.1.1"], &[], "10.1.2.3"),
            ("10.1.2.3", &[], edge, "10.1.2.3"),
            ("10.1.2.3", &["198.51.100.1"], edge, "198.51.100.1"),
            // Entries written by the client itself come first.
            ("10.1.2.3", &["1.1.1.1, 198.51.100.1"], edge, "198.51.100.1"),
            ("10.1.2.3", &["1.1.1.1", "198.51.100.1, 10.9.9.9"], edge, "198.51.100.1"),
            ("::1", &["2001:db8::1 , 10.0.0.1"], both, "2001:db8::1"),
            ("::ffff:10.1.2.3", &["::ffff:198.51.100.1"], edge, "198.51.100.1"),
            ("10.1.2.3", &["198.51.100.1:4711"], edge, "198.51.100.1"),
            ("10.1.2.3", &["[2001:db8::1]:4711"], edge, "2001:db8::1"),
            ("10.1.2.3", &["198.51.100.1, unknown"], edge, "10.1.2.3"),
        ] {
            assert_eq!(of(peer, said, trusted), client, "{peer} {said:?} {trusted:?}");
        }
    }
}
