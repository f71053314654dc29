//! The only access to the operating system's clock and randomness.

use std::sync::atomic::{AtomicI64, Ordering};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use rand::Rng as _;

/// The simulator's clock: the machine's clock plus an offset that a test sets, so that a four-hour token or a
/// ten-minute code can expire without waiting.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    shift_seconds: AtomicI64,
}

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "the clock's own source; everything else asks the clock")]
    pub(crate) fn now(&self) -> DateTime<Utc> {
        let shift = TimeDelta::try_seconds(self.shift_seconds.load(Ordering::Relaxed));
        Utc::now() + shift.unwrap_or_default()
    }

    /// Moves the clock forward, or backward if negative, by at most ten years per call.
    pub(crate) fn advance(&self, seconds: i64) {
        const TEN_YEARS: i64 = 315_360_000;
        self.shift_seconds.fetch_add(seconds.clamp(-TEN_YEARS, TEN_YEARS), Ordering::Relaxed);
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the crate's own source of randomness; a simulator's tokens need not be fixed by tests"
)]
fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}

/// 256 random bits in URL-safe base64 (43 characters).
pub(crate) fn token_tail() -> String {
    URL_SAFE_NO_PAD.encode(random::<32>())
}

/// 32 hex digits, the form of `X-Dropbox-Request-Id`.
pub(crate) fn request_id() -> String {
    hex::encode(random::<16>())
}

/// One to four dots. Dropbox ends `error_summary` with a varying number of dots on purpose, so that clients do not
/// compare the whole string.
pub(crate) fn dots() -> &'static str {
    let [byte] = random::<1>();
    &"...."[..=usize::from(byte % 4)]
}
