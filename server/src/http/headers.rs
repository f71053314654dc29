//! The headers that every response carries.

use rocket::http::Header;
use rocket::{Request, Response};

use super::request_id::RequestId;
use super::{problem, shared};
use crate::app::App;

/// Adds the headers, with the strictest values unless the route has set its own.
pub(super) fn add(request: &Request<'_>, response: &mut Response<'_>) {
    if !response.headers().contains("Cache-Control") {
        response.set_header(Header::new("Cache-Control", "no-store"));
    }
    for (name, value) in [
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("X-Frame-Options", "DENY"),
    ] {
        response.set_header(Header::new(name, value));
    }
    if !response.headers().contains("Vary") {
        response.set_header(Header::new("Vary", "Authorization"));
    }
    if !response.headers().contains("Content-Security-Policy") {
        let nothing = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'";
        response.set_header(Header::new("Content-Security-Policy", nothing));
    }
    response.set_header(Header::new("X-Request-Id", RequestId::of(request).as_str().to_owned()));
    if request.uri().path().starts_with("/admin/v1/") {
        // The operators' client names what a server of another version lacks.
        response.set_header(Header::new("Bowline-Version", env!("CARGO_PKG_VERSION")));
    }
    let status = response.status().code;
    if matches!(status, 429 | 503) && !response.headers().contains("Retry-After") {
        let seconds = problem::pause(request).unwrap_or(1);
        response.set_header(Header::new("Retry-After", seconds.to_string()));
    }
    if status == 405 {
        response.set_header(Header::new("Allow", "GET"));
    }
    // Rocket waits for open connections until its grace period ends, so a draining server asks clients to reconnect.
    // After a 408 the rest of the body may still arrive, and the connection cannot be used for another request.
    if status == 408 || shared::app(request).is_ok_and(App::is_draining) {
        response.set_header(Header::new("Connection", "close"));
    }
}
