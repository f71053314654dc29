//! JSON lines on standard error, Rocket's own log among them only from `warn` up: below that it prints whole URLs.

use anyhow::Context as _;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;

/// Sources that print URLs, headers or statements below these levels, whatever the filter says.
const QUIET: [&str; 7] = [
    "rocket=warn",
    "hyper=info",
    "hyper_util=info",
    "reqwest=info",
    "rustls=warn",
    "tokio_postgres=info",
    "h2=info",
];

/// Installs the log for this process.
///
/// # Errors
/// Where `filter` is malformed, or a log is installed already.
pub fn install(filter: &str) -> anyhow::Result<()> {
    let mut filter = EnvFilter::try_new(filter).context("bowline.log")?;
    for directive in QUIET {
        filter = filter.add_directive(directive.parse()?);
    }
    tracing_log::LogTracer::init().context("a log is installed already")?;
    let lines = tracing_subscriber::fmt::layer().json().flatten_event(true).with_writer(std::io::stderr);
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(filter).with(lines))
        .context("a log is installed already")
}
