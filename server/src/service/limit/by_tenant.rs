//! Limits per tenant, so that no tenant can use the machine at the expense of others.
//!
//! The limit is found by the digest of an API key that has worked before. Other keys count against no tenant, because
//! anyone can write a tenant's id into a key. They are rejected at the rate of `delays`.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bowline_api::{ApiKeyId, TenantId};
use quick_cache::sync::Cache;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use uuid::Uuid;

use super::pace::{Meter, Pace};
use super::streams::{StreamPlace, Streams};
use crate::domain::credential::{Digest, PresentedApiKey};
use crate::domain::{Code, Result};
use crate::metrics::{self, LimitKind};
use crate::settings;
use crate::store::pg::permits::{Permit, Permits};

/// The maximum number of keys, and of tenants, that are remembered. The limits of forgotten ones start afresh.
const MOST_REMEMBERED_KEYS: usize = 16_384;
/// How long a token fetch lets others go first. The database has four more seconds, and a call has five in total.
const FETCH_WAIT: Duration = Duration::from_secs(1);

/// How many tokens a token counts as if it needs transactions besides the lookup: by user, with narrowed scopes, or
/// with a link in the response.
pub const INDIRECT_TOKEN: NonZeroU32 = NonZeroU32::new(4).unwrap();

/// The kind of a call, which determines its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallKind {
    /// A call that fetches this many tokens.
    Tokens(NonZeroU32),
    /// Any other call.
    Other,
}

/// The limits of all tenants in this process.
pub struct ByTenant {
    tokens: Option<Pace>,
    others: Option<Pace>,
    permits: usize,
    waits: usize,
    known_keys: Cache<Digest, Arc<KnownKey>>,
    uses: Cache<TenantId, Arc<TenantUse>>,
    streams: Arc<Streams<TenantId>>,
}

/// An API key that has worked before.
#[derive(Debug)]
struct KnownKey {
    id: ApiKeyId,
    tenant: TenantId,
    of: Arc<TenantUse>,
    /// Whether the key was used since that was last taken.
    is_used: AtomicBool,
}

impl KnownKey {
    fn used(&self) {
        // Calls of the same key on several cores write nothing but the first time.
        if !self.is_used.load(Ordering::Relaxed) {
            self.is_used.store(true, Ordering::Relaxed);
        }
    }
}

/// Keys of a tenant that were used.
#[derive(Debug)]
pub struct UsedKeys(Vec<Arc<KnownKey>>);

impl UsedKeys {
    /// Their ids.
    pub fn ids(&self) -> Vec<Uuid> {
        self.0.iter().map(|known| known.id.uuid()).collect()
    }

    /// Notes that they were used once more, because it could not be written.
    pub fn put_back(&self) {
        self.0.iter().for_each(|known| known.used());
    }
}

/// The usage of one tenant.
#[derive(Debug)]
struct TenantUse {
    tokens: Option<Meter>,
    others: Option<Meter>,
    permits: Arc<Permits>,
    waits: Arc<Semaphore>,
}

impl ByTenant {
    /// Uses the limits from the settings.
    pub fn new(limits: &settings::Limits) -> Self {
        let second = Duration::from_secs(1);
        Self {
            tokens: Pace::new(limits.tokens_per_second, second, limits.tokens_burst),
            others: Pace::new(limits.calls_per_second, second, limits.calls_burst),
            permits: limits.tenant_lookups,
            waits: limits.tenant_waits,
            known_keys: Cache::new(MOST_REMEMBERED_KEYS),
            uses: Cache::new(MOST_REMEMBERED_KEYS),
            streams: Streams::new(limits.tenant_streams, limits.all_tenant_streams),
        }
    }

    /// The id of the presented key, if it has worked before and has not failed since.
    pub fn known(&self, presented: &PresentedApiKey) -> Option<ApiKeyId> {
        self.known_keys.peek(&presented.digest).map(|known| known.id)
    }

