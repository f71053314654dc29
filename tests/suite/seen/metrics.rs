//! `/metrics` after typical operations: every event is counted, the naming conventions hold, and the labels are
//! limited.

use std::collections::BTreeSet;

use anyhow::Result;
use bowline_api::AccountId;
use bowline_tests::{Database, Operator, Person, Postgres, Stack, Tenant, until};
use dropbox_sim::Operation;
use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use super::exposition::Exposition;
use crate::common::{linked, out_of_order, set_token_life};

/// Fresh, refreshed, degraded and refused tokens, a declined link, a wrong password, and a revocation.
pub(super) async fn everyday_work() -> Result<(Stack, Tenant)> {
    let stack = Stack::builder().setting("BOWLINE_METRICS__SAMPLE_SECONDS", 1).start().await?;
    let (stack, acme, account) = crate::common::linked_on(stack).await?;
    acme.token(account.id).await?;
    acme.token(account.id).await?;
    set_token_life(&stack, account.id, 0).await?;
    acme.token(account.id).await?;
    set_token_life(&stack, account.id, 60).await?;
    let fault = stack.dropbox.set_fault(out_of_order(Operation::TokenRefresh));
    assert!(acme.token(account.id).await?.degraded);
    stack.dropbox.clear_fault(fault);
    let link = acme.begin_link("user-2").await?;
    Person::new(&stack, "jonas@example.com").declines(&stack, &link).await?;
    let olga = Operator::create(&stack, "olga", "admin").await?;
    let wrong = json!({ "name": "olga", "password": "not hers at all" });
    olga.call(Method::POST, "/admin/v1/sessions", Some(wrong)).await?;
    acme.revoke(account.id).await?;
    assert_eq!(acme.try_token(account.id).await?.status, 410);
    stack.wait_for_live_grants(0).await?;
    Ok((stack, acme))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_metrics_count_what_happened() -> Result<()> {
    let (stack, _) = everyday_work().await?;
    let http = stack.http();
    let seen = until("the figures of the database", async || {
        let seen = Exposition::of(&http, stack.server(0)).await.ok()?;
        (seen.value("bowline_accounts{status=\"revoked\"}") >= 1.0).then_some(seen)
    })
    .await?;
    for (series, expected) in [
        ("bowline_token_request_duration_seconds_count{outcome=\"fresh\"}", 2.0),
        ("bowline_token_request_duration_seconds_count{outcome=\"refreshed\"}", 1.0),
        ("bowline_token_request_duration_seconds_count{outcome=\"degraded\"}", 1.0),
        ("bowline_token_request_duration_seconds_count{outcome=\"account_revoked\"}", 1.0),
        ("bowline_token_request_duration_seconds_count{outcome=\"internal\"}", 0.0),
        ("bowline_refreshes_total{outcome=\"refreshed\"}", 1.0),
        ("bowline_refreshes_total{outcome=\"provider_error\"}", 1.0),
        ("bowline_refresh_duration_seconds_count{result=\"failed\"}", 1.0),
        ("bowline_exchanges_total{outcome=\"exchanged\"}", 1.0),
        ("bowline_link_sessions_total{status=\"created\"}", 2.0),
        ("bowline_link_sessions_total{status=\"authorizing\"}", 2.0),
        ("bowline_link_sessions_total{status=\"returned\"}", 1.0),
        ("bowline_link_sessions_total{status=\"completed\"}", 1.0),
        ("bowline_link_sessions_total{status=\"denied\"}", 1.0),
        ("bowline_login_failures_total", 1.0),
        ("bowline_integrity_errors_total", 0.0),
        ("bowline_accounts{status=\"active\"}", 0.0),
        ("bowline_accounts{status=\"revoked\"}", 1.0),
        ("bowline_connectors{status=\"active\"}", 1.0),
        ("bowline_revocations_due", 0.0),
        ("bowline_token_repeats_unfolded", 0.0),
        ("bowline_token_repeats_oldest_age_seconds", 0.0),
        ("bowline_worker_panics_total{worker=\"token_repeats\"}", 0.0),
        ("bowline_database_up", 1.0),
        ("bowline_draining", 0.0),
        ("bowline_database_connections_limit", 16.0),
    ] {
        assert!(seen.series.contains_key(series), "{series} is missing");
        assert!((seen.value(series) - expected).abs() < 0.5, "{series} is {}", seen.value(series));
    }
    let calls = |operation: &str, outcome: &str| {
        let labels = [format!("operation=\"{operation}\""), format!("outcome=\"{outcome}\"")];
        let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
        seen.sum("bowline_provider_call_duration_seconds_count", &labels)
    };
    assert!((calls("exchange_code", "ok") - 1.0).abs() < 0.5);
    assert!((calls("refresh", "provider_error") - 1.0).abs() < 0.5);
    assert!((calls("revoke", "ok") - 1.0).abs() < 0.5);
    let token = "route=\"/v1/accounts/<id>/token\"";
    let requests = |status| seen.sum("bowline_http_requests_total", &[token, status]);
    assert!((requests("status=\"200\"") - 4.0).abs() < 0.5 && (requests("status=\"410\"") - 1.0).abs() < 0.5);
    let timed = seen.sum("bowline_http_request_duration_seconds_count", &[token, "status=\"2xx\""]);
    assert!((timed - 4.0).abs() < 0.5, "{timed}");
    for worker in ["revocations", "link_sessions", "idempotency_keys", "token_holdings", "token_repeats"] {
        let worker = format!("worker=\"{worker}\"");
        assert!(seen.sum("bowline_worker_runs_total", &[&worker, "outcome=\"ok\""]) > 0.0, "{worker}");
        assert!(
            seen.sum("bowline_worker_last_success_timestamp_seconds", &[&worker]) > 1.7e9,
            "{worker}: the timestamp is in seconds since 1970"
        );
    }
    let lanes = seen.value("bowline_database_connections{state=\"token_path\"}");
    assert!(
        (2.0..=4.0).contains(&lanes),
        "lookups and first issues have one or two connections each: {lanes}"
    );
    let lanes = seen.value("bowline_database_connections{state=\"shared\"}");
    assert!(
        (1.0..=6.0).contains(&lanes),
        "API keys are verified and link sessions created on one or two connections each: {lanes}"
    );
    assert!(seen.value("process_resident_memory_bytes") > 1e6);
    assert!(seen.value("process_start_time_seconds") > 1.7e9);
    assert!(seen.value("process_open_fds") > 5.0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_metric_is_explained_and_none_names_a_tenant_an_account_or_a_caller() -> Result<()> {
    let (stack, acme) = everyday_work().await?;
    let seen = Exposition::of(&stack.http(), stack.server(0)).await?;
    for (name, kind) in &seen.kinds {
        assert!(seen.helped.contains(name), "{name} has no HELP");
        assert_eq!(kind == "counter", name.ends_with("_total"), "{name} is a {kind}");
        assert_ne!(kind, "summary", "{name}: quantiles cannot be added up over replicas");
        assert!(!name.ends_with("_ms") && !name.ends_with("_milliseconds"), "{name}");
    }
    let mut labels = BTreeSet::new();
    for series in seen.series.keys() {
        for secret in [acme.slug.as_str(), "user-1", "amara", "acct_", "tenant_", "conn_", "key_", "CANARY"] {
            assert!(!series.contains(secret), "{series}");
        }
        let inner = series.split_once('{').map_or("", |(_, labels)| labels.trim_end_matches('}'));
        labels.extend(
            inner.split("\",").filter_map(|pair| pair.split('=').next()).filter(|name| !name.is_empty()),
        );
    }
    let known = [
        "le",
        "limit",
        "method",
        "operation",
        "outcome",
        "reason",
        "result",
        "route",
        "state",
        "status",
        "to",
        "version",
        "worker",
    ];
    assert_eq!(labels.into_iter().collect::<Vec<_>>(), known);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn paths_that_nobody_mounted_make_no_series_of_their_own() -> Result<()> {
    let (stack, acme, _) = linked().await?;
    let before = Exposition::of(&stack.http(), stack.server(0)).await?;
    let nothing = "route=\"(none)\"";
    for number in 0..50 {
        acme.call(Method::GET, &format!("/v1/none-{number}"), None).await?;
    }
    let after = Exposition::of(&stack.http(), stack.server(0)).await?;
    let rise = after.sum("bowline_http_requests_total", &[nothing])
        - before.sum("bowline_http_requests_total", &[nothing]);
    assert!((rise - 50.0).abs() < 0.5, "{rise}");
    assert!(!after.series.keys().any(|series| series.contains("none-")));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_postgres_is_down_the_metrics_answer_and_say_so() -> Result<()> {
    let postgres = tokio::task::spawn_blocking(Postgres::private).await??;
    let database = Database::fresh_in(postgres.clone()).await?;
    let stack =
        Stack::builder().database(database).setting("BOWLINE_METRICS__SAMPLE_SECONDS", 1).start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let http = stack.http();
    let up = |expected: f64| {
        let (http, stack) = (&http, &stack);
        async move || {
            let seen = Exposition::of(http, stack.server(0)).await.ok()?;
            ((seen.value("bowline_database_up") - expected).abs() < 0.5).then_some(seen)
        }
    };
    until("the database is up", up(1.0)).await?;
    // The server's role can no longer connect and its connections are ended, as if Postgres were gone. A connection that was
    // being opened meanwhile may be listed only later, so all are ended until the server has none.
    postgres
        .execute(&format!("ALTER DATABASE \"{}\" ALLOW_CONNECTIONS false", stack.database.name()))
        .await?;
    let seen = until("the database is down", async || {
        postgres
            .execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'bowline_server'",
            )
            .await
            .ok()?;
        up(0.0)().await
    })
    .await?;
    assert!(seen.value("bowline_sample_failures_total") > 0.0);
    until("a connection that could not be opened is counted", async || {
        let answer = acme.call(Method::GET, "/v1/accounts", None).await.ok()?;
        assert_eq!(answer.status, 503);
        let seen = Exposition::of(&http, stack.server(0)).await.ok()?;
        (seen.value("bowline_database_connection_failures_total") > 0.0).then_some(())
    })
    .await?;
    every_token_asked_for_counts_as_our_failure(&stack, &acme).await?;
    postgres.execute(&format!("ALTER DATABASE \"{}\" ALLOW_CONNECTIONS true", stack.database.name())).await?;
    until("the database is up again", up(1.0)).await?;
    Ok(())
}

/// Every way of requesting a token, with every kind of answer.
async fn every_token_asked_for_counts_as_our_failure(stack: &Stack, acme: &Tenant) -> Result<()> {
    let failed = async || -> Result<f64> {
        let seen = Exposition::of(&stack.http(), stack.server(0)).await?;
        let outcome = "outcome=\"database_unavailable\"";
        Ok(seen.sum("bowline_token_request_duration_seconds_count", &[outcome]))
    };
    let accounts: Vec<String> = (1..=3).map(|id| AccountId::from(Uuid::from_u128(id)).to_string()).collect();
    let token = format!("/v1/accounts/{}/token", accounts[0]);
    let refresh = format!("{token}/refresh");
    for (path, body, status, expected) in [
        (token.as_str(), json!({}), 503, 1.0),
        // The key is looked up separately.
        (token.as_str(), json!({ "scopes": ["files.content.read"] }), 503, 1.0),
        (token.as_str(), json!({ "min_ttl": 1_000_000 }), 503, 1.0),
        // A guard looks up the key.
        (refresh.as_str(), json!({}), 503, 1.0),
        ("/v1/users/user-1/token", json!({}), 503, 1.0),
        ("/v1/tokens", json!({ "account_ids": accounts }), 200, 3.0),
        // Calls that request no token.
        (
            "/v1/link-sessions",
            json!({ "external_user_id": "user-1", "return_url": "https://acme.example/linked" }),
            503,
            0.0,
        ),
    ] {
        let before = failed().await?;
        let answer = acme.call(Method::POST, path, Some(body.clone())).await?;
        assert_eq!(answer.status, status, "{path} {body}");
        let rise = failed().await? - before;
        assert!((rise - expected).abs() < 0.5, "{path} {body}: {rise}");
    }
    Ok(())
}
