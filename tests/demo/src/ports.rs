//! The ports of the demo, all on loopback.

use std::net::{Ipv4Addr, TcpListener};

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};

/// The default port of Bowline's public listener; the others follow it.
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
    /// The Dropbox simulator over TLS.
    pub(crate) dropbox_tls: u16,
}

/// Ports that this process holds until their part starts, so that no other program takes them meanwhile.
#[derive(Debug)]
pub(crate) struct Reserved {
    pub(crate) ports: Ports,
    held: Vec<(u16, TcpListener)>,
}

impl Reserved {
    /// Releases some ports, because their part starts now.
    pub(crate) fn release(&mut self, ports: &[u16]) {
        self.held.retain(|(port, _)| !ports.contains(port));
    }
}

impl Ports {
    /// Five ports from `wanted` on, which must be free. If it is `None`, the default ones, or any free ones if those
    /// are taken.
    pub(crate) fn choose(wanted: Option<u16>) -> anyhow::Result<Reserved> {
        let first = wanted.unwrap_or(FIRST);
        let last = first.checked_add(4).context("--port must leave room for four more ports")?;
        let mut held = Vec::new();
        for port in first..=last {
            let listener = match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
                Ok(listener) => listener,
                Err(error) if wanted.is_some() => bail!(
                    "port {port} cannot be had ({error}): --port names the first of five free ports in a row"
                ),
                Err(_) => TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no port is free")?,
            };
            held.push((listener.local_addr()?.port(), listener));
        }
        let chosen: Vec<u16> = held.iter().map(|(port, _)| *port).collect();
        let [public, internal, acme, dropbox, dropbox_tls] = *chosen else {
            bail!("five ports were to be chosen")
        };
        Ok(Reserved { ports: Self { public, internal, acme, dropbox, dropbox_tls }, held })
    }

    /// Reserves exactly these ports, with which kept data is registered. Fails if any of them is taken.
    pub(crate) fn reserve(self) -> anyhow::Result<Reserved> {
        let mut held = Vec::new();
        for port in [self.public, self.internal, self.acme, self.dropbox, self.dropbox_tls] {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
                .with_context(|| format!("the kept data belongs to port {port}, which is taken"))?;
            held.push((port, listener));
        }
        Ok(Reserved { ports: self, held })
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
        let chosen = Ports::choose(None).unwrap().ports;
        let mut all = vec![chosen.public, chosen.internal, chosen.acme, chosen.dropbox, chosen.dropbox_tls];
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 5);
        let kept = Ports { acme: port, ..chosen };
        assert!(kept.reserve().is_err());
    }

    #[test]
    fn a_chosen_port_is_nobody_elses_until_it_is_released() {
        let mut reserved = Ports::choose(None).unwrap();
        let port = reserved.ports.acme;
        assert!(TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_err());
        reserved.release(&[port]);
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
    }
}