    /// Records that the presented key works and has this id.
    pub fn works(&self, presented: &PresentedApiKey, id: ApiKeyId) {
        if let Some(known) = self.known_keys.get(&presented.digest) {
            known.used();
            return;
        }
        let (tenant, of) = (presented.tenant, self.of(presented.tenant));
        let known = KnownKey { id, tenant, of, is_used: AtomicBool::new(true) };
        self.known_keys.insert(presented.digest, Arc::new(known));
    }

    /// Takes the keys that were used since the last call, by tenant. A key that was forgotten meanwhile is not among them.
    pub fn take_used(&self) -> BTreeMap<TenantId, UsedKeys> {
        let mut used: BTreeMap<TenantId, UsedKeys> = BTreeMap::new();
        for (_, known) in self.known_keys.iter() {
            if known.is_used.swap(false, Ordering::Relaxed) {
                used.entry(known.tenant).or_insert_with(|| UsedKeys(Vec::new())).0.push(known);
            }
        }
        used
    }

    fn of(&self, tenant: TenantId) -> Arc<TenantUse> {
        let made = || {
            Ok::<_, std::convert::Infallible>(Arc::new(TenantUse {
                tokens: self.tokens.map(Meter::new),
                others: self.others.map(Meter::new),
                permits: Arc::new(Permits::new(self.permits)),
                waits: Arc::new(Semaphore::new(self.waits)),
            }))
        };
        let Ok(of) = self.uses.get_or_insert_with(&tenant, made);
        of
    }

    /// The right to one call that waits for something to happen. It is returned when it is dropped.
    ///
    /// # Errors
    /// `rate_limited` if as many calls of the tenant wait already as may.
    pub fn wait(&self, tenant: TenantId) -> Result<OwnedSemaphorePermit> {
        Arc::clone(&self.of(tenant).waits).try_acquire_owned().map_err(|_| {
            metrics::limited(LimitKind::Places);
            let detail = "too many of your calls wait for link sessions; ask without `wait`, or wait for fewer at the same time";
            Code::RateLimited.because(detail).retry_after(Duration::from_secs(1)).into()
        })
    }

    /// The right to one more stream of the tenant's events. It is returned when it is dropped.
    ///
    /// # Errors
    /// `rate_limited` if as many of the tenant are open as may, or of all tenants.
    pub fn stream(&self, tenant: TenantId) -> Result<StreamPlace<TenantId>> {
        self.streams.place(tenant)
    }

    /// Records that the presented key does not work, or no longer.
    pub fn fails(&self, presented: &PresentedApiKey) {
        self.known_keys.remove(&presented.digest);
    }

    /// Counts a call with the presented key, if the key is known.
    ///
    /// # Errors
    /// `rate_limited`.
    pub fn count(&self, presented: &PresentedApiKey, calls: CallKind) -> Result<()> {
        let Some(known) = self.known_keys.get(&presented.digest) else { return Ok(()) };
        let (meter, times) = match calls {
            CallKind::Tokens(times) => (&known.of.tokens, times),
            CallKind::Other => (&known.of.others, NonZeroU32::MIN),
        };
        let Some(Err(wait)) = meter.as_ref().map(|meter| meter.count(times)) else { return Ok(()) };
        metrics::limited(LimitKind::TenantRate);
        let detail = match calls {
            CallKind::Tokens(_) => {
                "your apps fetch more tokens a second than one tenant may; keep tokens until they expire, and wait"
            }
            CallKind::Other => {
                "your apps send more calls a second than one tenant may; wait before you try again"
            }
        };
        Err(Code::RateLimited.because(detail).retry_after(wait).into())
    }

