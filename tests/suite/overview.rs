//! The overview counts what all replicas do, and names what does not work.

use anyhow::Result;
use bowline_tests::{Operator, Stack, until};
use reqwest::Method;
use serde_json::Value;

use crate::common::{linked_on, set_token_life};

fn sum(series: &Value) -> u64 {
    series.as_array().into_iter().flatten().filter_map(Value::as_u64).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_overview_counts_the_last_hour_over_two_replicas_and_names_a_broken_connector() -> Result<()> {
    let (stack, acme, account) = linked_on(Stack::builder().replicas(2).start().await?).await?;
    let there = acme.at(stack.server(1).public_url());
    set_token_life(&stack, account.id, 0).await?;
    for caller in [&acme, &there, &acme, &there] {
        caller.token(account.id).await?;
    }
    let mut vera = Operator::create(&stack, "vera", "viewer").await?;
    vera.log_in().await?;
    let seen = until("the counts of both replicas", async || {
        let answer = vera.call(Method::GET, "/admin/v1/overview", None).await.ok()?;
        let seen = answer.good::<Value>().ok()?;
        (sum(&seen["activity"]["issues"]) == 4).then_some(seen)
    })
    .await?;
    let counted = ["links", "failed_links", "refreshes", "failed_refreshes"];
    assert_eq!(counted.map(|series| sum(&seen["activity"][series])), [1, 0, 1, 0], "{seen}");
    // The tenant's app secret is wrong.
    acme.renew_app_secret(&stack, "another-secret");
    set_token_life(&stack, account.id, 0).await?;
    assert!(acme.try_token(account.id).await?.status >= 400);
    vera.bowline_login().await?;
    let seen = vera.bowline(&["overview", "--json"]).await?;
    let connectors = seen["failing"]["connectors"].as_array().map(Vec::as_slice).unwrap_or_default();
    assert_eq!(connectors.len(), 1, "{seen}");
    assert_eq!((&connectors[0]["tenant"], &connectors[0]["status"]), (&"acme".into(), &"broken".into()));
    let printed = vera.try_bowline(&["overview"], "").await?;
    let text = String::from_utf8(printed.stdout)?;
    for expected in
        ["active", "each minute of the last hour", "Dropbox refuses its app key or secret (invalid_client)"]
    {
        assert!(text.contains(expected), "{text}");
    }
    Ok(())
}
