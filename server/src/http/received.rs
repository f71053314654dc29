//! When a request was received.

use std::time::{Duration, Instant};

use rocket::Request;

struct Received(Instant);

/// Notes that the request has just been received.
pub(super) fn now(request: &Request<'_>) {
    request.local_cache(|| Received(Instant::now()));
}

/// Time since the request was received.
pub(super) fn elapsed(request: &Request<'_>) -> Duration {
    request.local_cache(|| Received(Instant::now())).0.elapsed()
}
