//! What every answer carries, and what is logged and counted of every request.

use std::time::Instant;

use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::{Header, Method};
use rocket::{Data, Request, Response};

use super::request_id::RequestId;

/// Adds the headers of DESIGN §9, and logs method, route template, status and duration; never a URL.
pub struct Habits {
    /// `public` or `internal`.
    pub listener: &'static str,
}

/// Who called, for the log; set by the guard that found out.
#[derive(Debug, Default, Clone)]
pub(super) struct Caller {
    pub(super) tenant: String,
    pub(super) credential: String,
}

struct Begun(Instant);

impl Begun {
    fn of<'r>(request: &'r Request<'_>) -> &'r Self {
        request.local_cache(|| Self(Instant::now()))
    }
}

#[rocket::async_trait]
impl Fairing for Habits {
    fn info(&self) -> Info {
        Info { name: "habits", kind: Kind::Request | Kind::Response }
    }

    async fn on_request(&self, request: &mut Request<'_>, _: &mut Data<'_>) {
        Begun::of(request);
        // Rocket has by now made a POSTed form with a field `_method` into what that says. No form speaks other verbs here.
        let is_form = request.content_type().is_some_and(|kind| kind.is_form());
        if is_form && !matches!(request.method(), Method::Get | Method::Head) {
            request.set_method(Method::Post);
        }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        let request_id = RequestId::of(request);
        for (name, value) in [
            ("Cache-Control", "no-store"),
            ("Vary", "Authorization"),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
            ("X-Frame-Options", "DENY"),
        ] {
            response.set_header(Header::new(name, value));
        }
        if !response.headers().contains("Content-Security-Policy") {
            let nothing = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'";
            response.set_header(Header::new("Content-Security-Policy", nothing));
        }
        response.set_header(Header::new("X-Request-Id", request_id.as_str().to_owned()));
        self.log(request, response.status().code, request_id);
    }
}

impl Habits {
    fn log(&self, request: &Request<'_>, status: u16, request_id: &RequestId) {
        let elapsed = Begun::of(request).0.elapsed();
        let route = request.route().map(|route| route.uri.as_str());
        crate::metrics::http().observe(request.method(), route, status, elapsed);
        let route = route.unwrap_or("(none)");
        let method = request.method().as_str();
        let caller = request.local_cache(Caller::default);
        tracing::info!(
            target: "bowline::request",
            listener = self.listener,
            method,
            route,
            status,
            duration_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
            request_id = request_id.as_str(),
            trace_id = super::trace::trace_id(request),
            tenant = caller.tenant,
            credential = caller.credential,
        );
    }
}
