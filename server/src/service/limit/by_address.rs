//! Rate limits per client address. Calls without a credential use the same machine as those of tenants.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use bowline_api::TenantId;

use super::metered::Metered;
use super::pace::Pace;
use crate::domain::Result;
use crate::metrics::LimitKind;
use crate::settings;

/// How often a login on another device is polled in a minute.
const DEVICE_POLLS_A_MINUTE: u32 = 12;

/// The part of an address's limit for notices that one tenant gets. Dropbox sends those of all tenants from few addresses.
const TENANT_NOTICE_SHARE: u32 = 4;

/// What counts as one client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Network {
    /// One address.
    V4(Ipv4Addr),
    /// The first 64 bits: the network of one site, in which a host can take any address (RFC 4291 section 2.5.4).
    V6(u64),
}

impl From<IpAddr> for Network {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::V4(address),
            IpAddr::V6(address) => Self::V6((address.to_bits() >> 64) as u64),
        }
    }
}

/// A rate limit per client address.
pub struct ByAddress {
    all: Metered<Network>,
    /// What each tenant gets of it. Paths that name none share one part.
    shares: Option<Metered<(Network, Option<TenantId>)>>,
}

impl ByAddress {
    fn new(pace: Option<Pace>, limit: LimitKind) -> Self {
        let detail = "your network address sends too many requests; wait before you try again";
        Self { all: Metered::new(pace, limit, detail), shares: None }
    }

    /// The limit for the pages under `/link`.
    pub fn link(limits: &settings::Limits) -> Self {
        let pace = Pace::new(limits.link_per_second, Duration::from_secs(1), limits.link_burst);
        Self::new(pace, LimitKind::Link)
    }

    /// The limit for notices of the provider, whether or not they are forged. A quarter of it is for those of one tenant, as their path names it.
    pub fn notices(limits: &settings::Limits) -> Self {
        Self::shared_by_tenant(limits.notices_per_second, Duration::from_secs(1), limits.notices_burst)
    }

    fn shared_by_tenant(times: u32, period: Duration, burst: u32) -> Self {
        let share =
            Pace::new(times.div_ceil(TENANT_NOTICE_SHARE), period, burst.div_ceil(TENANT_NOTICE_SHARE));
        let detail = "your network address sends too many notices for this tenant; wait before you try again";
        let shares = Some(Metered::new(share, LimitKind::Notices, detail));
        Self { shares, ..Self::new(Pace::new(times, period, burst), LimitKind::Notices) }
    }

    /// The limit for calls that check a password.
    pub fn login(limits: &settings::Limits) -> Self {
        let pace = Pace::new(limits.logins_per_minute, Duration::from_mins(1), limits.logins_burst);
        Self::new(pace, LimitKind::Login)
    }

    /// The limit for polls of logins on another device: that for logins, times the polls of such a login in a minute at the usual interval of
    /// five seconds. So as many logins as are allowed can be polled, and none of the polls is taken from the logins.
    pub fn poll(limits: &settings::Limits) -> Self {
        let times = |number: u32| number.saturating_mul(DEVICE_POLLS_A_MINUTE);
        let pace =
            Pace::new(times(limits.logins_per_minute), Duration::from_mins(1), times(limits.logins_burst));
        Self::new(pace, LimitKind::Login)
    }

    /// Counts a request from `address` to the path of `tenant`, if it names one.
    ///
    /// # Errors
    /// `rate_limited` if the address has exceeded the limit, or the tenant its part of it. The latter leaves the rest to others.
    pub fn count(&self, address: IpAddr, tenant: Option<TenantId>) -> Result<()> {
        let network = Network::from(address);
        if let Some(shares) = &self.shares {
            shares.count((network, tenant))?;
        }
        self.all.count(network)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::entropy;

    fn strict_address_limit() -> ByAddress {
        ByAddress::new(Pace::new(1, Duration::from_mins(10), 1), LimitKind::Link)
    }

    fn is_taken(limit: &ByAddress, address: &str) -> bool {
        limit.count(address.parse().unwrap(), None).is_ok()
    }

    #[test]
    fn an_ipv4_address_is_one_client_however_it_is_written() {
        let limit = strict_address_limit();
        assert!(is_taken(&limit, "198.51.100.1"));
        assert!(!is_taken(&limit, "198.51.100.1"));
        assert!(!is_taken(&limit, "::ffff:198.51.100.1"));
        assert!(is_taken(&limit, "198.51.100.2"));
    }

    #[test]
    fn an_ipv6_network_of_64_bits_is_one_client() {
        let limit = strict_address_limit();
        assert!(is_taken(&limit, "2001:db8:1:1::1"));
        assert!(!is_taken(&limit, "2001:db8:1:1:ffff:ffff:ffff:ffff"));
        assert!(is_taken(&limit, "2001:db8:1:2::1"));
    }

    #[test]
    fn no_tenant_uses_up_what_an_address_may_notify() {
        let limit = ByAddress::shared_by_tenant(4, Duration::from_hours(1), 8);
        let (loud, quiet): (TenantId, TenantId) = (entropy::id(), entropy::id());
        let dropbox = |tenant| limit.count("198.51.100.1".parse().unwrap(), tenant).is_ok();
        let taken = |tenant, times: usize| (0..times).filter(|_| dropbox(tenant)).count();
        assert_eq!((taken(Some(loud), 100), taken(None, 100)), (2, 2));
        assert_eq!(taken(Some(quiet), 2), 2);
        // All of them together have the limit of the address.
        let others: usize = (0..10).map(|_| taken(Some(entropy::id()), 2)).sum();
        assert_eq!(others, 2);
        assert!(limit.count("198.51.100.2".parse().unwrap(), Some(loud)).is_ok());
    }
}
