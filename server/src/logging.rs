//! JSON lines on standard error. Nothing that a caller sent is in them, at any level: neither URLs, which hold tickets, codes and
//! sometimes keys, nor bodies, nor the words of a panic.

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

/// What may be said at all, whatever filter is set. Ours may say everything, because we know what that is. Libraries print URLs, headers
/// and statements at their lower levels; one that is new says nothing of the kind before somebody has looked at it.
const LOUDEST: [(&str, LevelFilter); 4] = [
    (OURS, LevelFilter::TRACE),
    (telemetry::SPANS, LevelFilter::OFF),
    ("hyper", LevelFilter::INFO),
    ("tokio_postgres", LevelFilter::INFO),
];
const OTHERS: LevelFilter = LevelFilter::WARN;

/// What our targets begin with. Of our own, spans go into traces; events do not.
const OURS: &str = "bowline";

/// Sources of the `log` crate that are not listened to. Rocket prints URLs from `error` down, with the query; and its route macros do
/// the same in the name of the module that they stand in, which is one of ours. We ourselves use `tracing`.
const ROCKETS: [&str; 2] = ["rocket", OURS];

fn loudest() -> Targets {
    Targets::new().with_default(OTHERS).with_targets(LOUDEST)
}

/// Installs the log for this process, and beside it the way of spans to `telemetry` if there is one.
///
/// # Errors
/// Where `filter` is malformed, or a log is installed already.
pub fn install(filter: &str, telemetry: Option<&Telemetry>) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(filter).context("bowline.log")?;
    tracing_log::LogTracer::builder().ignore_all(ROCKETS).init().context("a log is installed already")?;
    let registry = tracing_subscriber::registry();
    match telemetry {
        // Filters for all layers at once cost the least; spans for traces are then switched off where they are made.
        None => tracing::subscriber::set_global_default(registry.with(loudest()).with(filter).with(lines())),
        Some(telemetry) => {
            let spans = tracing_opentelemetry::layer()
                .with_tracer(telemetry.tracer())
                .with_location(false)
                .with_threads(false)
                .with_target(false)
                .with_tracked_inactivity(false)
                .with_filter(filter_fn(is_traced));
            let lines = lines().with_filter(loudest().and(filter));
            tracing::subscriber::set_global_default(registry.with(lines).with(spans))
        }
    }
    .context("a log is installed already")?;
    log_panics();
    Ok(())
}

fn lines<S>() -> impl Layer<S>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    tracing_subscriber::fmt::layer().json().flatten_event(true).with_writer(std::io::stderr)
}

fn is_traced(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && metadata.target().starts_with(OURS)
}

/// Says where a panic was instead of Rust's own words on standard error.
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

/// A panic's words, if they are part of the program. Those that are put together at run time may repeat what a caller sent: that of a
/// string that is cut at the wrong place repeats the string.
fn fixed_words(payload: &(dyn Any + Send)) -> Option<&'static str> {
    payload.downcast_ref::<&'static str>().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::string_slice, reason = "it is to panic")]
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
