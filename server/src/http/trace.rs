//! One span per routed request, around its guards and its handler. Attached only if traces are exported.

use opentelemetry::propagation::{Extractor, TextMapPropagator as _};
use opentelemetry::trace::TraceContextExt as _;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use rocket::route::{Handler, Outcome};
use rocket::{Data, Request, Route, async_trait};
use tracing::field::Empty;
use tracing::{Instrument as _, Span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use super::caller;
use super::policy;
use super::policy::Policy;
use super::request_id::RequestId;

/// Wraps a route in a span.
#[must_use]
pub fn traced(mut route: Route, policy: Policy) -> Route {
    if policy.span != policy::Span::None {
        let continues_callers = policy.span == policy::Span::OfCaller;
        route.handler = Box::new(Traced { inner: route.handler, continues_callers });
    }
    route
}

/// The id of a request's trace, for its line in the log. None if no traces are exported.
pub fn trace_id<'r>(request: &'r Request<'_>) -> Option<&'r str> {
    request.local_cache(|| TraceIdOf(None)).0.as_deref()
}

struct TraceIdOf(Option<String>);

#[derive(Clone)]
struct Traced {
    inner: Box<dyn Handler>,
    continues_callers: bool,
}

#[async_trait]
impl Handler for Traced {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r> {
        let span = open_span(request, self.continues_callers);
        let outcome = self.inner.handle(request, data).instrument(span.clone()).await;
        let status = match &outcome {
            Outcome::Success(response) => response.status().code,
            Outcome::Error(status) | Outcome::Forward((_, status)) => status.code,
        };
        span.record("http.response.status_code", status);
        let (tenant, _) = caller::names(request);
        if !tenant.is_empty() {
            span.record("bowline.tenant", tenant.as_str());
        }
        if status >= 500 {
            span.record("otel.status_code", "ERROR");
        }
        outcome
    }
}

fn open_span(request: &Request<'_>, continues_callers: bool) -> Span {
    let method = request.method().as_str();
    let route = request.route().map_or("(none)", |route| route.uri.as_str());
    let span = tracing::info_span!(
        target: "bowline::request",
        "request",
        otel.name = format!("{method} {route}"),
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
        request_id = RequestId::of(request).as_str(),
        trace_id = Empty,
        bowline.tenant = Empty,
    );
    if continues_callers {
        let parent = TraceContextPropagator::new().extract(&Headers(request));
        if parent.span().span_context().is_valid() {
            // It fails for spans that have begun or are filtered out, and this one is neither.
            span.set_parent(parent).ok();
        }
    }
    let trace_id = span.context().span().span_context().trace_id().to_string();
    span.record("trace_id", trace_id.as_str());
    request.local_cache(|| TraceIdOf(Some(trace_id)));
    span
}

/// The `traceparent` and `tracestate` headers of a request. No others are read.
struct Headers<'a, 'r>(&'a Request<'r>);

impl Extractor for Headers<'_, '_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.headers().get_one(name)
    }

    fn keys(&self) -> Vec<&str> {
        Vec::new()
    }
}
