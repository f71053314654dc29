//! The accounts that API keys got tokens of, or signed requests for, in the current minute, as far as this process issued them.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use bowline_api::TenantId;
use chrono::{DateTime, Utc};
use tokio::sync::Notify;
use uuid::Uuid;

/// An early report is not made for fewer accounts than this.
const WORTH_A_REPORT: i32 = 10;
/// An early report is made when a process has issued this share of what is left up to the limit.
const EARLY_REPORT_SHARE: i32 = 4;
/// The number of accounts that are remembered of a key in a minute, with about 40 bytes each. Beyond it, every token counts.
const REMEMBERED_ACCOUNTS: usize = 100_000;

/// The counts of this process.
#[derive(Default)]
pub struct Drains {
    watched: RwLock<HashSet<TenantId>>,
    keys: Mutex<HashMap<(TenantId, Uuid), CountedKey>>,
    /// Notified when a drain report should not wait.
    pub hurry: Notify,
}

/// What a key got in the current minute.
#[derive(Debug, Default)]
struct CountedKey {
    /// The accounts, each with the number of the report that told of it, or will.
    accounts: HashMap<Uuid, u64>,
    /// The number of the key's next drain report.
    report: u64,
    unreported: i32,
    /// Whether an early report was asked for since the last one.
    hurried: bool,
    /// The minute of the last report, and when it ends.
    minute: Option<(DateTime<Utc>, Instant)>,
    /// How many accounts were left up to the limit at the last report; none if there was none yet.
    left: Option<i32>,
}

/// What a report tells of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TakenCount {
    pub(super) tenant: TenantId,
    pub(super) key: Uuid,
    /// The number of accounts since the report before.
    pub(super) accounts: i32,
    report: u64,
}

/// What a report has found out about a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReportedKey {
    /// Nothing is counted: the tenant has no automatic stop any more, or a mass fetch of the key was announced.
    Free,
    /// The key may get the tokens of this many further accounts in the minute that began then and ends in this time.
    Left(i32, DateTime<Utc>, Duration),
}

impl Drains {
    /// Takes the tenants with an automatic stop, and forgets the keys of all others.
    pub(super) fn watch(&self, tenants: HashSet<TenantId>) {
        let mut watched = self.watched.write().unwrap_or_else(PoisonError::into_inner);
        *watched = tenants;
        self.watched_keys().retain(|(tenant, _), _| watched.contains(tenant));
    }

    /// Counts a token of an account, or a signature in its name, for a key.
    pub fn issued(&self, tenant: TenantId, key: Uuid, account: Uuid) {
        let watched = self.watched.read().unwrap_or_else(PoisonError::into_inner);
        if watched.contains(&tenant) && self.watched_keys().entry((tenant, key)).or_default().count(account) {
            self.hurry.notify_one();
        }
    }

    /// The keys that got tokens of further accounts since the last report. Forgets what was counted in a minute that is over.
    pub(super) fn take(&self) -> Vec<TakenCount> {
        let mut taken = Vec::new();
        self.watched_keys().retain(|(tenant, key), counted| {
            if counted.minute.is_some_and(|(_, end)| end <= Instant::now()) {
                counted.begin_with(counted.report);
                (counted.minute, counted.left) = (None, None);
            }
            if counted.unreported == 0 {
                return !counted.accounts.is_empty();
            }
            let accounts = std::mem::take(&mut counted.unreported);
            counted.hurried = false;
            taken.push(TakenCount { tenant: *tenant, key: *key, accounts, report: counted.report });
            counted.report += 1;
            true
        });
        taken
    }

    /// Notes what a report has found out. In a new minute, all accounts of earlier reports count again. What was issued meanwhile may be
    /// worth another report at once, because less is left.
    pub(super) fn reported(&self, taken: TakenCount, found: ReportedKey) {
        let mut keys = self.watched_keys();
        let Some(counted) = keys.get_mut(&(taken.tenant, taken.key)) else { return };
        match found {
            ReportedKey::Free => {
                counted.begin_with(counted.report);
                (counted.minute, counted.left) = (None, Some(i32::MAX));
            }
            ReportedKey::Left(left, minute, ends_in) => {
                if counted.minute.is_some_and(|(before, _)| before != minute) {
                    counted.begin_with(taken.report);
                }
                counted.minute = Instant::now().checked_add(ends_in).map(|end| (minute, end));
                counted.left = Some(left);
            }
        }
        if counted.is_due() {
            self.hurry.notify_one();
        }
    }

    /// Counts again what could not be reported.
    pub(super) fn put_back(&self, taken: &[TakenCount]) {
        let mut keys = self.watched_keys();
        for TakenCount { tenant, key, accounts, report } in taken {
            if let Some(counted) = keys.get_mut(&(*tenant, *key)) {
                counted.unreported = counted.unreported.saturating_add(*accounts);
                let next = counted.report;
                let again = counted.accounts.values_mut().filter(|of| **of == *report);
                again.for_each(|of| *of = next);
            }
        }
    }

    fn watched_keys(&self) -> MutexGuard<'_, HashMap<(TenantId, Uuid), CountedKey>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CountedKey {
    /// Counts a token of this account; true if a report is due at once.
    fn count(&mut self, account: Uuid) -> bool {
        if self.accounts.contains_key(&account) {
            return false;
        }
        if self.accounts.len() < REMEMBERED_ACCOUNTS {
            self.accounts.insert(account, self.report);
        }
        self.unreported = self.unreported.saturating_add(1);
        self.is_due()
    }

