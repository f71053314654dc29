//! Which addresses may be connected to.

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

use crate::is_public;

/// Which addresses may be connected to: public ones, without those that are the installation's own.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    denied: Arc<[IpNet]>,
    allow_loopback: bool,
}

impl Guard {
    /// Lets no address of the networks `denied` pass, whatever else it is. With `allow_loopback`, which is for tests and development alone,
    /// loopback addresses pass as well as public ones.
    pub fn new(denied: impl Into<Arc<[IpNet]>>, allow_loopback: bool) -> Self {
        Self { denied: denied.into(), allow_loopback }
    }

    /// Whether `address` may be connected to.
    pub fn lets_pass(&self, address: IpAddr) -> bool {
        let is_denied = self.denied.iter().any(|network| network.contains(&address));
        !is_denied && (is_public(address) || (self.allow_loopback && address.is_loopback()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_of_the_installation_are_refused_whatever_they_are() {
        let denied =
            ["2a01:4f8::/32", "198.41.0.0/24", "127.0.0.2/32"].map(|net| net.parse::<IpNet>().unwrap());
        let guard = Guard::new(denied, true);
        let passes = |text: &str| guard.lets_pass(text.parse().unwrap());
        for own in ["2a01:4f8::1", "2a01:4f8:ffff::1", "198.41.0.4", "127.0.0.2", "10.0.0.1"] {
            assert!(!passes(own), "{own}");
        }
        for good in ["2a01:4f9::1", "198.41.1.4", "127.0.0.1", "1.1.1.1"] {
            assert!(passes(good), "{good}");
        }
        assert!(!Guard::default().lets_pass("127.0.0.1".parse().unwrap()));
    }
}
