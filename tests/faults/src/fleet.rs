//! The replicas as a load balancer sees them.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use bowline_tests::Tenant;

/// The replicas, and which of them a load balancer would use.
#[derive(Debug)]
pub struct Fleet {
    replicas: Vec<(Tenant, AtomicBool)>,
    next: AtomicUsize,
}

impl Fleet {
    /// All of them in use.
    pub(crate) fn new(tenants: Vec<Tenant>) -> Self {
        let replicas = tenants.into_iter().map(|tenant| (tenant, AtomicBool::new(true))).collect();
        Self { replicas, next: AtomicUsize::new(0) }
    }

    /// The tenant at every replica.
    pub fn all(&self) -> impl Iterator<Item = &Tenant> {
        self.replicas.iter().map(|(tenant, _)| tenant)
    }

    /// Sets whether a replica gets calls.
    pub fn set_in_use(&self, replica: usize, in_use: bool) {
        if let Some((_, flag)) = self.replicas.get(replica) {
            flag.store(in_use, Ordering::SeqCst);
        }
    }

    /// The next replica in turn that is in use, or any if none is.
    pub(crate) fn pick(&self) -> Tenant {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        let (first, second) = self.replicas.split_at(turn % self.replicas.len());
        let mut in_turn = second.iter().chain(first);
        let in_use = in_turn.clone().find(|(_, flag)| flag.load(Ordering::SeqCst));
        let Some((tenant, _)) = in_use.or_else(|| in_turn.next()) else { unreachable!("there is a replica") };
        tenant.clone()
    }
}
