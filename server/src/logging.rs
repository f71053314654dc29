//! JSON lines on standard error, Rocket's own log among them only from `warn` up: below that it prints whole URLs.

use anyhow::Context as _;
use tracing::level_filters::LevelFilter;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::{FilterExt as _, Targets, filter_fn};
use tracing_subscriber::layer::{Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;

use crate::telemetry::{self, Telemetry};

/// Sources that print URLs, headers or statements below these levels: no filter lets them, however exactly it names them.
const QUIET: [(&str, LevelFilter); 8] = [
    ("rocket", LevelFilter::WARN),
    ("hyper", LevelFilter::INFO),
    ("hyper_util", LevelFilter::INFO),
    ("reqwest", LevelFilter::INFO),
    ("rustls", LevelFilter::WARN),
    ("tokio_postgres", LevelFilter::INFO),
    ("h2", LevelFilter::INFO),
    (telemetry::SPANS, LevelFilter::OFF),
];

/// What of our own goes into traces; events do not.
const TRACED: &str = "bowline";

fn quiet() -> Targets {
    Targets::new().with_default(LevelFilter::TRACE).with_targets(QUIET)
}

/// Installs the log for this process, and beside it the way of spans to `telemetry` if there is one.
///
/// # Errors
/// Where `filter` is malformed, or a log is installed already.
pub fn install(filter: &str, telemetry: Option<&Telemetry>) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(filter).context("bowline.log")?;
    tracing_log::LogTracer::init().context("a log is installed already")?;
    let registry = tracing_subscriber::registry();
    match telemetry {
        // Filters for all layers at once cost the least; spans for traces are then switched off where they are made.
        None => tracing::subscriber::set_global_default(registry.with(quiet()).with(filter).with(lines())),
        Some(telemetry) => {
            let spans = tracing_opentelemetry::layer()
                .with_tracer(telemetry.tracer())
                .with_location(false)
                .with_threads(false)
                .with_target(false)
                .with_tracked_inactivity(false)
                .with_filter(filter_fn(is_traced));
            let lines = lines().with_filter(quiet().and(filter));
            tracing::subscriber::set_global_default(registry.with(lines).with(spans))
        }
    }
    .context("a log is installed already")
}

fn lines<S>() -> impl Layer<S>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    tracing_subscriber::fmt::layer().json().flatten_event(true).with_writer(std::io::stderr)
}

fn is_traced(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && metadata.target().starts_with(TRACED)
}
