//! JSON lines on standard error. At no level do they contain anything that a caller sent: no URLs, which hold tickets,
//! codes and sometimes keys, no bodies, and no panic messages.

use std::any::Any;
use std::backtrace::{Backtrace, BacktraceStatus};

use anyhow::Context as _;
use tracing::level_filters::LevelFilter;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::{FilterExt as _, Targets, filter_fn};
use tracing_subscriber::layer::{Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;

use crate::telemetry::{self, Telemetry};

/// The maximum level per source, whatever filter is set. Our own code may log at every level, because its contents are
/// known. Libraries print URLs, headers and statements at their lower levels; a new library is silent until it has been
/// reviewed.
const LOUDEST_LEVELS: [(&str, LevelFilter); 4] = [
    (OWN_TARGET, LevelFilter::TRACE),
    (telemetry::SPANS, LevelFilter::OFF),
    ("hyper", LevelFilter::INFO),
    ("tokio_postgres", LevelFilter::INFO),
];
const OTHER_TARGETS_LEVEL: LevelFilter = LevelFilter::WARN;

/// The prefix of our targets. Our spans go into traces; events do not.
const OWN_TARGET: &str = "bowline";

/// Sources of the `log` crate that are ignored. Rocket logs URLs with their query at `error` and below, and its route
/// macros do the same under the name of the module that contains them, which is one of ours. Our own code uses
/// `tracing`.
const ROCKET_LOG_TARGETS: [&str; 2] = ["rocket", OWN_TARGET];

fn loudest_level() -> Targets {
    Targets::new().with_default(OTHER_TARGETS_LEVEL).with_targets(LOUDEST_LEVELS)
}

/// Installs the log of this process, and sends spans to `telemetry` if there is one.
///
/// # Errors
/// If `filter` is malformed, or a log is already installed.
pub fn install(filter: &str, telemetry: Option<&Telemetry>) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(filter).context("bowline.log")?;
    tracing_log::LogTracer::builder()
        .ignore_all(ROCKET_LOG_TARGETS)
        .init()
        .context("a log is installed already")?;
    let registry = tracing_subscriber::registry();
    match telemetry {
        // Global filters are the cheapest; spans for traces are then disabled at their source.
        None => tracing::subscriber::set_global_default(
            registry.with(loudest_level()).with(filter).with(log_lines()),
        ),
        Some(telemetry) => {
            let spans = tracing_opentelemetry::layer()
                .with_tracer(telemetry.tracer())
                .with_location(false)
                .with_threads(false)
                .with_target(false)
                .with_tracked_inactivity(false)
                .with_filter(filter_fn(is_traced));
            let lines = log_lines().with_filter(loudest_level().and(filter));
            tracing::subscriber::set_global_default(registry.with(lines).with(spans))
        }
    }
    .context("a log is installed already")?;
    log_panics();
    Ok(())
}

fn log_lines<S>() -> impl Layer<S>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    tracing_subscriber::fmt::layer().json().flatten_event(true).with_writer(std::io::stderr)
}

fn is_traced(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && metadata.target().starts_with(OWN_TARGET)
}

/// Logs the location of a panic in place of Rust's own message on standard error.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        let backtrace = Backtrace::capture();
        let backtrace =
            (backtrace.status() == BacktraceStatus::Captured).then(|| tracing::field::display(&backtrace));
        let words = fixed_words(panic.payload());
        tracing::error!(target: "bowline::panic", place, words, backtrace, "a thread panicked; this is a bug");
    }));
}

/// A panic's message if it is a literal in the program. A formatted message may repeat what a caller sent, as the
/// message about slicing a string at an invalid position does.
fn fixed_words(payload: &(dyn Any + Send)) -> Option<&'static str> {
    payload.downcast_ref::<&'static str>().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::string_slice, reason = "the test needs a panic")]
    fn the_words_of_a_panic_that_repeat_a_caller_are_left_out() {
        let of = |panics: fn(&str)| {
            let text = String::from("é CANARY");
            let payload = std::panic::catch_unwind(move || panics(&text)).unwrap_err();
            fixed_words(payload.as_ref())
        };
        assert_eq!(of(|text| drop(text[1..].to_owned())), None);
        assert_eq!(of(|text| panic!("it is {text}")), None);
        assert_eq!(of(|_| panic!("fixed")), Some("fixed"));
    }
}
