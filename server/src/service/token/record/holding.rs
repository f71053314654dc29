//! Repeated issues of a token that the key has held before, counted in memory until they are written (`flush.rs`).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bowline_api::TenantId;
use uuid::Uuid;

use crate::store::tokens::holdings::Holding;
use crate::store::tokens::path::Issue;

/// The issues of this process that are not yet written. First issues are never among them, because they are written
/// before the token is sent; only the account's use remains to be recorded.
#[derive(Default)]
pub struct HoldingLog {
    pending: Mutex<Pending>,
}

/// Issues by the key that they went to: a busy second has tens of thousands of holdings and few keys.
#[derive(Default)]
pub(super) struct Pending {
    pub(super) by_key: HashMap<TenantKey, IssueCounts>,
    holdings: usize,
    pub(super) narrowed: HashMap<(TenantId, Holding), Narrowed>,
}

/// Issues of tokens with some of the account's scopes. They are rare beside the others and never go into the journal.
pub(super) struct Narrowed {
    pub(super) issues: i32,
    /// The scopes of the last issue; `None` if a token with all scopes was issued after it.
    pub(super) scopes: Option<Arc<[String]>>,
}

/// A tenant and one of its keys.
pub(super) type TenantKey = (TenantId, Uuid);
/// The number of issues by account and generation.
pub(super) type IssueCounts = HashMap<(Uuid, i64), i32>;

impl Pending {
    pub(super) fn add(&mut self, tenant: TenantId, holding: Holding, issues: i32) {
        if !self.narrowed.is_empty()
            && let Some(narrowed) = self.narrowed.get_mut(&(tenant, holding))
        {
            narrowed.scopes = None;
        }
        let counts = self.by_key.entry((tenant, holding.api_key)).or_default();
        let before = counts.len();
        let count = counts.entry((holding.account, holding.generation)).or_default();
        *count = count.saturating_add(issues);
        self.holdings += counts.len() - before;
    }

    /// Adds a narrowed issue that happened now.
    fn add_narrowed(&mut self, tenant: TenantId, holding: Holding, issues: i32, scopes: Arc<[String]>) {
        let pending = self.narrowed.entry((tenant, holding)).or_insert(Narrowed { issues: 0, scopes: None });
        pending.issues = pending.issues.saturating_add(issues);
        pending.scopes = Some(scopes);
    }

    pub(super) fn of_narrowed(narrowed: impl Iterator<Item = ((TenantId, Holding), Narrowed)>) -> Self {
        Self { narrowed: narrowed.collect(), ..Self::default() }
    }

    /// Returns narrowed issues that happened before those that are pending now.
    fn put_back_narrowed(&mut self, narrowed: HashMap<(TenantId, Holding), Narrowed>) {
        for ((tenant, holding), before) in narrowed {
            // Which of the two was last is not known any more, and the one that got more counts.
            let is_past = self
                .by_key
                .get(&(tenant, holding.api_key))
                .is_some_and(|counts| counts.contains_key(&(holding.account, holding.generation)));
            let scopes = before.scopes.filter(|_| !is_past);
            let pending = self.narrowed.entry((tenant, holding)).or_insert(Narrowed { issues: 0, scopes });
            pending.issues = pending.issues.saturating_add(before.issues);
        }
    }

    /// The number of holdings of tokens with all scopes.
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
        self.pending_issues().add(tenant, holding, 1);
    }

    /// Records a token issued to a key for the first time. The issue is already recorded, but the account's last use is
    /// not.
    pub(in crate::service::token) fn first(&self, tenant: TenantId, holding: Holding) {
        self.pending_issues().add(tenant, holding, 0);
    }

    /// Records a token with some of the account's scopes. `issue` says whether the holding is already counted.
    pub(in crate::service::token) fn narrowed(
        &self,
        tenant: TenantId,
        holding: Holding,
        issue: Issue,
        scopes: &[String],
    ) {
        let issues = i32::from(issue == Issue::Repeated);
        self.pending_issues().add_narrowed(tenant, holding, issues, scopes.into());
    }

    /// Holdings that wait to be written.
    pub fn waiting(&self) -> usize {
        let pending = self.pending_issues();
        pending.len() + pending.narrowed.len()
    }

    pub(super) fn take(&self) -> Pending {
        std::mem::take(&mut self.pending_issues())
    }

    /// Returns unwritten issues to the pending ones.
    pub(super) fn put_back(&self, mut unwritten: Pending) {
        let mut pending = self.pending_issues();
        pending.put_back_narrowed(std::mem::take(&mut unwritten.narrowed));
        pending.extend(unwritten.into_issues());
    }

    fn pending_issues(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
