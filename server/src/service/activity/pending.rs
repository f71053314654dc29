//! What tenants do, counted in memory until it is written (`flush.rs`).

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bowline_api::TenantId;
use uuid::Uuid;

use crate::store::activity::ActivityCounts;

/// The counts of this process that are not written yet.
#[derive(Default)]
pub struct Activity {
    pending: Mutex<HashMap<Uuid, ActivityCounts>>,
}

impl Activity {
    /// Counts tokens that were issued to a tenant's apps.
    pub fn issued(&self, tenant: TenantId, tokens: i64) {
        self.add(tenant.uuid(), ActivityCounts { issues: tokens, ..ActivityCounts::default() });
    }

    /// Counts a refresh of one of the tenant's accounts.
    pub fn refreshed(&self, tenant: TenantId, succeeded: bool, took: Duration) {
        let refresh_millis = i64::try_from(took.as_millis()).unwrap_or(i64::MAX);
        let (refreshes, failed_refreshes) = if succeeded { (1, 0) } else { (0, 1) };
        self.add(tenant.uuid(), ActivityCounts { issues: 0, refreshes, failed_refreshes, refresh_millis });
    }

    pub(super) fn add(&self, tenant: Uuid, more: ActivityCounts) {
        let mut pending = self.pending();
        let counts = pending.entry(tenant).or_default();
        counts.issues += more.issues;
        counts.refreshes += more.refreshes;
        counts.failed_refreshes += more.failed_refreshes;
        counts.refresh_millis = counts.refresh_millis.saturating_add(more.refresh_millis);
    }

    pub(super) fn take(&self) -> HashMap<Uuid, ActivityCounts> {
        std::mem::take(&mut self.pending())
    }

    fn pending(&self) -> MutexGuard<'_, HashMap<Uuid, ActivityCounts>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
