//! The accounts that API keys got tokens of in the current minute, as far as this process issued them.

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
const SHARE: i32 = 4;

/// The counts of this process.
#[derive(Default)]
pub struct Drains {
    watched: RwLock<HashSet<TenantId>>,
    keys: Mutex<HashMap<(TenantId, Uuid), Minute>>,
    /// Notified when a report should not wait.
    pub hurry: Notify,
}

/// What a key got in the current minute.
#[derive(Debug, Default)]
struct Minute {
    minute: Option<DateTime<Utc>>,
    ends: Option<Instant>,
    accounts: HashSet<Uuid>,
    unreported: i32,
    /// How many accounts were left up to the limit at the last report; none if there was none yet.
    left: Option<i32>,
}

impl Minute {
    fn is_over(&self) -> bool {
        self.ends.is_some_and(|ends| ends <= Instant::now())
    }
}

impl Drains {
    /// Takes the tenants with an automatic stop, and forgets the keys of all others.
    pub(super) fn watch(&self, tenants: HashSet<TenantId>) {
        self.keys().retain(|(tenant, _), _| tenants.contains(tenant));
        *self.watched.write().unwrap_or_else(PoisonError::into_inner) = tenants;
    }

    /// Counts a token of an account for a key.
    pub fn issued(&self, tenant: TenantId, key: Uuid, account: Uuid) {
        if !self.watched.read().unwrap_or_else(PoisonError::into_inner).contains(&tenant) {
            return;
        }
        let mut keys = self.keys();
        let minute = keys.entry((tenant, key)).or_default();
        if !minute.accounts.insert(account) {
            return;
        }
        minute.unreported += 1;
        let soon = minute.left.unwrap_or_default() / SHARE;
        if minute.unreported == soon.max(WORTH_A_REPORT) {
            self.hurry.notify_one();
        }
    }

    /// The keys that got tokens of further accounts since the last report, with their number, and with 0 those whose minute is over, so
    /// that the same accounts count again.
    pub(super) fn take(&self) -> Vec<(TenantId, Uuid, i32)> {
        let mut taken = Vec::new();
        self.keys().retain(|(tenant, key), minute| {
            let unreported = std::mem::take(&mut minute.unreported);
            let is_due = unreported > 0 || (minute.is_over() && !minute.accounts.is_empty());
            if is_due {
                taken.push((*tenant, *key, unreported));
            }
            is_due || !minute.is_over()
        });
        taken
    }

    /// Notes what a report has found: the minute, when it ends, and how much is left in it. In a new minute all accounts count again.
    pub(super) fn reported(
        &self,
        tenant: TenantId,
        key: Uuid,
        (now, ends_in): (DateTime<Utc>, Duration),
        left: i32,
    ) {
        if let Some(minute) = self.keys().get_mut(&(tenant, key)) {
            minute.left = Some(left);
            minute.ends = Instant::now().checked_add(ends_in);
            if minute.minute.replace(now).is_some_and(|before| before != now) {
                minute.accounts.clear();
            }
        }
    }

    /// Counts again what could not be reported.
    pub(super) fn put_back(&self, tenant: TenantId, key: Uuid, unreported: i32) {
        if let Some(minute) = self.keys().get_mut(&(tenant, key)) {
            minute.unreported = minute.unreported.saturating_add(unreported);
        }
    }

    fn keys(&self) -> MutexGuard<'_, HashMap<(TenantId, Uuid), Minute>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    #[test]
    fn each_account_counts_once_a_minute_and_only_where_there_is_a_stop() {
        let drains = Drains::default();
        let (watched, other, key) = (TenantId::from(id(1)), TenantId::from(id(2)), id(3));
        drains.watch([watched].into());
        for account in [1, 2, 1, 2, 3] {
            drains.issued(watched, key, id(account));
            drains.issued(other, key, id(account));
        }
        assert_eq!(drains.take(), [(watched, key, 3)]);
        let (minute, next) = (DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH + chrono::Duration::minutes(1));
        let (a_while, over) = (Duration::from_secs(60), Duration::ZERO);
        drains.reported(watched, key, (minute, a_while), 100);
        drains.issued(watched, key, id(3));
        assert_eq!(drains.take(), [], "it was counted in this minute");
        drains.issued(watched, key, id(4));
        drains.put_back(watched, key, 5);
        assert_eq!(drains.take(), [(watched, key, 6)]);
        drains.reported(watched, key, (minute, over), 100);
        assert_eq!(drains.take(), [(watched, key, 0)], "the minute is over");
        drains.reported(watched, key, (next, over), 100);
        drains.issued(watched, key, id(3));
        assert_eq!(drains.take(), [(watched, key, 1)], "it counts again");
        drains.reported(watched, key, (next, a_while), 100);
        drains.watch(HashSet::new());
        drains.issued(watched, key, id(9));
        assert_eq!(drains.take(), []);
    }

    #[tokio::test]
    async fn a_report_hurries_when_a_quarter_of_what_is_left_is_used_up() {
        let drains = Drains::default();
        let (tenant, key) = (TenantId::from(id(1)), id(3));
        drains.watch([tenant].into());
        let hurries = async |from: u128, to: u128| {
            (from..to).for_each(|account| drains.issued(tenant, key, id(account)));
            tokio::time::timeout(Duration::ZERO, drains.hurry.notified()).await.is_ok()
        };
        assert!(!hurries(0, 9).await);
        assert!(hurries(9, 10).await, "nothing is known of the key yet");
        drains.take();
        drains.reported(tenant, key, (DateTime::UNIX_EPOCH, Duration::from_secs(60)), 200);
        assert!(!hurries(100, 149).await);
        assert!(hurries(149, 150).await);
    }
}
