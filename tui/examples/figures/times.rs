//! Times, and when there are no more to come.

use std::time::Duration;

/// Silence after which everything is done.
pub(crate) const QUIET: Duration = Duration::from_millis(300);

/// Prints the percentiles of some times.
pub(crate) fn print(what: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100].as_secs_f64() * 1e3;
    println!("{what}: p50 {:.1} ms, p99 {:.1} ms, most {:.1} ms", at(50), at(99), at(100));
}
