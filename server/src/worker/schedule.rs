//! Determines when a worker runs next, and stops it on request.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

/// Ticks once every `period`, which is at least 100 ms; a tick that was missed is not made up for.
pub(super) fn ticks(period: Duration) -> tokio::time::Interval {
    let mut ticks = interval(period.max(Duration::from_millis(100)));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

/// Waits for `next`; returns false once the process must stop.
pub(super) async fn wait(stop: &mut watch::Receiver<bool>, next: impl Future<Output = ()>) -> bool {
    tokio::select! {
        // A dropped sender also means that the process is ending.
        _ = stop.wait_for(|stop| *stop) => false,
        () = next => true,
    }
}
