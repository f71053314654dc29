//! Traces over OTLP. They are inactive unless the settings or the standard `OTEL_…` variables request them.

mod exporter;
mod sampler;

use std::time::Duration;

use anyhow::Context as _;
use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use url::Url;

use crate::settings::{Tracing, without_credentials};

/// The target of spans that go only into traces and never into the log.
pub const SPANS: &str = "bowline::span";
/// How long the export of the last spans may take when the process stops.
const SPANS_FLUSHED_WITHIN: Duration = Duration::from_secs(5);

/// A running exporter.
#[derive(Debug)]
pub struct Telemetry {
    provider: SdkTracerProvider,
}

/// Starts the exporter if an endpoint is configured; must be called within a tokio runtime.
///
/// # Errors
/// If the endpoint is not a URL, or TLS cannot be set up.
pub fn start(settings: &Tracing) -> anyhow::Result<Option<Telemetry>> {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let disabled = std::env::var("OTEL_SDK_DISABLED").is_ok_and(|value| value.eq_ignore_ascii_case("true"));
    let by_variable =
        is_named_by("OTEL_EXPORTER_OTLP_ENDPOINT")? | is_named_by("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")?;
    if disabled || (settings.otlp_endpoint.is_none() && !by_variable) {
        return Ok(None);
    }
    let mut exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(exporter::SpanClient::new()?)
        .with_protocol(Protocol::HttpBinary);
    if let Some(endpoint) = &settings.otlp_endpoint {
        let base = endpoint.as_str().trim_end_matches('/');
        exporter = exporter.with_endpoint(format!("{base}/v1/traces"));
    }
    let mut provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter.build().context("bowline.tracing")?)
        .with_resource(process_resource(settings, set("OTEL_SERVICE_NAME")));
    if !set("OTEL_TRACES_SAMPLER") {
        provider = provider.with_sampler(sampler::OurRatio::new(settings.sample_ratio));
    }
    Ok(Some(Telemetry { provider: provider.build() }))
}

/// Whether a variable names the collector. Its value is validated like the setting and not repeated in an error.
fn is_named_by(variable: &str) -> anyhow::Result<bool> {
    let Some(value) = std::env::var_os(variable).filter(|value| !value.is_empty()) else { return Ok(false) };
    let url = value.to_str().and_then(|text| Url::parse(text.trim()).ok());
    let url = url.with_context(|| format!("{variable} is not a URL such as http://host:4318"))?;
    without_credentials(variable, &url).map(|()| true)
}

/// The resource that describes this process, from the settings; the variables override them.
fn process_resource(settings: &Tracing, named: bool) -> Resource {
    let own = settings.resource.iter().map(|(name, value)| KeyValue::new(name.clone(), value.clone()));
    let mut resource = Resource::builder_empty()
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .with_attributes(own);
    if !named {
        resource = resource.with_service_name(settings.service_name.clone());
    }
    let detectors: [Box<dyn opentelemetry_sdk::resource::ResourceDetector>; 2] = [
        Box::new(opentelemetry_sdk::resource::TelemetryResourceDetector),
        Box::new(opentelemetry_sdk::resource::EnvResourceDetector::new()),
    ];
    resource = resource.with_detectors(&detectors);
    if named {
        resource = resource.with_detector(Box::new(opentelemetry_sdk::resource::SdkProvidedResourceDetector));
    }
    resource.build()
}

impl Telemetry {
    /// The tracer for our spans.
    pub(crate) fn tracer(&self) -> SdkTracer {
        self.provider.tracer("bowline-server")
    }

    /// Exports the remaining spans within a time limit.
    pub async fn stop(self) {
        let provider = self.provider;
        let stopped =
            tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(SPANS_FLUSHED_WITHIN)).await;
        if !matches!(stopped, Ok(Ok(()))) {
            tracing::warn!("the last spans could not be sent and are lost");
        }
    }
}
