//! Token calls that end before the token service has them. The service measures what it decides; what fails before that
//! by our own fault, in a guard or in a panic, is measured here, or the objective would not see it.

use std::time::Duration;

use rocket::Request;

use super::habits;
use crate::domain::Code;
use crate::metrics::{self, TokenOutcome};

/// Routes that answer with tokens.
const ROUTES: [&str; 4] = [
    "/v1/accounts/<id>/token",
    "/v1/accounts/<id>/token/refresh",
    "/v1/users/<external_user_id>/token",
    "/v1/tokens",
];

/// A request ends with `code`, and not by its handler.
pub(super) fn request(request: &Request<'_>, code: Code) {
    if request.route().is_some_and(|route| ROUTES.contains(&route.uri.as_str())) {
        call(code, habits::elapsed(request));
    }
}

/// A token call ends with `code`, undecided. What its caller did wrong is none of our failures.
pub(super) fn call(code: Code, elapsed: Duration) {
    if code.status() >= 500 {
        metrics::token().observe(TokenOutcome::Refused(code), elapsed);
    }
}
