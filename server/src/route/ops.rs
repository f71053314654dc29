//! For operations: liveness, readiness and metrics.

use metrics_exporter_prometheus::PrometheusHandle;
use rocket::http::{ContentType, Status};
use rocket::serde::json::Json;
use rocket::{State, get};
use serde::Serialize;

use super::list::{RouteGroup, undocumented};
use crate::http::policy::Span;
use crate::http::{NoQuery, Policy, Shared};
use crate::service::gauges;
use crate::service::readiness::{self, Check};

/// The response of `/readyz`.
#[derive(Debug, Serialize)]
struct Readiness {
    ready: bool,
    checks: Vec<Check>,
}

/// Whether the process responds. It says nothing about its dependencies.
#[get("/livez")]
fn livez(_query: NoQuery) -> &'static str {
    "ok\n"
}

/// Whether requests should be sent here; 503 if not. The provider does not matter.
#[get("/readyz")]
async fn readyz(app: &Shared, _query: NoQuery) -> (Status, Json<Readiness>) {
    let checks = readiness::checks(app).await;
    let ready = checks.iter().all(|check| check.ok);
    let status = if ready { Status::Ok } else { Status::ServiceUnavailable };
    (status, Json(Readiness { ready, checks }))
}

/// Metrics for Prometheus.
#[get("/metrics")]
fn metrics_text(app: &Shared, _query: NoQuery, handle: &State<PrometheusHandle>) -> (ContentType, String) {
    gauges::observe(app);
    let text = ContentType::new("text", "plain").with_params(("version", "0.0.4"));
    (text, handle.render())
}

/// The policy of routes that are requested every few seconds.
const PROBE_POLICY: Policy = Policy { is_frequent: true, span: Span::None, ..Policy::DEFAULT };

/// For the internal listener, which manages the handle of [`crate::metrics::install`].
pub(super) fn group() -> RouteGroup {
    undocumented![livez => PROBE_POLICY, readyz => PROBE_POLICY, metrics_text => PROBE_POLICY]
}
