//! The metrics and their export to Prometheus.
//!
//! Measurements on the path of a request use handles that are looked up once and kept: [`http`], [`token`],
//! [`database`]. Labels come only from bounded sets (route templates, codes, our own names), never from a tenant, an
//! account or a caller. A test compares [`list`] with the output of a running server.

mod database;
mod http;
pub mod list;
mod notice;
mod token;
mod webhook;
mod work;

use std::time::Duration;

use anyhow::Context as _;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

pub use database::database;
pub use http::http;
pub use notice::{NoticeOutcome, notice};
pub use token::{FetchOutcome, token};
pub use webhook::{webhook_attempt, webhook_delay, webhook_endpoint_disabled, webhooks_expired};
pub use work::{
    LimitKind, Ran, Refreshed, api_key_stopped, break_glass_login, breakers, integrity_error, limited,
    link_session, login_failed, refresh, unix_time, worker, worker_panicked,
};

/// Upper bounds of the buckets for durations in seconds, from a fast token fetch to a provider that does not respond.
const DURATION_BUCKETS: &[f64] =
    &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// How often recorded values are folded into buckets; until then each value occupies eight bytes.
const UPKEEP_EVERY: Duration = Duration::from_secs(2);

/// Installs the recorder of this process, once and before the first handle is requested. The internal listener manages
/// the recorder's handle.
///
/// # Errors
/// If there already is a recorder.
pub fn install() -> anyhow::Result<PrometheusHandle> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), DURATION_BUCKETS)
        .context("the classes of the histograms")?
        .install_recorder()
        .context("a metrics recorder is installed already")?;
    list::describe();
    metrics_process::Collector::default().describe();
    metrics::gauge!("bowline_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1);
    for name in list::FROM_ZERO {
        metrics::counter!(*name).increment(0);
    }
    work::register();
    notice::register();
    webhook::register();
    token();
    database();
    Ok(handle)
}

/// Bounds the memory of the histograms even if nobody scrapes; never returns.
pub async fn upkeep(handle: PrometheusHandle) {
    let mut ticks = tokio::time::interval(UPKEEP_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        handle.run_upkeep();
    }
}
