//! Repeated issues of tokens under load are journalled, folded, and counted exactly.

use anyhow::Result;
use bowline_api::AccountId;
use bowline_api::v1::Tokens;
use bowline_demo::made_up;
use bowline_postgres::SUPERUSER;
use bowline_tests::{Database, Postgres, Stack, Tenant, until};
use futures_util::future::try_join_all;
use reqwest::Method;
use serde_json::json;
use sha2::Digest as _;
use uuid::Uuid;

use crate::common::{break_once, linked, linked_on};
use crate::seen::exposition::Exposition;

/// The series that count failures and successes of the flushing worker.
const FAILED: &str = "bowline_worker_runs_total{worker=\"token_holdings\",outcome=\"failed\"}";
const SUCCEEDED: &str = "bowline_worker_runs_total{worker=\"token_holdings\",outcome=\"ok\"}";

/// Waits until the journal is empty and this many issues are counted.
async fn all_counted(database: &Database, expected: i64) -> Result<()> {
    until("every issue to be counted and the journal to be empty", async || {
        let counted = database.count("SELECT sum(issues)::bigint FROM token_holdings").await.ok()?;
        let left = database.count("SELECT count(*) FROM token_repeats").await.ok()?;
        (counted == expected && left == 0).then_some(())
    })
    .await
}

/// A tenant's accounts with valid tokens, more than a flush updates directly.
async fn many_accounts(stack: &Stack) -> Result<Vec<AccountId>> {
    let owner_url = stack.database.postgres().url(SUPERUSER, stack.database.name())?;
    made_up::add_accounts(&owner_url, &stack.key_ring(), "acme", 2000).await?;
    let active = "status = 'active'";
    stack.resealer().edit_accounts("access_expires_at = now() + interval '1 hour'", active).await?;
    let rows = stack.database.rows(&format!("SELECT id FROM accounts WHERE {active}"), &[]).await?;
    let ids: Vec<AccountId> = rows.iter().map(|row| row.get::<_, Uuid>(0).into()).collect();
    assert!(ids.len() > 1200, "{}", ids.len());
    Ok(ids)
}

/// Fetches one token of each account simultaneously.
async fn fetch(tenant: &Tenant, ids: &[AccountId]) -> Result<()> {
    let calls = ids.chunks(100).map(|ids| {
        let body = json!({ "account_ids": ids });
        async { tenant.call(Method::POST, "/v1/tokens", Some(body)).await?.good::<Tokens>() }
    });
    let items = try_join_all(calls).await?.into_iter().flat_map(|tokens| tokens.items);
    assert!(items.map(|item| item.token).all(|token| token.is_some()));
    Ok(())
}

/// Like [`many_accounts`], with one counted issue of each account.
async fn counted_accounts(stack: &Stack, tenant: &Tenant) -> Result<Vec<AccountId>> {
    let ids = many_accounts(stack).await?;
    fetch(tenant, &ids).await?;
    all_counted(&stack.database, i64::try_from(ids.len())?).await?;
    Ok(ids)
}

/// Waits until this many more flushes have ended with this outcome.
async fn flushes(stack: &Stack, outcome: &str, count: f64) -> Result<()> {
    let http = stack.http();
    let ended = async || anyhow::Ok(Exposition::of(&http, stack.server(0)).await?.value(outcome));
    let before = ended().await?;
    until("flushes to end", async || (ended().await.ok()? >= before + count).then_some(())).await
}

/// More holdings than a flush updates directly go to the journal first and are counted as well.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_busy_moment_is_counted_to_the_last_issue() -> Result<()> {
    let (stack, acme, _) = linked().await?;
    let ids = many_accounts(&stack).await?;
    let rounds = 3;
    for _ in 0..rounds {
        fetch(&acme, &ids).await?;
    }
    all_counted(&stack.database, rounds * i64::try_from(ids.len())?).await
}

/// Issues that the database rejects are kept until it accepts them, whether few or many, and counted once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_could_not_be_written_is_counted_later() -> Result<()> {
    const WRITES: [(&str, &str); 2] = [
        ("UPDATE (last_issued_at, issues) ON token_holdings", "bowline_server"),
        ("INSERT ON token_repeats", "bowline_worker"),
    ];
    let (stack, acme, _) = linked().await?;
    let database = &stack.database;
    let ids = counted_accounts(&stack, &acme).await?;
    let mut expected = i64::try_from(ids.len())?;
    for ids in [&ids[..3], &ids[..]] {
        for (privilege, role) in WRITES {
            database.execute(&format!("REVOKE {privilege} FROM {role}"), &[]).await?;
        }
        fetch(&acme, ids).await?;
        flushes(&stack, FAILED, 2.0).await?;
        for (privilege, role) in WRITES {
            database.execute(&format!("GRANT {privilege} TO {role}"), &[]).await?;
        }
        expected += i64::try_from(ids.len())?;
        all_counted(database, expected).await?;
    }
    Ok(())
}

