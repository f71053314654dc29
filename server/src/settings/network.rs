//! Networks in the settings.

use std::net::IpAddr;

use ipnet::IpNet;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// An entry of `trusted_proxies` or `webhooks.deny`: an address, or a network such as `10.0.0.0/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network(pub IpNet);

impl<'de> Deserialize<'de> for Network {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let net = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        let net = net.map_err(|_| D::Error::custom("it is no address and no network such as 10.0.0.0/8"))?;
        match net {
            // No address would be in it: those of clients and endpoints are IPv4 by the time they are compared.
            IpNet::V6(v6) if v6.addr().to_ipv4_mapped().is_some() => {
                Err(D::Error::custom("write the IPv4 network itself, such as 198.51.100.0/24"))
            }
            _ => Ok(Self(net)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;

    #[test]
    fn a_network_that_no_address_is_in_is_refused() {
        let read = |text: &str| from_value::<Network>(json!(text));
        for text in ["10.0.0.0/8", "192.0.2.1", "2001:db8::/32", "::/0"] {
            assert!(read(text).is_ok(), "{text}");
        }
        for text in ["::ffff:198.51.100.0/120", "::ffff:192.0.2.1"] {
            let refused = read(text).unwrap_err().to_string();
            assert!(refused.contains("IPv4 network itself"), "{text}: {refused}");
        }
    }
}