    /// Whether a report is due at once, and nobody was told so since the last one.
    fn is_due(&mut self) -> bool {
        let enough = (self.left.unwrap_or_default() / EARLY_REPORT_SHARE).max(WORTH_A_REPORT);
        let is_due = !self.hurried && self.unreported >= enough;
        self.hurried |= is_due;
        is_due
    }

    /// Forgets the accounts of the reports before this one.
    fn begin_with(&mut self, report: u64) {
        self.accounts.retain(|_, of| *of >= report);
        self.accounts.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WATCHED_FOR: Duration = Duration::from_mins(1);

    fn account_id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn minute_at(number: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + chrono::TimeDelta::minutes(number)
    }

    /// A tenant with an automatic stop, and one of its keys.
    fn watched_key() -> (Drains, TenantId, Uuid) {
        let (drains, tenant) = (Drains::default(), TenantId::from(account_id(1)));
        drains.watch([tenant].into());
        (drains, tenant, account_id(3))
    }

    /// The numbers that a report tells.
    fn report_numbers(taken: &[TakenCount]) -> Vec<i32> {
        taken.iter().map(|taken| taken.accounts).collect()
    }

    #[test]
    fn each_account_counts_once_a_minute_and_only_where_there_is_a_stop() {
        let (drains, tenant, key) = watched_key();
        let other = TenantId::from(account_id(2));
        for account in [1, 2, 1, 2, 3] {
            drains.issued(tenant, key, account_id(account));
            drains.issued(other, key, account_id(account));
        }
        let taken = drains.take();
        assert_eq!(taken, [TakenCount { tenant, key, accounts: 3, report: 0 }]);
        drains.reported(taken[0], ReportedKey::Left(100, minute_at(0), WATCHED_FOR));
        drains.issued(tenant, key, account_id(3));
        assert_eq!(drains.take(), [], "it was counted in this minute");
        drains.issued(tenant, key, account_id(4));
        drains.put_back(&drains.take());
        drains.issued(tenant, key, account_id(4));
        drains.issued(tenant, key, account_id(5));
        let taken = drains.take();
        assert_eq!(report_numbers(&taken), [2], "what could not be reported is reported with the rest");
        drains.reported(taken[0], ReportedKey::Left(98, minute_at(1), WATCHED_FOR));
        drains.issued(tenant, key, account_id(5));
        drains.issued(tenant, key, account_id(3));
        assert_eq!(
            report_numbers(&drains.take()),
            [1],
            "in the new minute, only what was reported in it counts no more"
        );
        drains.watch(HashSet::new());
        drains.issued(tenant, key, account_id(9));
        assert_eq!(drains.take(), []);
    }

    #[test]
    fn a_minute_that_is_over_is_forgotten_without_a_report() {
        let (drains, tenant, key) = watched_key();
        drains.issued(tenant, key, account_id(1));
        let taken = drains.take();
        drains.reported(taken[0], ReportedKey::Left(100, minute_at(0), Duration::ZERO));
        assert_eq!(drains.take(), []);
        assert!(drains.watched_keys().is_empty(), "an idle key takes no memory");
        drains.issued(tenant, key, account_id(1));
        assert_eq!(report_numbers(&drains.take()), [1], "it counts again");
    }

    #[test]
    fn what_was_announced_is_forgotten() {
        let (drains, tenant, key) = watched_key();
        (0..5).for_each(|account| drains.issued(tenant, key, account_id(account)));
        drains.reported(drains.take()[0], ReportedKey::Free);
        drains.issued(tenant, key, account_id(1));
        assert_eq!(drains.watched_keys()[&(tenant, key)].accounts.len(), 1);
        assert_eq!(report_numbers(&drains.take()), [1]);
    }

    #[test]
    fn beyond_what_is_remembered_every_token_counts() {
        let (drains, tenant, key) = watched_key();
        let most = u128::try_from(REMEMBERED_ACCOUNTS).unwrap();
        (0..most).for_each(|account| drains.issued(tenant, key, account_id(account)));
        (0..most).for_each(|account| drains.issued(tenant, key, account_id(account)));
        for account in [most, most, most + 1] {
            drains.issued(tenant, key, account_id(account));
        }
        assert_eq!(drains.watched_keys()[&(tenant, key)].accounts.len(), REMEMBERED_ACCOUNTS);
        assert_eq!(report_numbers(&drains.take()), [i32::try_from(REMEMBERED_ACCOUNTS).unwrap() + 3]);
    }

    #[tokio::test]
    async fn a_report_hurries_when_a_quarter_of_what_is_left_is_used_up() {
        let (drains, tenant, key) = watched_key();
        let hurries = async |from: u128, to: u128| {
            (from..to).for_each(|account| drains.issued(tenant, key, account_id(account)));
            tokio::time::timeout(Duration::ZERO, drains.hurry.notified()).await.is_ok()
        };
        assert!(!hurries(0, 9).await);
        assert!(hurries(9, 10).await, "nothing is known of the key yet");
        drains.reported(drains.take()[0], ReportedKey::Left(200, minute_at(0), WATCHED_FOR));
        assert!(!hurries(100, 149).await);
        assert!(hurries(149, 150).await);
        assert!(!hurries(150, 160).await, "the report was asked for already");
        // What was issued while the report was under way is much of what it leaves.
        drains.reported(drains.take()[0], ReportedKey::Left(200, minute_at(0), WATCHED_FOR));
        assert!(!hurries(200, 220).await);
        drains.issued(tenant, key, account_id(220));
        let under_way = TakenCount { tenant, key, accounts: 60, report: 1 };
        drains.reported(under_way, ReportedKey::Left(60, minute_at(0), WATCHED_FOR));
        assert!(hurries(0, 0).await);
    }
}
