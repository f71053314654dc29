//! Which tenants are frozen, as this process knew it at most a second ago. It decides nothing: it tells which refused keys
//! are worth a look at the database.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use bowline_api::TenantId;
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::domain::Result;
use crate::store::Store;

/// How old the knowledge may be.
const FREEZES_KNOWN_FOR: Duration = Duration::from_secs(1);

/// The tenants that were frozen at the last look.
#[derive(Default)]
pub struct FrozenTenants(Mutex<Option<(Instant, HashSet<Uuid>)>>);

impl FrozenTenants {
    /// Whether the tenant was frozen within the last second. All callers together ask the database once a second.
    ///
    /// # Errors
    /// `database_unavailable`.
    pub(super) async fn has(&self, store: &Store, tenant: TenantId) -> Result<bool> {
        let mut known = self.0.lock().await;
        if let Some((at, tenants)) = &*known
            && at.elapsed() < FREEZES_KNOWN_FOR
        {
            return Ok(tenants.contains(&tenant.uuid()));
        }
        let asked = Instant::now();
        let found = store.worker(async |tx| tx.frozen_tenants().await).await;
        let Ok(tenants) = found else {
            // Those who wait for this answer must not ask one after the other.
            *known = Some((Instant::now(), HashSet::new()));
            return found.map(|_| false);
        };
        let tenants: HashSet<Uuid> = tenants.into_iter().collect();
        let is_frozen = tenants.contains(&tenant.uuid());
        *known = Some((asked, tenants));
        Ok(is_frozen)
    }
}
