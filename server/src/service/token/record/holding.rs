//! Repeated issues of a token that the key has held before, counted in memory until they are written (`flush.rs`).

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bowline_api::TenantId;
use uuid::Uuid;

use crate::store::tokens::holdings::Holding;

/// The issues of this process that are not yet written. First issues are never among them, because they are written
/// before the token is sent; only the account's use remains to be recorded.
#[derive(Default)]
pub struct HoldingLog {
    pending: Mutex<Pending>,
}

/// Issues by the key that they went to: a busy second has tens of thousands of holdings and few keys.
#[derive(Default)]
pub(super) struct Pending {
    pub(super) by_key: HashMap<TenantKey, Counts>,
    holdings: usize,
}

/// A tenant and one of its keys.
pub(super) type TenantKey = (TenantId, Uuid);
/// The number of issues by account and generation.
pub(super) type Counts = HashMap<(Uuid, i64), i32>;

impl Pending {
    pub(super) fn add(&mut self, tenant: TenantId, holding: Holding, issues: i32) {
        let counts = self.by_key.entry((tenant, holding.api_key)).or_default();
        let before = counts.len();
        let count = counts.entry((holding.account, holding.generation)).or_default();
        *count = count.saturating_add(issues);
        self.holdings += counts.len() - before;
    }

    /// The number of holdings.
    pub(super) fn len(&self) -> usize {
        self.holdings
    }

    pub(super) fn into_issues(self) -> impl Iterator<Item = (TenantId, Holding, i32)> {
        self.by_key.into_iter().flat_map(|((tenant, api_key), counts)| {
            counts.into_iter().map(move |((account, generation), issues)| {
                (tenant, Holding { account, api_key, generation }, issues)
            })
        })
    }
}

impl Extend<(TenantId, Holding, i32)> for Pending {
    fn extend<T: IntoIterator<Item = (TenantId, Holding, i32)>>(&mut self, issues: T) {
        for (tenant, holding, issues) in issues {
            self.add(tenant, holding, issues);
        }
    }
}

impl FromIterator<(TenantId, Holding, i32)> for Pending {
    fn from_iter<T: IntoIterator<Item = (TenantId, Holding, i32)>>(issues: T) -> Self {
        let mut pending = Self::default();
        pending.extend(issues);
        pending
    }
}

impl HoldingLog {
    /// Records a token issued to a key that has held it before.
    pub(in crate::service::token) fn repeated(&self, tenant: TenantId, holding: Holding) {
        self.pending().add(tenant, holding, 1);
    }

    /// Records a token issued to a key for the first time. The issue is already recorded, but the account's last use is
    /// not.
    pub(in crate::service::token) fn first(&self, tenant: TenantId, holding: Holding) {
        self.pending().add(tenant, holding, 0);
    }

    /// Holdings that wait to be written.
    pub fn waiting(&self) -> usize {
        self.pending().len()
    }

    pub(super) fn take(&self) -> Pending {
        std::mem::take(&mut self.pending())
    }

    /// Returns unwritten issues to the pending ones.
    pub(super) fn put_back(&self, unwritten: Pending) {
        self.pending().extend(unwritten.into_issues());
    }

    fn pending(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
