//! Waiting for a condition: as short as it takes, and never for ever.

use std::time::{Duration, Instant};

use anyhow::bail;

/// How long a condition may take before the test is called failed; no test waits for it otherwise.
pub const PATIENCE: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(20);

/// Asks again and again until `condition` answers with something, and hands that on.
///
/// # Errors
/// That `what` did not come about within [`PATIENCE`].
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