/// A part of a flush whose COMMIT is not acknowledged is assumed to be written, and here it is: its issues are counted
/// once. A missing synchronous standby delays commits until the server abandons their connections.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flush_that_was_not_confirmed_is_counted_once() -> Result<()> {
    let postgres = tokio::task::spawn_blocking(Postgres::private).await??;
    let database = Database::fresh_in(postgres).await?;
    let waits = format!("ALTER DATABASE {} SET synchronous_commit = on", database.name());
    database.execute(&waits, &[]).await?;
    let stack = Stack::builder().database(database).start().await?;
    let (stack, acme, _) = linked_on(stack).await?;
    let database = &stack.database;
    let ids = counted_accounts(&stack, &acme).await?;
    let mut expected = i64::try_from(ids.len())?;
    for ids in [&ids[..3], &ids[..]] {
        wait_for_standby(database, "nobody").await?;
        fetch(&acme, ids).await?;
        flushes(&stack, FAILED, 1.0).await?;
        wait_for_standby(database, "").await?;
        expected += i64::try_from(ids.len())?;
        all_counted(database, expected).await?;
    }
    // No late commit adds to the counts.
    fetch(&acme, &ids[..1]).await?;
    all_counted(database, expected + 1).await
}

/// If the connection ends during a COMMIT, the server may or may not learn that the COMMIT was aborted. The counts are
/// written at most once, and the counts of later flushes are complete.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flush_whose_connection_ended_is_counted_at_most_once() -> Result<()> {
    let (stack, acme, _) = linked().await?;
    let database = &stack.database;
    let ids = counted_accounts(&stack, &acme).await?;
    let expected = i64::try_from(ids.len())?;
    // First issues also leave notes of when their accounts were used, which go through the journal.
    flushes(&stack, SUCCEEDED, 2.0).await?;
    all_counted(database, expected).await?;
    let commit = "CONSTRAINT TRIGGER once AFTER UPDATE ON token_holdings DEFERRABLE INITIALLY DEFERRED";
    break_once(database, commit).await?;
    fetch(&acme, &ids[..3]).await?;
    until("a commit to be broken", async || {
        (database.count("SELECT count(*) FROM tries WHERE is_called").await.ok()? == 1).then_some(())
    })
    .await?;
    flushes(&stack, SUCCEEDED, 2.0).await?;
    let counted = database.count("SELECT sum(issues)::bigint FROM token_holdings").await?;
    assert!(counted == expected || counted == expected + 3, "{counted} counted of {expected} + 3");
    fetch(&acme, &ids[..5]).await?;
    all_counted(database, counted + 5).await
}

/// Makes commits wait for the standby of this name, or for none.
async fn wait_for_standby(database: &Database, name: &str) -> Result<()> {
    let set = format!("ALTER SYSTEM SET synchronous_standby_names = '{name}'");
    let client = database.superuser().await?;
    client.batch_execute(&set).await?;
    client.batch_execute("SELECT pg_reload_conf()").await?;
    until("Postgres to have read it", async || {
        let row = client.query_one("SHOW synchronous_standby_names", &[]).await.ok()?;
        (row.get::<_, String>(0) == name).then_some(())
    })
    .await
}

/// Any replica folds the journal that another one has left behind.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_journal_that_was_left_behind_is_folded() -> Result<()> {
    let (stack, acme, first) = linked().await?;
    let database = &stack.database;
    acme.token(first.id).await?;
    let row = database.rows("SELECT tenant_id, api_key_id FROM token_holdings", &[]).await?;
    let (tenant, key): (Uuid, Uuid) = (row[0].get(0), row[0].get(1));
    database
        .execute(
            "INSERT INTO token_repeats (tenant_id, id, api_key_id, at, account_ids, generations, counts)
             SELECT $1, gen_random_uuid(), $2, now() - interval '10 minutes', ARRAY[$3]::uuid[], ARRAY[1]::bigint[],
                    ARRAY[n]::integer[]
             FROM generate_series(1, 100) n",
            &[&tenant, &key, &first.id.uuid()],
        )
        .await?;
    all_counted(database, 1 + (1..=100).sum::<i64>()).await
}

