//! A rate limit per caller, in a bounded map. The one of governor grows with every caller ever seen.

use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use bowline_api::{ConnectorId, OperatorId};
use quick_cache::sync::Cache;

use super::pace::{Meter, Pace};
use crate::domain::{Code, Result};
use crate::metrics::{self, LimitKind};
use crate::settings;

/// The maximum number of callers remembered per limit, at about 200 bytes each. The limit of a forgotten caller starts
/// afresh.
pub(super) const MOST: usize = 32_768;

/// How often each caller may call.
pub struct Metered<K> {
    pace: Option<Pace>,
    meters: Cache<K, Arc<Meter>>,
    limit: LimitKind,
    detail: &'static str,
}

impl<K: Eq + Hash> Metered<K> {
    /// `None` means no limit. `detail` is the error text for a caller that exceeds it.
    pub(super) fn new(pace: Option<Pace>, limit: LimitKind, detail: &'static str) -> Self {
        Self { pace, meters: Cache::new(MOST), limit, detail }
    }

    /// Counts a call.
    ///
    /// # Errors
    /// `rate_limited`.
    pub fn count(&self, caller: K) -> Result<()> {
        let Some(pace) = self.pace else { return Ok(()) };
        let meter = self.meters.get(&caller).unwrap_or_else(|| {
            let meter = Arc::new(Meter::new(pace));
            self.meters.insert(caller, Arc::clone(&meter));
            meter
        });
        let Err(wait) = meter.count(NonZeroU32::MIN) else { return Ok(()) };
        metrics::limited(self.limit);
        Err(Code::RateLimited.because(self.detail).retry_after(wait).into())
    }
}

impl Metered<OperatorId> {
    /// How often one operator may call.
    pub fn operators(limits: &settings::Limits) -> Self {
        let pace =
            Pace::new(limits.operator_calls_per_second, Duration::from_secs(1), limits.operator_calls_burst);
        Self::new(pace, LimitKind::OperatorRate, "you send too many requests; wait before you try again")
    }
}

impl Metered<ConnectorId> {
    /// How often the provider may notify one connector.
    pub fn notices(limits: &settings::Limits) -> Self {
        let pace = Pace::new(limits.notices_per_second, Duration::from_secs(1), limits.notices_burst);
        Self::new(pace, LimitKind::Notices, "this connector gets too many notices; wait before you try again")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_callers_are_kept_than_there_is_room_for() {
        let metered = Metered::new(Pace::new(1, Duration::from_mins(10), 1), LimitKind::Link, "too many");
        for caller in 0..200_000 {
            metered.count(caller).ok();
        }
        assert!(metered.meters.len() <= MOST);
    }
}
