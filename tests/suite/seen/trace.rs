//! Traces: from the caller's `traceparent` through guards, transactions and provider calls to the collector.

use anyhow::{Context as _, Result};
use bowline_tests::{Person, Stack, Tenant, until};
use dropbox_sim::Reveal;
use opentelemetry_proto::tonic::trace::v1::Span;
use serde_json::Value;

use super::collector::{Collector, attribute};
use crate::common::set_token_life;

const TOKEN: &str = "POST /v1/accounts/<id>/token";
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";

async fn traced(collector: &Collector) -> Result<Stack> {
    Stack::builder()
        .setting("BOWLINE_TRACING__OTLP_ENDPOINT", collector.url())
        .setting("BOWLINE_TRACING__SAMPLE_RATIO", 1.0)
        .setting("BOWLINE_TRACING__RESOURCE", "{deployment=\"test\"}")
        // The interval between two exports in milliseconds.
        .setting("OTEL_BSP_SCHEDULE_DELAY", 100)
        .start()
        .await
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _: std::fmt::Result = write!(text, "{byte:02x}");
        text
    })
}

/// Waits for spans with these names in a trace; returns the trace's spans.
async fn spans_of(collector: &Collector, trace: &str, names: &[&str]) -> Result<Vec<Span>> {
    until(&format!("spans {names:?}"), async || {
        let spans: Vec<Span> =
            collector.spans().into_iter().filter(|span| hex(&span.trace_id) == trace).collect();
        names.iter().all(|name| spans.iter().any(|span| span.name == *name)).then_some(spans)
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refreshed_token_is_one_trace_from_the_caller_to_dropbox_without_a_secret() -> Result<()> {
    let collector = Collector::start().await?;
    let stack = traced(&collector).await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let account = Person::new(&stack, "amara@example.com").links(&stack, &acme, "user-1").await?;
    set_token_life(&stack, account.id, 0).await?;
    let answer = stack
        .http()
        .post(format!("{}/v1/accounts/{}/token", stack.public_url(), account.id))
        .bearer_auth(&acme.api_key)
        // "Not sampled": the caller's decision about its own spans does not affect the server's.
        .header("traceparent", format!("00-{TRACE}-{CALLER}-00"))
        .send()
        .await?;
    assert_eq!(answer.status(), 200);
    let request_id = answer.headers()["x-request-id"].to_str()?.to_owned();
    let token: bowline_api::v1::AccessToken = answer.json().await?;

    let names = [TOKEN, "database call", "database transaction", "provider call"];
    let spans = spans_of(&collector, TRACE, &names).await?;
    let root = spans.iter().find(|span| span.name == TOKEN).context("the request has no span")?;
    assert_eq!(hex(&root.parent_span_id), CALLER);
    assert_eq!(root.kind, 2, "a server's span");
    let of_root = |name| attribute(&root.attributes, name).unwrap_or_default();
    assert_eq!(of_root("http.route"), "/v1/accounts/<id>/token");
    assert_eq!(of_root("http.response.status_code"), "200");
    assert_eq!(of_root("request_id"), request_id);
    assert!(of_root("bowline.tenant").starts_with("tenant_"), "{root:?}");
    for span in spans.iter().filter(|span| span.name != TOKEN) {
        assert_eq!(span.parent_span_id, root.span_id, "{} is the request's child", span.name);
        assert!(names.contains(&span.name.as_str()), "{}", span.name);
    }
    let call =
        spans.iter().find(|span| span.name == "provider call").context("the provider call has no span")?;
    assert_eq!(call.kind, 3, "a client's span");
    let of_call = |name| attribute(&call.attributes, name).unwrap_or_default();
    assert_eq!((of_call("operation"), of_call("outcome")), ("refresh".to_owned(), "ok".to_owned()));
    let scopes = |span: &Span| attribute(&span.attributes, "scope");
    assert!(spans.iter().any(|span| scopes(span).as_deref() == Some("tenant")));

    let resource = collector.resource();
    assert_eq!(attribute(&resource, "service.name").as_deref(), Some("bowline"));
    assert_eq!(attribute(&resource, "deployment").as_deref(), Some("test"));
    assert!(attribute(&resource, "service.version").is_some());

    // A log line leads to the trace, and a span leads to the log line.
    let log = stack.logs();
    let is_it = |line: &&str| line.contains(&request_id) && line.contains("\"target\":\"bowline::request\"");
    let line = log.lines().find(is_it);
    let line: Value = serde_json::from_str(line.context("the log has no line for the request")?)?;
    assert_eq!(line["trace_id"], TRACE, "{line}");
    assert_eq!(line["status"], 200, "{line}");
    nothing_secret(&stack, &collector, &acme, &token.access_token)
}

/// Neither the spans nor the log, whose level is `trace`, contain secrets.
fn nothing_secret(stack: &Stack, collector: &Collector, acme: &Tenant, token: &str) -> Result<()> {
    let mut needles = vec!["CANARY".to_owned(), acme.api_key.clone(), token.to_owned()];
    for grant in stack.dropbox.grants(Reveal::Tokens) {
        needles.extend(grant.tokens.context("the simulator revealed no tokens")?.access_tokens);
    }
    assert!(needles.len() > 3, "too few tokens were issued");
    let (spans, log) = (collector.text(), stack.logs());
    assert!(spans.contains("amara") || spans.contains("tenant_"), "the spans lack even non-secret data");
    for needle in needles {
        assert!(!spans.contains(&needle), "{}… is in a span", needle.get(..6).unwrap_or_default());
        assert!(!log.contains(&needle), "{}… is in the log", needle.get(..6).unwrap_or_default());
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_that_nobody_asked_for_is_traced_too_and_link_pages_believe_no_caller() -> Result<()> {
    let collector = Collector::start().await?;
    let stack = traced(&collector).await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let account = Person::new(&stack, "amara@example.com").links(&stack, &acme, "user-1").await?;
    let link = acme.begin_link("user-2").await?;
    let page = stack.http().get(&link.url).header("traceparent", format!("00-{TRACE}-{CALLER}-01"));
    assert_eq!(page.send().await?.status(), 200);
    acme.revoke(account.id).await?;
    stack.wait_for_live_grants(0).await?;

    let (worker, call) = until("the worker's call", async || {
        let spans = collector.spans();
        let call = spans.iter().find(|span| {
            span.name == "provider call"
                && attribute(&span.attributes, "operation").as_deref() == Some("revoke")
        })?;
        let worker = spans.iter().find(|span| span.span_id == call.parent_span_id)?;
        Some((worker.clone(), call.clone()))
    })
    .await?;
    assert_eq!(worker.name, "worker revocations");
    assert!(worker.parent_span_id.is_empty() && worker.trace_id == call.trace_id);
    let visit = until("the page", async || {
        collector.spans().into_iter().find(|span| span.name.starts_with("GET /link/"))
    })
    .await?;
    assert_ne!(hex(&visit.trace_id), TRACE);
    assert!(!visit.name.contains(link.ticket()), "the span's name contains the ticket");
    nothing_secret(&stack, &collector, &acme, link.ticket())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_is_gone_is_told_in_the_log_and_hurts_nobody() -> Result<()> {
    let stack = Stack::builder()
        .setting("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
        .setting("OTEL_TRACES_SAMPLER", "always_on")
        .setting("OTEL_BSP_SCHEDULE_DELAY", 100)
        .start()
        .await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let account = Person::new(&stack, "amara@example.com").links(&stack, &acme, "user-1").await?;
    acme.token(account.id).await?;
    until("a word about it", async || {
        stack.logs().contains("the trace collector is unreachable").then_some(())
    })
    .await
}
