//! Gauges that no event updates: they are read from the process just before a scrape.

use crate::app::App;

/// Sets the gauges of this process, without a query.
pub fn observe(app: &App) {
    let (open, idle, waiting) = app.store.pool_status();
    let gauge = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    metrics::gauge!("bowline_database_connections", "state" => "idle").set(gauge(idle));
    metrics::gauge!("bowline_database_connections", "state" => "in_use")
        .set(gauge(open.saturating_sub(idle)));
    metrics::gauge!("bowline_database_connections", "state" => "token_path")
        .set(gauge(app.store.tokens().connections()));
    metrics::gauge!("bowline_database_connections", "state" => "shared")
        .set(gauge(app.store.shared_connections()));
    metrics::gauge!("bowline_database_connections_limit").set(gauge(app.settings.pool.size));
    metrics::gauge!("bowline_database_connection_waiters").set(gauge(waiting));
    let (lookups, holds) = app.store.tokens().waiting();
    for (operation, count) in [("lookup", lookups), ("hold", holds)] {
        metrics::gauge!("bowline_token_path_waiting", "operation" => operation).set(gauge(count));
    }
    metrics::gauge!("bowline_token_holdings_pending").set(gauge(app.holdings.waiting()));
    metrics::gauge!("bowline_draining").set(u32::from(app.is_draining()));
    metrics_process::Collector::default().collect();
}
