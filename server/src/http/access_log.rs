//! The access log: one line and one measurement for each request, with the route's template and never a URL.

use rocket::Request;

use super::caller;
use super::policy::Policy;
use super::request_id::RequestId;
use super::{received, trace};

/// One line of the access log.
macro_rules! line {
    ($level:ident, $listener:ident, $request:ident, $method:ident, $route:ident, $status:ident, $elapsed:ident) => {{
        let (tenant, credential) = caller::names($request);
        tracing::event!(
            target: "bowline::request",
            tracing::Level::$level,
            listener = $listener,
            method = $method,
            route = $route,
            status = $status,
            duration_ms = u64::try_from($elapsed.as_millis()).unwrap_or(u64::MAX),
            request_id = RequestId::of($request).as_str(),
            trace_id = trace::trace_id($request),
            tenant,
            credential,
        );
    }};
}

/// Measures and logs a request that was answered with `status`.
pub(super) fn write(listener: &'static str, request: &Request<'_>, status: u16) {
    let elapsed = received::elapsed(request);
    let route = request.route().map(|route| route.uri.as_str());
    crate::metrics::http().observe(request.method(), route, status, elapsed);
    let route = route.unwrap_or("(none)");
    let method = request.method().as_str();
    if status < 400 && Policy::of(request).is_frequent {
        if tracing::enabled!(target: "bowline::request", tracing::Level::DEBUG) {
            line!(DEBUG, listener, request, method, route, status, elapsed);
        }
    } else {
        line!(INFO, listener, request, method, route, status, elapsed);
    }
}
