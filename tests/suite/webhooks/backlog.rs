//! However much waits, no statement changes more of it than it can in time, and all of it is delivered.

use std::ops::RangeInclusive;

use anyhow::Result;
use bowline_tests::{Person, Received, Reply, Stack, until};
use reqwest::Method;
use serde_json::json;

use super::{call, logged, told};

/// The maximum number of deliveries that a statement of the server may change here.
const MOST: usize = 2_000;

/// Lets statements of the server fail that change more than [`MOST`] deliveries, as a backlog that is larger would by taking too long.
async fn bounded(stack: &Stack) -> Result<()> {
    let function = format!(
        "CREATE FUNCTION not_many() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
             IF current_setting('is_superuser') = 'off' AND (SELECT count(*) FROM changed) > {MOST} THEN
                 RAISE EXCEPTION 'too many deliveries in one statement';
             END IF;
             RETURN NULL;
         END $$"
    );
    let trigger =
        "CREATE TRIGGER not_many AFTER UPDATE ON webhook_deliveries REFERENCING NEW TABLE AS changed
        FOR EACH STATEMENT EXECUTE FUNCTION not_many()";
    for statement in [function.as_str(), trigger] {
        stack.database.execute(statement, &[]).await?;
    }
    Ok(())
}

/// Queues events of the linked account with these numbers, due `after`.
async fn queue(stack: &Stack, numbers: RangeInclusive<usize>, after: &str) -> Result<()> {
    let (first, last) = numbers.into_inner();
    let statement = format!(
        "WITH told AS (
             INSERT INTO webhook_events (tenant_id, sequence, id, at, kind, connector_id, account_id, number, payload)
             SELECT tenant_id, sequence + 1000 + n, gen_random_uuid(), now(), 'account.changed', connector_id, account_id, n,
                    jsonb_set(payload::jsonb, '{{data,number}}', to_jsonb(n))::text
             FROM webhook_events, generate_series({first}, {last}) n WHERE kind = 'account.linked'
             RETURNING tenant_id, sequence, account_id)
         INSERT INTO webhook_deliveries (tenant_id, endpoint_id, sequence, account_id, state, queued_at, next_at)
         SELECT t.tenant_id, e.id, t.sequence, t.account_id, 'waiting', now(), now() + interval '{after}'
         FROM told t JOIN webhook_endpoints e USING (tenant_id)"
    );
    let queued = stack.database.execute(&statement, &[]).await?;
    assert_eq!(usize::try_from(queued)?, last - first + 1);
    Ok(())
}

async fn count(stack: &Stack, condition: &str) -> Result<i64> {
    let statement =
        format!("SELECT count(*) FROM webhook_deliveries WHERE state = 'waiting' AND {condition}");
    stack.database.count(&statement).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_backlog_is_moved_in_parts_and_delivered_in_order() -> Result<()> {
    let (stack, acme, receiver, new) = told().await?;
    let id = new.endpoint.id;
    bounded(&stack).await?;
    receiver.replies(|one| Reply::Status(if one.number() > 0 { 500 } else { 200 }));
    Person::new(&stack, "amara@example.com").links(&stack, &acme, "user-1").await?;
    until("the failure to be logged", async || {
        logged(&acme, id, "account.linked").await.ok().filter(|entry| entry.attempts > 0).map(drop)
    })
    .await?;

    // Some of what is behind the failed one was put off, and some was not.
    receiver.replies(|_| Reply::Status(200));
    let later = "UPDATE webhook_deliveries SET next_at = now() + interval '1 day' WHERE state = 'waiting'";
    stack.database.execute(later, &[]).await?;
    queue(&stack, 2..=60, "1 day").await?;
    let some = "UPDATE webhook_deliveries d SET next_at = now() FROM webhook_events e
        WHERE d.state = 'waiting' AND e.tenant_id = d.tenant_id AND e.sequence = d.sequence AND e.number <= 20";
    stack.database.execute(some, &[]).await?;
    receiver.gets(1, |one| one.number() == 60).await?;
    let mut got: Vec<i64> =
        receiver.received().iter().map(Received::number).filter(|number| *number > 0).collect();
    got.dedup();
    assert_eq!(got, (1..=60).collect::<Vec<_>>());

    // Thousands are put off behind one that fails.
    receiver.replies(|_| Reply::Status(500));
    let all = 2 * MOST + 500;
    queue(&stack, 61..=60 + all, "0").await?;
    until("all to be put off", async || (count(&stack, "next_at <= now()").await.ok()? == 0).then_some(()))
        .await?;

    // They are tried at once where the endpoint has moved to, and when it is enabled.
    receiver.replies(|_| Reply::Status(200));
    stack.database.execute(later, &[]).await?;
    let moved = format!("{}?moved", receiver.url());
    let answer = call(&acme, Method::PATCH, id, "", Some(json!({ "url": moved }))).await?;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(count(&stack, "next_at > now()").await?, 0);
    receiver.gets(1, |one| one.path.ends_with("?moved")).await?;
    assert_eq!(call(&acme, Method::POST, id, "/disable", None).await?.status, 200);
    until("the sender to end", async || {
        let held = "SELECT count(*) FROM webhook_endpoints WHERE held_until > now()";
        (stack.database.count(held).await.ok()? == 0).then_some(())
    })
    .await?;
    stack.database.execute(later, &[]).await?;
    let answer = call(&acme, Method::POST, id, "/enable", None).await?;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(count(&stack, "next_at > now()").await?, 0);
    Ok(())
}