/// The journal of one busy key over many accounts is folded in parts that each end in time. Another tenant's journal
/// that cannot be folded delays neither it nor any token.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_journal_is_folded_in_parts_whatever_becomes_of_another_tenants() -> Result<()> {
    const ACCOUNTS: i64 = 6000;
    const ROUNDS: i64 = 4;
    let (stack, acme, first) = linked().await?;
    let database = &stack.database;
    acme.token(first.id).await?;
    let row = database.rows("SELECT tenant_id, api_key_id FROM token_holdings", &[]).await?;
    let (tenant, key): (Uuid, Uuid) = (row[0].get(0), row[0].get(1));
    // Its holdings are locked permanently, and it comes first.
    let other = bowline_tests::Tenant::create(&stack, "stuck").await?;
    let held = crate::common::newcomer(&stack, "held").links(&stack, &other, "user-1").await?;
    other.token(held.id).await?;
    let mut locker = database.superuser().await?;
    let lock = locker.transaction().await?;
    lock.execute("SELECT FROM token_holdings WHERE account_id = $1 FOR UPDATE", &[&held.id.uuid()]).await?;
    let many = format!(
        "WITH made AS (
             INSERT INTO token_holdings (tenant_id, account_id, api_key_id, generation)
             SELECT $1, $3, $2, n + 1 FROM generate_series(1, {ACCOUNTS}) n RETURNING generation
         ), parts AS (
             SELECT array_agg(generation) AS generations FROM made GROUP BY generation % 6
         )
         INSERT INTO token_repeats (tenant_id, id, api_key_id, at, account_ids, generations, counts)
         SELECT $1, gen_random_uuid(), $2, now() - interval '10 minutes', array_fill($3::uuid, ARRAY[cardinality(generations)]),
                generations, array_fill(1, ARRAY[cardinality(generations)])
         FROM parts, generate_series(1, {ROUNDS})"
    );
    database.execute(&many, &[&tenant, &key, &first.id.uuid()]).await?;
    let theirs = "INSERT INTO token_repeats (tenant_id, id, api_key_id, at, account_ids, generations, counts)
                  SELECT tenant_id, gen_random_uuid(), api_key_id, now() - interval '20 minutes', ARRAY[account_id],
                         ARRAY[generation], ARRAY[5]
                  FROM token_holdings WHERE account_id = $1";
    database.execute(theirs, &[&held.id.uuid()]).await?;
    let ours = "SELECT sum(issues)::bigint FROM token_holdings WHERE generation > 1";
    until("what can be folded to be folded", async || {
        (database.count(ours).await.ok()? == ACCOUNTS * (1 + ROUNDS)).then_some(())
    })
    .await?;
    lock.rollback().await?;
    all_counted(database, 1 + ACCOUNTS * (1 + ROUNDS) + 1 + 5).await
}

/// Once an issue is counted, the account itself records who holds its token, so that the next lookup need not read the
/// holdings. The record counts only for that key and that token.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_says_itself_who_holds_its_token() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let database = &stack.database;
    acme.token(account.id).await?;
    until("the account to say who holds its token", async || {
        let said = "SELECT count(*) FROM accounts a JOIN token_holdings h ON h.account_id = a.id
                    WHERE a.held_by = h.api_key_id AND a.held_generation = h.generation";
        (database.count(said).await.ok()? == 1).then_some(())
    })
    .await?;

    database.execute("DELETE FROM token_holdings", &[]).await?;
    let tenant: Uuid = database.rows("SELECT tenant_id FROM accounts", &[]).await?[0].get(0);
    let digest = sha2::Sha256::digest(acme.api_key.as_bytes()).to_vec();
    let server = database.server_role().await?;
    let held = async || -> Result<bool> {
        let sql =
            "SELECT held FROM bowline_token_lookup(ARRAY[$1]::uuid[], ARRAY[$2]::bytea[], ARRAY[$3]::uuid[])";
        Ok(server.query_one(sql, &[&tenant, &digest, &account.id.uuid()]).await?.get(0))
    };
    assert!(held().await?, "the account itself records the holder, since the holding is deleted");
    database.execute("UPDATE accounts SET generation = 2", &[]).await?;
    assert!(!held().await?, "the record applies to another token");
    database.execute("UPDATE accounts SET held_generation = 2, held_by = gen_random_uuid()", &[]).await?;
    assert!(!held().await?, "the record applies to another key");
    Ok(())
}
