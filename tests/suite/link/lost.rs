//! The response to a code is lost after the code was sent. A grant may exist, so the loss is reported, counted and
//! listed.

use anyhow::Result;
use bowline_tests::{Operator, Person, Stack, Tenant};
use dropbox_sim::{FaultKind, FaultSpec, Garbage, Operation};
use reqwest::Method;
use serde_json::{Value, json};

use crate::seen::exposition::Exposition;

fn status(status: u16) -> FaultKind {
    FaultKind::Status { status, body: None, content_type: None, retry_after: None }
}

/// The answers to two completions of a link whose exchange meets `fault`, and the session's failure.
async fn exchanged_under(
    stack: &Stack,
    acme: &Tenant,
    fault: FaultKind,
) -> Result<(Value, Value, Option<String>)> {
    let link = acme.begin_link("user-1").await?;
    let returned = Person::new(stack, "amara@example.com").approves(stack, &link).await?;
    let spec = FaultSpec::new(fault).on(Operation::TokenExchange).times(1);
    stack.dropbox.set_fault(spec);
    let first = acme.try_complete(&link, &returned).await?.json();
    let second = acme.try_complete(&link, &returned).await?.json();
    assert_eq!(acme.link_status(&link).await?.0, "failed");
    Ok((first, second, acme.link_status(&link).await?.1))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exchange_whose_answer_is_lost_is_told_counted_and_listed() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let lost = [
        (FaultKind::Garbage { garbage: Garbage::Html }, "provider_malformed"),
        (FaultKind::Garbage { garbage: Garbage::Empty }, "provider_malformed"),
        (FaultKind::Cut { bytes: 20 }, "link_failed"),
        (FaultKind::Reset, "link_failed"),
        (status(302), "link_failed"),
        (status(500), "link_failed"),
        (status(503), "link_failed"),
    ];
    for (fault, code) in &lost {
        let (first, second, failure) = exchanged_under(&stack, &acme, fault.clone()).await?;
        assert_eq!((&first["code"], &first["reason"]), (&json!(code), &json!("answer_lost")), "{fault:?}");
        assert_eq!(
            (&second["code"], &second["reason"]),
            (&json!("link_failed"), &json!("answer_lost")),
            "{fault:?}"
        );
        assert_eq!(failure.as_deref(), Some("answer_lost"), "{fault:?}");
        assert!(first["detail"].as_str().unwrap_or_default().contains("new link session"), "{first}");
    }
    // An explicit refusal by Dropbox is not a lost response, nor is a request to retry.
    let refused = r#"{"error":"invalid_grant","error_description":"code doesn't exist or has expired"}"#;
    let refused = FaultKind::Status {
        status: 400,
        body: Some(refused.to_owned()),
        content_type: None,
        retry_after: None,
    };
    for (fault, reason) in
        [(refused, "code_expired"), (FaultKind::RateLimit { retry_after: 1 }, "rate_limited")]
    {
        let (_, _, failure) = exchanged_under(&stack, &acme, fault).await?;
        assert_eq!(failure.as_deref(), Some(reason));
    }

    let seen = Exposition::of(&stack.http(), stack.server(0)).await?;
    for (cause, count) in [
        ("malformed_json", 2.0),
        ("connection_broken", 2.0),
        ("provider_error", 2.0),
        ("unexpected_status", 1.0),
    ] {
        let series = format!("bowline_lost_exchanges_total{{cause=\"{cause}\"}}");
        assert!((seen.value(&series) - count).abs() < 0.1, "{series}: {}", seen.value(&series));
    }
    let mut olga = Operator::create(&stack, "olga", "viewer").await?;
    olga.log_in().await?;
    let page: Value = olga.call(Method::GET, "/admin/v1/lost-exchanges", None).await?.good()?;
    let items = page["items"].as_array().cloned().unwrap_or_default();
    assert_eq!(items.len(), lost.len(), "{page}");
    assert!(items.iter().all(|item| item["tenant"] == "acme"
        && item["external_user_id"] == "user-1"
        && item["reason"] == "answer_lost"));
    let first: Value = olga.call(Method::GET, "/admin/v1/lost-exchanges?limit=3", None).await?.good()?;
    let next = first["next"].as_str().unwrap_or_default();
    let rest: Value = olga
        .call(Method::GET, &format!("/admin/v1/lost-exchanges?limit=200&cursor={next}"), None)
        .await?
        .good()?;
    assert_eq!(rest["items"].as_array().map(Vec::len), Some(lost.len() - 3));
    olga.bowline_login().await?;
    let listed = olga.bowline(&["links", "lost", "--tenant", "acme", "--json"]).await?;
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(lost.len()), "{listed}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_team_has_words_of_its_own_each_time_and_its_grant_dies() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let team = serde_json::Map::from_iter([
        ("account_id".to_owned(), Value::Null),
        ("team_id".to_owned(), json!("dbtid:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")),
    ]);
    let fault = FaultKind::Garbage { garbage: Garbage::Merge(team) };
    let (first, second, failure) = exchanged_under(&stack, &acme, fault).await?;
    for said in [&first, &second] {
        assert_eq!(
            (said["status"].as_u64(), said["code"].as_str()),
            (Some(409), Some("team_link")),
            "{said}"
        );
        assert!(said["detail"].as_str().unwrap_or_default().contains("team scopes"), "{said}");
    }
    assert_eq!(failure.as_deref(), Some("team_grant"));
    stack.wait_for_live_grants(0).await
}
