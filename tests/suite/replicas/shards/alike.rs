//! The token path's functions exist in two versions, for calls of many tenants and of one; their results must be equal.

use anyhow::Result;
use bowline_tests::Tenant;
use sha2::Digest as _;
use uuid::Uuid;

use crate::common::{linked, newcomer};

/// The number of random statements, and of calls in each.
const TRIPS: usize = 60;
const CALLS: usize = 40;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_functions_for_one_tenant_answer_as_those_for_many() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let revoked = newcomer(&stack, "revoked").links(&stack, &acme, "user-2").await?;
    acme.revoke(revoked.id).await?;
    let held = newcomer(&stack, "held").links(&stack, &acme, "user-3").await?;
    acme.token(held.id).await?;
    // One account records the holder of its token itself; another has only the holding.
    let said =
        "UPDATE accounts a SET held_generation = a.generation - 1 + (a.id = $1)::integer, held_by = k.id
                FROM api_keys k WHERE k.tenant_id = a.tenant_id";
    stack.database.execute(said, &[&account.id.uuid()]).await?;
    let other = Tenant::create(&stack, "other").await?;
    let foreign = newcomer(&stack, "foreign").links(&stack, &other, "user-1").await?;
    let id = "SELECT id FROM tenants WHERE slug = 'acme'";
    let tenant: Uuid = stack.database.rows(id, &[]).await?[0].get(0);

    // Keys that must be refused: of another tenant, guessed, revoked, expired, and without the permission.
    let more = "INSERT INTO api_keys (tenant_id, id, name, secret_hash, permissions, expires_at, revoked_at)
        SELECT $1, gen_random_uuid(), n, sha256(n::bytea), CASE n WHEN 'link' THEN ARRAY['link'] ELSE ARRAY['link', 'token'] END,
               CASE n WHEN 'expired' THEN now() - interval '1 second' END, CASE n WHEN 'revoked' THEN now() END
        FROM unnest(ARRAY['second', 'revoked', 'expired', 'link']) n";
    stack.database.execute(more, &[&tenant]).await?;
    let keys = [acme.api_key.as_str(), &other.api_key, "guess", "second", "revoked", "expired", "link"];
    let secrets = keys.map(|key| sha2::Sha256::digest(key.as_bytes()).to_vec());
    let accounts = [account.id.uuid(), revoked.id.uuid(), held.id.uuid(), foreign.id.uuid(), Uuid::nil()];

    let mut server = stack.database.server_role().await?;
    let (mut answers, mut first_issues) = (0, 0);
    for _ in 0..TRIPS {
        let calls: Vec<(usize, Uuid, i64)> = (0..CALLS)
            .map(|_| {
                // Half of the calls use a working key, so that tokens are requested twice in one statement.
                let key = if rand::random() { 0 } else { rand::random_range(0..secrets.len()) };
                (key, accounts[rand::random_range(0..accounts.len())], rand::random_range(1..=2))
            })
            .collect();
        let tenants = vec![tenant; calls.len()];
        let shown: Vec<&[u8]> = calls.iter().map(|call| secrets[call.0].as_slice()).collect();
        let asked: Vec<Uuid> = calls.iter().map(|call| call.1).collect();
        let generations: Vec<i64> = calls.iter().map(|call| call.2).collect();
        let transaction = server.transaction().await?;
        let many = "SELECT r::text FROM bowline_token_lookup($1, $2, $3) r ORDER BY call";
        let many = texts(&transaction.query(many, &[&tenants, &shown, &asked]).await?);
        let one = "SELECT r::text FROM bowline_token_lookup_of($1, $2, $3) r ORDER BY call";
        let one = texts(&transaction.query(one, &[&tenant, &shown, &asked]).await?);
        assert_eq!(one, many, "{calls:?}");

        let set = format!("SET LOCAL bowline.tenant = '{tenant}'; SAVEPOINT before");
        transaction.batch_execute(&set).await?;
        let written = "SELECT h::text FROM token_holdings h ORDER BY 1";
        let many = "SELECT r::text FROM bowline_token_hold($1, $2, $3, $4) r ORDER BY call";
        let many = texts(&transaction.query(many, &[&tenants, &shown, &asked, &generations]).await?);
        let by_many = texts(&transaction.query(written, &[]).await?);
        transaction.batch_execute("ROLLBACK TO before").await?;
        let one = "SELECT r::text FROM bowline_token_hold_of($1, $2, $3, $4) r ORDER BY call";
        let one = texts(&transaction.query(one, &[&tenant, &shown, &asked, &generations]).await?);
        let by_one = texts(&transaction.query(written, &[]).await?);
        assert_eq!((&one, &by_one), (&many, &by_many), "{calls:?}");
        answers += one.len();
        first_issues += one.iter().filter(|answer| answer.ends_with(",t)")).count();
        transaction.rollback().await?;
    }
    assert!(first_issues >= TRIPS && answers > 2 * first_issues, "{first_issues} first issues of {answers}");
    Ok(())
}

fn texts(rows: &[tokio_postgres::Row]) -> Vec<String> {
    rows.iter().map(|row| row.get(0)).collect()
}
