//! Work that any replica may do is done once, by one of them; and a key that is revoked at one replica is refused by
//! all.

use anyhow::Result;
use bowline_tests::{Answer, Operator, Person, Stack, Tenant, until};
use dropbox_sim::Operation;
use reqwest::Method;
use serde_json::json;

use crate::common::newcomer;

const REPLICAS: usize = 3;
const REVOCATIONS: i64 = 15;

async fn three() -> Result<(Stack, Tenant)> {
    let stack = Stack::builder().replicas(REPLICAS).setting("BOWLINE_LOG", "info").start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    Ok((stack, acme))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn revocations_on_three_replicas_are_one_call_each() -> Result<()> {
    let (stack, acme) = three().await?;
    let calls_wanted = usize::try_from(REVOCATIONS)?;
    let mut accounts = Vec::new();
    for number in 0..REVOCATIONS {
        let user = format!("user-{number}");
        accounts.push(newcomer(&stack, &user).links(&stack, &acme, &user).await?);
    }
    assert_eq!(stack.live_grants(), calls_wanted);
    // Every replica receives some of the revocations, and every worker looks for all that are due.
    let calls = accounts.iter().enumerate().map(|(number, account)| {
        let there = acme.at(stack.server(number % REPLICAS).public_url());
        async move { there.revoke(account.id).await }
    });
    let answers: Vec<Answer> = futures_util::future::try_join_all(calls).await?;
    assert!(answers.iter().all(|answer| answer.status == 202));
    let done = "SELECT count(*) FROM revocations WHERE state = 'done'";
    until("all revocations to be done", async || {
        stack.database.count(done).await.ok().filter(|count| *count == REVOCATIONS)
    })
    .await?;
    assert_eq!(stack.live_grants(), 0);
    assert_eq!(stack.dropbox.count(Operation::Revoke), calls_wanted);
    assert_eq!(stack.dropbox.count(Operation::TokenRefresh), 0);
    assert_eq!(stack.database.count("SELECT sum(attempts)::bigint FROM revocations").await?, REVOCATIONS);
    Ok(())
}

/// Locks a table until this many statements of the servers wait for it, so that their workers start simultaneously.
async fn all_at_once(stack: &Stack, table: &str, due: &str, workers: i64) -> Result<()> {
    let mut keeper = stack.database.superuser().await?;
    let lock = keeper.transaction().await?;
    lock.batch_execute(&format!("LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE; {due}")).await?;
    let sql = "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND relation = $1::text::regclass";
    until("the workers to wait", async || {
        let waiting: i64 = lock.query_one(sql, &[&table]).await.ok()?.get(0);
        (waiting >= workers).then_some(())
    })
    .await?;
    Ok(lock.commit().await?)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_journal_that_several_replicas_fold_at_once_is_counted_once() -> Result<()> {
    let (stack, acme) = three().await?;
    let account = Person::new(&stack, "amara@example.com").links(&stack, &acme, "user-1").await?;
    acme.token(account.id).await?;
    // More than one worker takes at a time.
    let due = format!(
        "INSERT INTO token_repeats (tenant_id, id, api_key_id, at, account_ids, generations, counts)
         SELECT h.tenant_id, gen_random_uuid(), h.api_key_id, now() - interval '10 minutes',
                ARRAY['{}']::uuid[], ARRAY[1]::bigint[], ARRAY[n]::integer[]
         FROM token_holdings h, generate_series(1, 100) n",
        account.id.uuid()
    );
    // Workers poll every five seconds and wait two seconds for a lock, so of three workers at least two wait at the
    // same time.
    all_at_once(&stack, "token_repeats", &due, 2).await?;
    let database = &stack.database;
    until("the journal to be folded", async || {
        database.count("SELECT count(*) FROM token_repeats").await.ok().filter(|left| *left == 0)
    })
    .await?;
    let issues = database.count("SELECT sum(issues)::bigint FROM token_holdings").await?;
    assert_eq!(issues, 1 + (1..=100).sum::<i64>());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_several_replicas_sweep_at_once_expires_once() -> Result<()> {
    const SESSIONS: i64 = 30;
    let (stack, acme) = three().await?;
    for number in 0..SESSIONS {
        acme.begin_link(&format!("user-{number}")).await?;
    }
    let due = "UPDATE link_sessions SET expires_at = now() - interval '1 second'";
    all_at_once(&stack, "link_sessions", due, i64::try_from(REPLICAS)?).await?;
    let database = &stack.database;
    until("all sessions to be expired", async || {
        let expired = "SELECT count(*) FROM link_sessions WHERE status = 'expired'";
        database.count(expired).await.ok().filter(|count| *count == SESSIONS)
    })
    .await?;
    let recorded = "SELECT count(*) FROM audit_events WHERE action = 'link_session.expired'";
    let subjects = "SELECT count(DISTINCT subject) FROM audit_events WHERE action = 'link_session.expired'";
    assert_eq!((database.count(recorded).await?, database.count(subjects).await?), (SESSIONS, SESSIONS));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_revoked_at_one_replica_is_refused_by_all_with_the_next_call() -> Result<()> {
    let (stack, acme) = three().await?;
    let account = Person::new(&stack, "amara@example.com").links(&stack, &acme, "user-1").await?;
    let mut admin = Operator::create(&stack, "root", "admin").await?;
    admin.log_in().await?;
    let keys = format!("/admin/v1/tenants/{}/api-keys", tenant_id(&admin).await?);
    let wanted = json!({ "name": "leaked", "proof": { "password": admin.password } });
    let made = admin.call(Method::POST, &keys, Some(wanted)).await?.json();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let leaked = acme.with_key(text(&made["secret"]));
    let everywhere: Vec<Tenant> =
        (0..REPLICAS).map(|number| leaked.at(stack.server(number).public_url())).collect();
    for there in &everywhere {
        // The second call is the one that a cache would answer.
        there.token(account.id).await?;
        there.token(account.id).await?;
    }
    let revoked = admin.call(Method::DELETE, &format!("{keys}/{}", text(&made["id"])), None).await?;
    assert!((200..300).contains(&revoked.status), "{}", revoked.text());
    for there in &everywhere {
        let answer = there.try_token(account.id).await?;
        assert_eq!(answer.refusal(), (401, "unauthenticated".to_owned()));
    }
    Ok(())
}

async fn tenant_id(admin: &Operator) -> Result<String> {
    let tenants = admin.call(Method::GET, "/admin/v1/tenants", None).await?.json();
    Ok(tenants["items"][0]["id"].as_str().unwrap_or_default().to_owned())
}
