//! Token calls that fail before they reach the token service. The service measures the calls that it decides. Internal
//! failures in a guard and panics are measured here, because the objective for token calls would otherwise miss them.

use std::time::Duration;

use rocket::Request;

use super::policy::Policy;
use super::received;
use crate::domain::Code;
use crate::metrics::{self, FetchOutcome};

/// Measures a request that ends with `code` before its handler has finished, if it requests a token.
pub(super) fn request(request: &Request<'_>, code: Code) {
    if Policy::of(request).issues_tokens {
        call(code, received::elapsed(request));
    }
}

/// Measures a token call that ends with `code`, unless the mistake is the caller's.
pub(super) fn call(code: Code, elapsed: Duration) {
    if code.status() >= 500 {
        metrics::token().observe(FetchOutcome::Refused(code), elapsed);
    }
}
