//! What the server's own role can see and do: nothing without a tenant, and nothing with another tenant's rows.

use anyhow::Result;
use bowline_tests::{Person, Tenant};
use sha2::Digest as _;
use uuid::Uuid;

use crate::common::linked;

/// The tables of tenants, recognised by their common column.
const TENANT_TABLES: &str = "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attname = 'tenant_id' AND NOT a.attisdropped
    UNION SELECT 'tenants' ORDER BY 1";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_query_without_its_tenant_returns_no_row() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    acme.token(account.id).await?;
    Person::new(&stack, "amara@example.com").links(&stack, &acme, "user-1").await?;
    let tables = stack.database.rows(TENANT_TABLES, &[]).await?;
    let tables: Vec<String> = tables.iter().map(|row| row.get(0)).collect();
    assert!(tables.len() >= 9, "{tables:?}");
    let server = stack.database.server_role().await?;
    let mut full = 0;
    for setting in ["RESET bowline.tenant", "SET bowline.tenant = ''", "SET bowline.credential = ''"] {
        server.batch_execute(setting).await?;
        // The server's role has no access to the heads, to the tail of events and to the counts of minutes.
        let closed = ["audit_heads", "event_tail", "tenant_minutes"];
        for table in tables.iter().filter(|table| !closed.contains(&table.as_str())) {
            let rows: i64 = server.query_one(&format!("SELECT count(*) FROM {table}"), &[]).await?.get(0);
            assert_eq!(rows, 0, "{table} after {setting}");
            full += i64::from(stack.database.count(&format!("SELECT count(*) FROM {table}")).await? > 0);
        }
    }
    assert!(full >= 3 * 8, "the tables are empty");
    // With the tenant, a query returns the tenant's own rows.
    let tenant: String =
        stack.database.rows("SELECT id::text FROM tenants WHERE slug = 'acme'", &[]).await?[0].get(0);
    server.batch_execute(&format!("SET bowline.tenant = '{tenant}'")).await?;
    let rows: i64 = server.query_one("SELECT count(*) FROM accounts", &[]).await?.get(0);
    assert_eq!(rows, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenant_cannot_write_into_another_or_hang_a_row_on_anothers() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    acme.token(account.id).await?;
    Tenant::create(&stack, "thief").await?;
    let id = async |slug: &str| -> Result<String> {
        Ok(stack.database.rows("SELECT id::text FROM tenants WHERE slug = $1", &[&slug]).await?[0].get(0))
    };
    let (theirs, own) = (id("acme").await?, id("thief").await?);
    let server = stack.database.server_role().await?;
    server.batch_execute(&format!("SET bowline.tenant = '{own}'")).await?;
    for nothing in [
        "UPDATE accounts SET email = 'x'",
        "UPDATE refresh_leases SET tenant_id = tenant_id",
        "UPDATE connectors SET name = 'x' WHERE name LIKE 'ACME%'",
    ] {
        assert_eq!(server.execute(nothing, &[]).await?, 0, "{nothing}");
    }
    let account = account.id.uuid();
    let (row_level, no_grant, foreign_key) = ("42501", "42501", "23503");
    for (statement, code) in [
        (
            format!(
                "INSERT INTO refresh_leases VALUES ('{theirs}', '{account}', gen_random_uuid(), 1, now())"
            ),
            row_level,
        ),
        (
            format!("INSERT INTO refresh_leases VALUES ('{own}', '{account}', gen_random_uuid(), 1, now())"),
            foreign_key,
        ),
        (
            format!(
                "INSERT INTO token_holdings (tenant_id, account_id, api_key_id, generation)
                  SELECT '{own}', '{account}', id, 1 FROM api_keys LIMIT 1"
            ),
            no_grant,
        ),
        (
            format!(
                "INSERT INTO revocations (tenant_id, id, connector_id, generation, cause)
                  VALUES ('{own}', gen_random_uuid(), '{}', 1, 'revoked')",
                acme.connector.uuid()
            ),
            foreign_key,
        ),
        (format!("UPDATE connectors SET tenant_id = '{theirs}'"), row_level),
    ] {
        let error = server
            .execute(&statement, &[])
            .await
            .err()
            .map(|error| error.code().map(|code| code.code().to_owned()));
        assert_eq!(error, Some(Some(code.to_owned())), "{statement}");
    }
    acme.token(bowline_api::AccountId::from(account)).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_names_in_two_tenants_are_separate_accounts() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let other = Tenant::create(&stack, "other").await?;
    let theirs = Person::new(&stack, "amara@example.com").links(&stack, &other, "user-1").await?;
    assert_eq!(
        (theirs.provider_account_id, theirs.external_user_id),
        (account.provider_account_id, account.external_user_id)
    );
    assert_eq!((acme.accounts().await?.len(), other.accounts().await?.len()), (1, 1));
    Ok(())
}

/// The token path can see all tenants, so its limits are verified call by call.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_token_path_shows_nothing_without_the_digest_of_a_key_of_the_same_tenant() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let other = Tenant::create(&stack, "other").await?;
    let theirs = Person::new(&stack, "amara@example.com").links(&stack, &other, "user-1").await?;
    let digest = |key: &str| sha2::Sha256::digest(key.as_bytes()).to_vec();
    let row = stack.database.rows("SELECT id FROM tenants ORDER BY slug", &[]).await?;
    let (acme_id, other_id): (Uuid, Uuid) = (row[0].get(0), row[1].get(0));
    let server = stack.database.server_role().await?;
    let look = async |tenant: Uuid, digest: Vec<u8>, account: Uuid| -> Result<Option<Option<String>>> {
        let sql = "SELECT status FROM bowline_token_lookup(ARRAY[$1]::uuid[], ARRAY[$2]::bytea[], ARRAY[$3]::uuid[])";
        let rows = server.query(sql, &[&tenant, &digest, &account]).await?;
        Ok(rows.first().map(|row| row.get(0)))
    };
    let hold = async |tenant: Uuid, digest: Vec<u8>, account: Uuid| -> Result<usize> {
        let sql = "SELECT * FROM bowline_token_hold(ARRAY[$1]::uuid[], ARRAY[$2]::bytea[], ARRAY[$3]::uuid[], ARRAY[1]::bigint[])";
        Ok(server.query(sql, &[&tenant, &digest, &account]).await?.len())
    };
    let (own, foreign) = (account.id.uuid(), theirs.id.uuid());
    let active = Some(Some("active".to_owned()));
    assert_eq!(look(acme_id, digest(&acme.api_key), own).await?, active, "the control");
    assert_eq!(look(acme_id, digest(&acme.api_key), foreign).await?, Some(None), "another tenant's account");
    assert_eq!(look(other_id, digest(&acme.api_key), foreign).await?, None, "another tenant's name");
    assert_eq!(look(acme_id, digest("guess"), own).await?, None, "no key");
    assert_eq!(hold(acme_id, digest(&acme.api_key), foreign).await?, 0);
    assert_eq!(hold(other_id, digest(&acme.api_key), foreign).await?, 0);
    assert_eq!(stack.database.count("SELECT count(*) FROM token_holdings").await?, 0);
    assert_eq!(hold(acme_id, digest(&acme.api_key), own).await?, 1);
    let become_it = server.batch_execute("SET ROLE bowline_tokens").await;
    assert!(become_it.is_err(), "the server is not a member of the role that sees all tenants");
    stack.database.execute("UPDATE api_keys SET revoked_at = now()", &[]).await?;
    assert_eq!(look(acme_id, digest(&acme.api_key), own).await?, None, "a revoked key");
    Ok(())
}
