//! The resolver of the HTTP client: it looks a name up once and keeps the addresses that may be connected to.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::Guard;

/// Passes on the addresses that another resolver finds and that may be connected to. The client connects to these and does not look the name up again, so
/// there is no moment at which the name could turn private.
pub struct PublicOnly {
    inner: Arc<dyn Resolve>,
    guard: Guard,
}

/// A name has no address that may be connected to.
#[derive(Debug, thiserror::Error)]
#[error("the name has no public address")]
pub(crate) struct NoPublicAddress;

impl PublicOnly {
    /// Filters what `inner` finds.
    pub fn new(inner: Arc<dyn Resolve>, guard: Guard) -> Self {
        Self { inner, guard }
    }
}

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let (found, guard) = (self.inner.resolve(name), self.guard.clone());
        Box::pin(async move {
            let passed: Vec<SocketAddr> =
                found.await?.filter(|address| guard.lets_pass(address.ip())).collect();
            if passed.is_empty() {
                return Err(NoPublicAddress.into());
            }
            Ok(Box::new(passed.into_iter()) as Addrs)
        })
    }
}

/// The resolver of the operating system.
pub(crate) struct System;

impl Resolve for System {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            // The client puts the port of the URL in place of this one.
            let found: io::Result<Vec<SocketAddr>> =
                tokio::net::lookup_host((name.as_str(), 0)).await.map(Iterator::collect);
            Ok(Box::new(found?.into_iter()) as Addrs)
        })
    }
}
