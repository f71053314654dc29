//! Waits for a condition, no longer than necessary and with a limit.

use std::time::{Duration, Instant};

use anyhow::bail;

/// How long a condition may take before the test fails. No test waits for this long if the condition is met.
pub const PATIENCE: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(20);

/// Calls `condition` repeatedly until it returns a value, and returns that value.
///
/// # Errors
/// If `what` did not happen within [`PATIENCE`].
pub async fn until<T>(what: &str, mut condition: impl AsyncFnMut() -> Option<T>) -> anyhow::Result<T> {
    let started = Instant::now();
    loop {
        if let Some(found) = condition().await {
            return Ok(found);
        }
        if started.elapsed() > PATIENCE {
            bail!("waited {} s in vain for: {what}", PATIENCE.as_secs());
        }
        tokio::time::sleep(POLL).await;
    }
}
