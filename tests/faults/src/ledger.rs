//! The record of what callers were told, for comparison with Dropbox and the database at the end.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bowline_api::AccountId;

/// What was acknowledged, and what may be lost.
#[derive(Debug, Default)]
pub struct Ledger {
    expiries: AtomicUsize,
    lost_answers: AtomicUsize,
    kill_windows: AtomicUsize,
    told: Mutex<Told>,
}

#[derive(Debug, Default)]
struct Told {
    linked: HashSet<AccountId>,
    /// Accounts whose revocation was requested, whatever the answer was.
    revoking: HashSet<AccountId>,
    revoked: HashSet<AccountId>,
    /// Accounts whose grant Dropbox has ended.
    ended: HashSet<AccountId>,
    tokens: HashMap<AccountId, HashSet<String>>,
}

impl Ledger {
    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An access token has expired, so one refresh is due.
    pub fn expired(&self) {
        self.expiries.fetch_add(1, Ordering::Relaxed);
    }

    /// This many answers of Dropbox may have been lost, so as many refreshes may be repeated.
    pub fn may_lose_answers(&self, count: usize) {
        self.lost_answers.fetch_add(count, Ordering::Relaxed);
    }

    /// A process was killed while this many codes were being exchanged, so as many grants may be orphaned.
    pub fn may_orphan(&self, count: usize) {
        self.kill_windows.fetch_add(count, Ordering::Relaxed);
    }

    /// A link was acknowledged.
    pub fn linked(&self, account: AccountId) {
        self.told().linked.insert(account);
    }

    /// A revocation is requested; from now on it may have happened.
    pub fn revoking(&self, account: AccountId) {
        self.told().revoking.insert(account);
    }

    /// Dropbox reported that the account's grant has ended.
    pub fn ended(&self, account: AccountId) {
        self.told().ended.insert(account);
    }

    /// A revocation was acknowledged.
    pub fn revoked(&self, account: AccountId) {
        self.told().revoked.insert(account);
    }

    /// A token was issued.
    pub fn token(&self, account: AccountId, token: &str) {
        let mut told = self.told();
        let tokens = told.tokens.entry(account).or_default();
        if !tokens.contains(token) {
            tokens.insert(token.to_owned());
        }
    }

    /// The number of access tokens that have expired.
    pub fn expiries(&self) -> usize {
        self.expiries.load(Ordering::Relaxed)
    }

    /// The number of refreshes that may be repeated.
    pub fn lost_answers(&self) -> usize {
        self.lost_answers.load(Ordering::Relaxed)
    }

    /// The number of grants that may be orphaned.
    pub fn kill_windows(&self) -> usize {
        self.kill_windows.load(Ordering::Relaxed)
    }

    /// The accounts whose links were acknowledged, each with the states that are possible for it.
    pub fn all_linked(&self) -> Vec<(AccountId, &'static [&'static str])> {
        let told = self.told();
        let states = |account| -> &'static [&'static str] {
            if told.revoked.contains(account) {
                &["revoked"]
            } else if told.revoking.contains(account) {
                &["active", "revoked"]
            } else if told.ended.contains(account) {
                &["needs_reauth"]
            } else {
                &["active"]
            }
        };
        told.linked.iter().map(|account| (*account, states(account))).collect()
    }

    /// The accounts whose revocations were acknowledged.
    pub fn all_revoked(&self) -> HashSet<AccountId> {
        self.told().revoked.clone()
    }

    /// The number of different tokens that were issued for each account.
    pub fn tokens(&self) -> HashMap<AccountId, usize> {
        self.told().tokens.iter().map(|(account, tokens)| (*account, tokens.len())).collect()
    }

    /// Two accounts that received the same token, which must never happen.
    pub fn crossed(&self) -> Option<(AccountId, AccountId)> {
        let told = self.told();
        let mut owners: HashMap<&str, AccountId> = HashMap::new();
        for (account, tokens) in &told.tokens {
            for token in tokens {
                if let Some(other) = owners.insert(token, *account) {
                    return Some((other, *account));
                }
            }
        }
        None
    }
}
