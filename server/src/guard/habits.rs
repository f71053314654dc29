//! What every answer carries, and what is logged and counted of every request.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use bowline_api::{ApiKeyId, OperatorId, TenantId};
use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::Header;
use rocket::{Data, Request, Response};

use super::request_id::RequestId;
use super::{problem, tenant_app, verb};
use crate::app::App;

/// Adds the headers that every response has, and logs method, route template, status and duration; never a URL.
pub struct Habits {
    /// `public` or `internal`.
    pub listener: &'static str,
}

/// Who called, for the log; said by whoever finds out.
#[derive(Debug, Default)]
pub(super) struct Caller(OnceLock<Who>);

/// Whose credential was shown, once that is proven.
#[derive(Debug, Clone, Copy)]
pub(super) enum Who {
    /// A tenant's app.
    App(TenantId, ApiKeyId),
    /// An operator.
    Operator(OperatorId),
}

impl Caller {
    pub(super) fn of<'r>(request: &'r Request<'_>) -> &'r Self {
        request.local_cache(Self::default)
    }

    /// Says whose request it is.
    pub(super) fn is(&self, who: Who) {
        self.0.set(who).ok();
    }

    /// Tenant and credential as the log has them.
    pub(super) fn names(&self) -> (String, String) {
        match self.0.get() {
            Some(Who::App(tenant, key)) => (tenant.to_string(), key.to_string()),
            Some(Who::Operator(operator)) => (String::new(), operator.to_string()),
            None => (String::new(), String::new()),
        }
    }
}

struct Begun(Instant);

impl Begun {
    fn of<'r>(request: &'r Request<'_>) -> &'r Self {
        request.local_cache(|| Self(Instant::now()))
    }
}

/// Since the request was received.
pub(super) fn elapsed(request: &Request<'_>) -> Duration {
    Begun::of(request).0.elapsed()
}

#[rocket::async_trait]
impl Fairing for Habits {
    fn info(&self) -> Info {
        Info { name: "habits", kind: Kind::Request | Kind::Response }
    }

    async fn on_request(&self, request: &mut Request<'_>, data: &mut Data<'_>) {
        Begun::of(request);
        verb::restore(request, data).await;
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
        let status = response.status().code;
        if matches!(status, 429 | 503) && !response.headers().contains("Retry-After") {
            let seconds = problem::pause(request).unwrap_or(1);
            response.set_header(Header::new("Retry-After", seconds.to_string()));
        }
        if status == 405 {
            response.set_header(Header::new("Allow", "GET"));
        }
        // Rocket waits for open connections as long as its grace is: who keeps one is told to begin another elsewhere. And of a body
        // that came too slowly, the rest may still come.
        if status == 408 || tenant_app::app(request).is_ok_and(App::is_draining) {
            response.set_header(Header::new("Connection", "close"));
        }
        self.log(request, status, request_id);
    }
}

/// Routes whose good answers are logged at `debug`: token fetches, which leave their own record, and health probes.
const QUIET: [&str; 6] = [
    "/v1/accounts/<id>/token",
    "/v1/users/<external_user_id>/token",
    "/v1/tokens",
    "/livez",
    "/readyz",
    "/metrics",
];

/// One line of the access log.
macro_rules! line {
    ($level:ident, $self:ident, $request:ident, $method:ident, $route:ident, $status:ident, $elapsed:ident, $id:ident) => {{
        let (tenant, credential) = Caller::of($request).names();
        tracing::event!(
            target: "bowline::request",
            tracing::Level::$level,
            listener = $self.listener,
            method = $method,
            route = $route,
            status = $status,
            duration_ms = u64::try_from($elapsed.as_millis()).unwrap_or(u64::MAX),
            request_id = $id.as_str(),
            trace_id = super::trace::trace_id($request),
            tenant,
            credential,
        );
    }};
}

impl Habits {
    fn log(&self, request: &Request<'_>, status: u16, request_id: &RequestId) {
        let elapsed = elapsed(request);
        let route = request.route().map(|route| route.uri.as_str());
        crate::metrics::http().observe(request.method(), route, status, elapsed);
        let route = route.unwrap_or("(none)");
        let method = request.method().as_str();
        // Whatever goes well many times a second is only written down for those who look closely.
        if status < 400 && QUIET.contains(&route) {
            if tracing::enabled!(target: "bowline::request", tracing::Level::DEBUG) {
                line!(DEBUG, self, request, method, route, status, elapsed, request_id);
            }
        } else {
            line!(INFO, self, request, method, route, status, elapsed, request_id);
        }
    }
}