    /// Waits for a permit of the token path, if the presented key is known. Hold it while the database is queried, and
    /// not while the provider is called. A call that has waited too long continues without a permit, because permits
    /// only keep the order; the rate limits bound the number of calls.
    pub async fn permit(&self, presented: &PresentedApiKey) -> Option<Permit> {
        let known = self.known_keys.get(&presented.digest)?;
        known.of.permits.take(Instant::now() + FETCH_WAIT).await.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::entropy;

    fn strict_tenant_limits() -> ByTenant {
        ByTenant::new(&settings::Limits {
            link_per_second: 0,
            link_burst: 0,
            notices_per_second: 0,
            notices_burst: 0,
            changes_per_second: 0,
            changes_burst: 0,
            logins_per_minute: 0,
            logins_burst: 0,
            tokens_per_second: 1,
            tokens_burst: 2,
            calls_per_second: 1,
            calls_burst: 1,
            tenant_lookups: 1,
            tenant_connections: 1,
            tenant_waits: 1,
            tenant_streams: 1,
            all_tenant_streams: 1,
            operator_calls_per_second: 0,
            operator_calls_burst: 0,
            operator_connections: 1,
            operator_streams: 1,
            streams: 1,
        })
    }

    fn random_api_key(tenant: TenantId, text: &str) -> PresentedApiKey {
        PresentedApiKey { tenant, digest: Digest::of(text.as_bytes()), is_test: false }
    }

    #[test]
    fn all_keys_of_a_tenant_count_as_one_and_other_tenants_for_themselves() {
        let limits = strict_tenant_limits();
        let (acme, other): (TenantId, TenantId) = (entropy::id(), entropy::id());
        let keys =
            [random_api_key(acme, "first"), random_api_key(acme, "second"), random_api_key(other, "third")];
        for key in &keys {
            limits.works(key, entropy::id());
        }
        assert!(limits.count(&keys[0], CallKind::Other).is_ok());
        assert_eq!(limits.count(&keys[1], CallKind::Other).unwrap_err().code(), Code::RateLimited);
        assert!(limits.count(&keys[2], CallKind::Other).is_ok());
        // Tokens have their own limit, and a batch counts once per account.
        assert!(limits.count(&keys[0], CallKind::Tokens(NonZeroU32::new(2).unwrap())).is_ok());
        assert!(limits.count(&keys[0], CallKind::Tokens(NonZeroU32::MIN)).is_err());
    }

    #[test]
    fn a_key_that_never_worked_or_works_no_longer_counts_against_nobody() {
        let limits = strict_tenant_limits();
        let acme: TenantId = entropy::id();
        let (good, forged) = (random_api_key(acme, "good"), random_api_key(acme, "forged"));
        limits.works(&good, entropy::id());
        for _ in 0..10 {
            assert!(limits.count(&forged, CallKind::Other).is_ok());
        }
        assert!(limits.count(&good, CallKind::Other).is_ok(), "the tenant has all of its share");
        limits.fails(&good);
        assert!(limits.known(&good).is_none());
        assert!(limits.count(&good, CallKind::Other).is_ok());
    }

    #[test]
    fn a_key_that_was_used_is_taken_once_and_again_if_that_could_not_be_written() {
        let limits = strict_tenant_limits();
        let (acme, other): (TenantId, TenantId) = (entropy::id(), entropy::id());
        let (one, two): (ApiKeyId, ApiKeyId) = (entropy::id(), entropy::id());
        for _ in 0..2 {
            limits.works(&random_api_key(acme, "one"), one);
            limits.works(&random_api_key(other, "two"), two);
        }
        let used = limits.take_used();
        let ids = |tenant| used.get(&tenant).map(UsedKeys::ids);
        assert_eq!((ids(acme), ids(other)), (Some(vec![one.uuid()]), Some(vec![two.uuid()])));
        assert!(limits.take_used().is_empty());
        used[&acme].put_back();
        limits.works(&random_api_key(other, "two"), two);
        assert_eq!(limits.take_used().len(), 2);
    }

    #[test]
    fn no_more_keys_and_tenants_are_kept_than_there_is_room_for() {
        let limits = strict_tenant_limits();
        for number in 0..100_000 {
            limits.works(&random_api_key(entropy::id(), &format!("key {number}")), entropy::id());
        }
        assert!(limits.known_keys.len() <= MOST_REMEMBERED_KEYS && limits.uses.len() <= MOST_REMEMBERED_KEYS);
    }
}
