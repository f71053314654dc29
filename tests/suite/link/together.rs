//! Concurrent calls create their link sessions in shared statements, which nobody notices.

use anyhow::{Context as _, Result};
use bowline_api::v1::{CreateLinkSession, NewLinkSession};
use bowline_tests::{Answer, Link, Stack, Tenant, until};
use futures_util::future::try_join_all;
use serde_json::json;

/// The number of tenants, and of calls that each makes at the same time.
const TENANTS: usize = 4;
const CALLS: usize = 12;

fn wanted(acme: &Tenant, user: &str) -> CreateLinkSession {
    CreateLinkSession {
        completion_challenge: Some(Link::challenge("the same verifier each time, of 43 characters")),
        user_label: Some("Ada Łovelace \"ада\" \\ ada@example.com".to_owned()),
        ..acme.link_request(user)
    }
}

/// Creates a session; one with an `Idempotency-Key` is created alone.
async fn create(stack: &Stack, acme: &Tenant, user: &str, key: Option<&str>) -> Result<NewLinkSession> {
    let request = stack.http().post(format!("{}/v1/link-sessions", acme.base())).bearer_auth(&acme.api_key);
    let request = key.into_iter().fold(request, |request, key| request.header("Idempotency-Key", key));
    Answer::read(request.json(&wanted(acme, user)).send().await?).await?.good()
}

/// The number of sessions that were created in shared statements: those without an answer that is kept.
async fn shared_statements(stack: &Stack) -> Result<i64> {
    let calls = "SELECT coalesce(sum(calls), 0)::bigint FROM pg_stat_user_functions WHERE funcname = 'bowline_link_sessions_create'";
    stack.database.count(calls).await
}

/// Counts the calls of functions on connections that are opened from now on.
async fn count_functions(stack: &Stack) -> Result<()> {
    let set = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET track_functions = ''all''', current_database()); END $$";
    stack.database.execute(set, &[]).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_is_created_together_with_others_is_like_one_that_is_created_alone() -> Result<()> {
    let stack = Stack::start().await?;
    count_functions(&stack).await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let together = create(&stack, &acme, "user-1", None).await?;
    until("the statement to be counted", async || (shared_statements(&stack).await.ok()? == 1).then_some(()))
        .await?;
    let alone = create(&stack, &acme, "user-1", Some("order-7")).await?;
    assert_eq!(shared_statements(&stack).await?, 1, "one with a key is not created together");

    let rows =
        "SELECT (to_jsonb(s) - ARRAY['id', 'created_at', 'expires_at', 'ticket_hash', 'sealed_intent'])::text,
            s.expires_at - s.created_at - min(s.expires_at - s.created_at) OVER () < interval '2 seconds'
        FROM link_sessions s ORDER BY created_at";
    let rows = stack.database.rows(rows, &[]).await?;
    let [first, second] = rows.as_slice() else { anyhow::bail!("{} sessions", rows.len()) };
    assert_eq!(first.get::<_, String>(0), second.get::<_, String>(0));
    assert!(first.get::<_, bool>(1) && second.get::<_, bool>(1));
    let events = "SELECT actor_kind, actor_id, actor_name, action, detail::text FROM audit_events
        WHERE action = 'link_session.created' ORDER BY sequence";
    let events = stack.database.rows(events, &[]).await?;
    let [first, second] = events.as_slice() else { anyhow::bail!("{} events", events.len()) };
    for column in 0..5 {
        assert_eq!(first.get::<_, Option<String>>(column), second.get::<_, Option<String>>(column));
    }
    // The page opens a session only if its row is what was sealed.
    for session in [together, alone] {
        let page = Answer::read(stack.http().get(&session.url).send().await?).await?;
        assert_eq!(page.status, 200);
        assert!(page.text().contains("Ada Łovelace"), "{}", page.text());
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_tenants_create_sessions_at_once_and_every_log_is_whole() -> Result<()> {
    let stack = Stack::start().await?;
    let mut tenants = Vec::new();
    for number in 0..TENANTS {
        tenants.push(Tenant::create(&stack, &format!("tenant-{number}")).await?);
    }
    let calls = (0..TENANTS * CALLS).map(|number| {
        let (stack, acme) = (&stack, &tenants[number % TENANTS]);
        async move { create(stack, acme, &format!("user-{number}"), None).await }
    });
    let sessions = try_join_all(calls).await?;
    let own = "SELECT count(*) FROM link_sessions s
        JOIN audit_events e ON e.tenant_id = s.tenant_id AND e.detail ->> 'external_user_id' = s.external_user_id
        JOIN connectors c ON c.tenant_id = s.tenant_id AND c.id = s.connector_id
        WHERE e.action = 'link_session.created'";
    assert_eq!(stack.database.count(own).await?, i64::try_from(sessions.len())?);
    let verified = stack.try_command(&["audit", "verify", "--json"], None).await?;
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_is_held_delays_the_sessions_of_its_own_tenant_only() -> Result<()> {
    let stack = Stack::start().await?;
    let held = Tenant::create(&stack, "held").await?;
    let other = Tenant::create(&stack, "other").await?;
    let mut holder = stack.database.superuser().await?;
    let lock = holder.transaction().await?;
    let statement = "SELECT FROM audit_heads h JOIN tenants t ON t.id = h.tenant_id WHERE t.slug = 'held' FOR UPDATE OF h";
    lock.execute(statement, &[]).await?;
    let (waited, passed) = tokio::join!(create(&stack, &held, "user-1", None), async {
        until("the call to wait for the log", async || {
            let waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
            (stack.database.count(waiting).await.ok()? == 1).then_some(())
        })
        .await?;
        let passed = create(&stack, &other, "user-2", None).await.context("another tenant's call")?;
        lock.rollback().await?;
        anyhow::Ok(passed)
    });
    let (waited, passed) = (waited?, passed?);
    assert_ne!(waited.id, passed.id);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_are_created_alone_where_the_shared_statement_fails() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let revoke = "REVOKE EXECUTE ON FUNCTION bowline_link_sessions_create FROM bowline_server";
    stack.database.execute(revoke, &[]).await?;
    create(&stack, &acme, "user-1", None).await?;
    assert_eq!(stack.database.count("SELECT count(*) FROM link_sessions").await?, 1);
    let refused = wanted(&acme, "user-1");
    let refused = CreateLinkSession { return_url: "https://elsewhere.example/".to_owned(), ..refused };
    let request = stack.http().post(format!("{}/v1/link-sessions", acme.base())).bearer_auth(&acme.api_key);
    let answer = Answer::read(request.json(&json!(refused)).send().await?).await?;
    assert_eq!(answer.refusal(), (422, "invalid_field".to_owned()));
    Ok(())
}
