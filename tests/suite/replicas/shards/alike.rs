//! The token path's functions exist twice, for the calls of many tenants and of one; they say the same.

use anyhow::Result;
use bowline_tests::Tenant;
use sha2::Digest as _;
use uuid::Uuid;

use crate::common::{linked, newcomer};

/// What turns the text of a function for many tenants into that for one.
const TURNS: [(&str, &str); 3] =
    [("unnest(tenants, ", "unnest("), ("AS c (tenant, ", "AS c ("), ("c.tenant", "tenant")];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_functions_for_one_tenant_answer_as_those_for_many() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let revoked = newcomer(&stack, "revoked").links(&stack, &acme, "user-2").await?;
    acme.revoke(revoked.id).await?;
    let held = newcomer(&stack, "held").links(&stack, &acme, "user-3").await?;
    acme.token(held.id).await?;
    // One account says itself who holds its token, another has only the holding.
    let said =
        "UPDATE accounts a SET held_generation = a.generation - 1 + (a.id = $1)::integer, held_by = k.id
                FROM api_keys k WHERE k.tenant_id = a.tenant_id";
    stack.database.execute(said, &[&account.id.uuid()]).await?;
    let other = Tenant::create(&stack, "other").await?;
    let foreign = newcomer(&stack, "foreign").links(&stack, &other, "user-1").await?;
    let id = "SELECT id FROM tenants WHERE slug = 'acme'";
    let tenant: Uuid = stack.database.rows(id, &[]).await?[0].get(0);

    let digest = |key: &str| sha2::Sha256::digest(key.as_bytes()).to_vec();
    let (own, theirs, guess) = (digest(&acme.api_key), digest(&other.api_key), digest("guess"));
    let (mut secrets, mut accounts, mut generations) = (Vec::new(), Vec::new(), Vec::new());
    for secret in [&own, &theirs, &guess, &own] {
        for account in [account.id.uuid(), revoked.id.uuid(), held.id.uuid(), foreign.id.uuid(), Uuid::nil()]
        {
            for generation in [1_i64, 2] {
                secrets.push(secret.clone());
                accounts.push(account);
                generations.push(generation);
            }
        }
    }
    let tenants = vec![tenant; secrets.len()];
    let mut server = stack.database.server_role().await?;
    let transaction = server.transaction().await?;
    let texts = |rows: Vec<tokio_postgres::Row>| rows.iter().map(|row| row.get(0)).collect::<Vec<String>>();
    let many = "SELECT r::text FROM bowline_token_lookup($1, $2, $3) r ORDER BY call";
    let many = texts(transaction.query(many, &[&tenants, &secrets, &accounts]).await?);
    let one = "SELECT r::text FROM bowline_token_lookup_of($1, $2, $3) r ORDER BY call";
    let one = texts(transaction.query(one, &[&tenant, &secrets, &accounts]).await?);
    assert_eq!((&one, one.len()), (&many, 20), "a row for each call with the tenant's own key");

    transaction.batch_execute("SAVEPOINT before").await?;
    let many = "SELECT r::text FROM bowline_token_hold($1, $2, $3, $4) r ORDER BY call";
    let many = texts(transaction.query(many, &[&tenants, &secrets, &accounts, &generations]).await?);
    transaction.batch_execute("ROLLBACK TO before").await?;
    let one = "SELECT r::text FROM bowline_token_hold_of($1, $2, $3, $4) r ORDER BY call";
    let one = texts(transaction.query(one, &[&tenant, &secrets, &accounts, &generations]).await?);
    assert_eq!((&one, one.len()), (&many, 4), "two accounts, each asked for twice at its generation");
    transaction.commit().await?;

    let text = async |name: &str| -> Result<String> {
        let sql = "SELECT prosrc FROM pg_proc WHERE proname = $1";
        Ok(stack.database.rows(sql, &[&name]).await?[0].get(0))
    };
    for name in ["bowline_token_lookup", "bowline_token_hold"] {
        let turned = TURNS.iter().fold(text(name).await?, |text, (from, to)| text.replace(from, to));
        assert_eq!(turned, text(&format!("{name}_of")).await?, "{name}");
    }
    Ok(())
}
