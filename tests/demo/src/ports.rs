//! Which ports the demo listens on, all on loopback.

use std::net::{Ipv4Addr, TcpListener};

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};

/// The port of Bowline's public listener unless told otherwise; the others follow it.
pub(crate) const FIRST: u16 = 8000;

/// A port for each listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ports {
    /// Bowline's `/link` and `/v1`.
    pub(crate) public: u16,
    /// Bowline's `/admin/v1`.
    pub(crate) internal: u16,
    /// Acme Photos.
    pub(crate) acme: u16,
    /// The Dropbox simulator.
    pub(crate) dropbox: u16,
}

impl Ports {
    /// Four ports from `wanted` on, which must be free; without a wish the usual ones, or any that are free where they are taken.
    pub(crate) fn choose(wanted: Option<u16>) -> anyhow::Result<Self> {
        let first = wanted.unwrap_or(FIRST);
        let last = first.checked_add(3).context("--port must leave room for three more ports")?;
        // Held until all are chosen, so that none is given twice.
        let mut held = Vec::new();
        let mut chosen = Vec::new();
        for port in first..=last {
            let listener = match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
                Ok(listener) => listener,
                Err(error) if wanted.is_some() => bail!("port {port} cannot be had: {error}"),
                Err(_) => TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no port is free")?,
            };
            chosen.push(listener.local_addr()?.port());
            held.push(listener);
        }
        let [public, internal, acme, dropbox] = chosen.as_slice() else {
            bail!("four ports were to be chosen")
        };
        Ok(Self { public: *public, internal: *internal, acme: *acme, dropbox: *dropbox })
    }

    /// Fails if any of them is taken: kept data is registered with its ports.
    pub(crate) fn check_free(self) -> anyhow::Result<()> {
        for port in [self.public, self.internal, self.acme, self.dropbox] {
            TcpListener::bind((Ipv4Addr::LOCALHOST, port))
                .with_context(|| format!("the kept data belongs to port {port}, which is taken"))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_replaced_unless_it_was_wished_for() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let refused = Ports::choose(Some(port)).unwrap_err().to_string();
        assert!(refused.contains(&port.to_string()), "{refused}");
        let chosen = Ports::choose(None).unwrap();
        let mut all = vec![chosen.public, chosen.internal, chosen.acme, chosen.dropbox];
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 4);
        let kept = Ports { acme: port, ..chosen };
        assert!(kept.check_free().is_err());
    }
}
