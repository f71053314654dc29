//! The log: no filter reveals forbidden data, and without a collector it contains nothing about traces.

use anyhow::Result;
use bowline_tests::Stack;

use crate::common::{linked_on, set_token_life};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_filter_that_names_a_quiet_source_exactly_does_not_wake_it() -> Result<()> {
    let filter = "trace,hyper::proto=trace,hyper_util::client=trace,hyper::proto::h1::io=trace,rocket::server=trace,\
                  tokio_postgres::query=trace,reqwest::connect=trace,rustls::client=trace,bowline::span=trace";
    let stack = Stack::builder().setting("BOWLINE_LOG", filter).start().await?;
    let (stack, acme, account) = linked_on(stack).await?;
    set_token_life(&stack, account.id, 0).await?;
    acme.token(account.id).await?;
    let log = stack.logs();
    assert!(log.contains("\"target\":\"bowline::request\""), "the log has no requests");
    assert!(log.contains("\"level\":\"DEBUG\""), "the log has no DEBUG lines: {log}");
    for line in log.lines() {
        let low = line.contains("\"level\":\"TRACE\"") || line.contains("\"level\":\"DEBUG\"");
        for source in ["hyper", "rocket", "tokio_postgres", "reqwest", "rustls", "h2"] {
            assert!(!(low && line.contains(&format!("\"target\":\"{source}"))), "{line}");
        }
        assert!(!line.contains("CANARY") && !line.contains(&acme.api_key), "{line}");
        assert!(!line.contains("trace_id") && !line.contains("database transaction"), "{line}");
    }
    Ok(())
}
