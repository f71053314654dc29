//! Checks the schema in Postgres's system catalogue for omissions in migrations.

use anyhow::Result;
use bowline_tests::Database;
use tokio_postgres::error::SqlState;
use uuid::Uuid;

/// Every row of the query is a mistake that its text describes.
async fn none(database: &Database, what: &str, sql: &str) -> Result<()> {
    let rows = database.rows(sql, &[]).await?;
    let found: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert!(found.is_empty(), "{what}: {found:?}");
    Ok(())
}

#[tokio::test]
async fn row_level_security_is_forced_wherever_there_is_a_tenant() -> Result<()> {
    let database = Database::fresh().await?;
    none(
        &database,
        "no forced row-level security",
        "SELECT c.relname::text FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
        WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
          AND NOT (c.relrowsecurity AND c.relforcerowsecurity)",
    )
    .await?;
    none(
        &database,
        "a policy applies to every role",
        "SELECT tablename || '.' || policyname FROM pg_policies
        WHERE schemaname = 'public' AND 'public' = ANY (roles)",
    )
    .await?;
    none(
        &database,
        "a policy for the server's role permits every row",
        "SELECT tablename || '.' || policyname
        FROM pg_policies WHERE schemaname = 'public' AND 'bowline_server' = ANY (roles)
          AND (qual IS NULL OR qual = 'true' OR with_check = 'true')",
    )
    .await
}

#[tokio::test]
async fn keys_uniques_and_foreign_keys_begin_with_the_tenant() -> Result<()> {
    let database = Database::fresh().await?;
    none(
        &database,
        "the index does not begin with tenant_id",
        "SELECT n.conrelid::regclass || '.' || n.conname FROM pg_constraint n
        JOIN pg_attribute t ON t.attrelid = n.conrelid AND t.attname = 'tenant_id'
        WHERE n.connamespace = 'public'::regnamespace AND n.contype IN ('p', 'u', 'f')
          AND n.conkey[1] <> t.attnum",
    )
    .await?;
    none(
        &database,
        "a unique index without the tenant",
        "SELECT i.indexrelid::regclass::text FROM pg_index i
        JOIN pg_attribute t ON t.attrelid = i.indrelid AND t.attname = 'tenant_id'
        JOIN pg_class c ON c.oid = i.indrelid AND c.relnamespace = 'public'::regnamespace
        WHERE i.indisunique AND i.indkey[0] <> t.attnum",
    )
    .await?;
    none(
        &database,
        "a constraint with a generated name",
        "SELECT conrelid::regclass || '.' || conname FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND conname ~ '(_check[0-9]*|_fkey1|_key1)$'",
    )
    .await
}

#[tokio::test]
async fn the_servers_role_owns_nothing_and_cannot_bypass_anything() -> Result<()> {
    let database = Database::fresh().await?;
    none(
        &database,
        "a role has too many privileges",
        "SELECT rolname::text FROM pg_roles WHERE rolname LIKE 'bowline%'
        AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)",
    )
    .await?;
    none(
        &database,
        "a table belongs to a role of the server",
        "SELECT relname::text FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
        WHERE r.rolname LIKE 'bowline%'",
    )
    .await?;
    none(
        &database,
        "a function runs with the rights of a role that can log in or owns tables",
        "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner
        WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef
          AND (r.rolcanlogin OR r.rolsuper OR EXISTS (SELECT FROM pg_class WHERE relowner = r.oid))",
    )
    .await?;
    none(&database, "a role may truncate, reference or add triggers to a table", "SELECT table_name || ': ' || grantee || ' ' || privilege_type
        FROM information_schema.role_table_grants WHERE grantee LIKE 'bowline%' AND privilege_type IN ('TRUNCATE', 'TRIGGER', 'REFERENCES')").await?;
    none(
        &database,
        "a privilege is granted to PUBLIC",
        "SELECT table_name || ' ' || privilege_type FROM information_schema.role_table_grants
        WHERE grantee = 'PUBLIC' AND table_schema = 'public'",
    )
    .await?;
    none(&database, "the operator plane reads sealed columns", "SELECT table_name || '.' || column_name
        FROM information_schema.column_privileges WHERE grantee IN ('bowline_operator', 'bowline_worker')
          AND (column_name LIKE 'sealed%' OR column_name IN ('secret_hash', 'password_hash', 'token_hash', 'ticket_hash', 'state_hash', 'binding_hash', 'link_code_hash', 'more_link_code_hashes', 'wrapped'))").await?;
    none(&database, "the operator plane writes", "SELECT table_name || '.' || column_name || ' ' || privilege_type
        FROM information_schema.column_privileges WHERE grantee = 'bowline_operator' AND privilege_type <> 'SELECT'").await?;
    let server = database.server_role().await?;
    for statement in [
        "CREATE TABLE mine (a int)",
        "ALTER TABLE accounts DISABLE ROW LEVEL SECURITY",
        "TRUNCATE audit_events",
        "SET ROLE postgres",
        "SET session_replication_role = replica",
    ] {
        assert!(server.batch_execute(statement).await.is_err(), "{statement}");
    }
    Ok(())
}

#[tokio::test]
async fn the_servers_role_reads_the_audit_log_and_adds_to_it_by_the_functions_only() -> Result<()> {
    let database = Database::fresh().await?;
    let rows = database
        .rows(
            "SELECT DISTINCT table_name || ' ' || privilege_type FROM information_schema.column_privileges
        WHERE table_name LIKE 'audit%' AND grantee = 'bowline_server' ORDER BY 1",
            &[],
        )
        .await?;
    let granted: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(granted, ["audit_events SELECT"]);
    let server = database.server_role().await?;
    let forged = "'00000000-0000-0000-0000-000000000000', 1";
    let columns = format!("{forged}, gen_random_uuid(), now(), 'system', NULL, NULL, 'x', NULL, '{{}}'");
    for statement in [
        "UPDATE audit_events SET action = 'x'".to_owned(),
        "DELETE FROM audit_events".to_owned(),
        format!("INSERT INTO audit_events VALUES ({columns}, '', '', 1)"),
        format!("INSERT INTO audit_heads VALUES ({forged}, '')"),
        "UPDATE audit_heads SET sequence = 0".to_owned(),
        "DELETE FROM audit_heads".to_owned(),
        "DELETE FROM event_tail".to_owned(),
        "SET ROLE bowline_audit".to_owned(),
    ] {
        let said = server.batch_execute(&statement).await.unwrap_err();
        let code = said.code().map(|code| code.code().to_owned());
        assert_eq!(code.as_deref(), Some("42501"), "{statement}: {said}");
    }
    // The functions accept only the next entry of the transaction's own chain.
    server.batch_execute("SET bowline.tenant = '00000000-0000-0000-0000-000000000000'").await?;
    let zeros = "decode(repeat('00', 32), 'hex')";
    let next = format!("{columns}, {zeros}, sha256('x'), 1");
    for (statement, code) in [
        ("SELECT * FROM bowline_audit_head(gen_random_uuid())".to_owned(), "42501"),
        (format!("SELECT bowline_audit_append({})", next.replacen(", 1,", ", 2,", 1)), "23514"),
        (format!("SELECT bowline_audit_append({})", next.replace(zeros, "sha256('y')")), "23514"),
        (format!("SELECT bowline_audit_append({columns}, {zeros}, '', 1)"), "23514"),
        (format!("SELECT bowline_audit_append({columns}, {zeros}, sha256('x'), NULL)"), "23514"),
    ] {
        let said = server.batch_execute(&statement).await.unwrap_err();
        assert_eq!(said.code().map(SqlState::code), Some(code), "{statement}: {said}");
    }
    // An entry continues a head, which a chain gets when it is locked for the first time.
    let locked = format!("SELECT bowline_audit_head('{}')", Uuid::nil());
    server.batch_execute(&format!("{locked}; SELECT bowline_audit_append({next})")).await?;
    let again = server.batch_execute(&format!("SELECT bowline_audit_append({next})")).await.unwrap_err();
    assert_eq!(again.code().map(SqlState::code), Some("23514"));
    Ok(())
}

/// The verbs that the server's statements use on each table, and no others. A new line here needs a statement that uses
/// it.
const GRANTS: [&str; 38] = [
    "__diesel_schema_migrations: SELECT",
    "account_changes: INSERT SELECT UPDATE",
    "account_freezes: DELETE INSERT SELECT",
    "accounts: INSERT SELECT UPDATE",
    "api_keys: INSERT SELECT UPDATE (expires_at, frozen, last_used_on, revoked_at, suspended_at, suspended_reason)",
    "audit_events: SELECT",
    "connector_brandings: INSERT SELECT UPDATE",
    "connector_health: INSERT SELECT UPDATE",
    "connectors: INSERT SELECT UPDATE",
    "data_keys: INSERT SELECT",
    "drain_stops: DELETE INSERT SELECT UPDATE",
    "idempotency_keys: DELETE INSERT SELECT UPDATE",
    "job_items: DELETE INSERT SELECT UPDATE",
    "jobs: DELETE INSERT SELECT UPDATE",
    "key_habits: INSERT SELECT UPDATE (day, earlier)",
    "link_sessions: INSERT SELECT UPDATE",
    "link_starts: DELETE INSERT SELECT UPDATE",
    "login_failures: DELETE INSERT SELECT UPDATE",
    "manage_sessions: DELETE INSERT SELECT UPDATE",
    "master_key_checks: INSERT SELECT",
    "narrowed_tokens: DELETE INSERT SELECT UPDATE",
    "oauth1_tokens: DELETE INSERT SELECT UPDATE",
    "operator_recovery_codes: DELETE INSERT SELECT",
    "operator_sessions: DELETE INSERT SELECT UPDATE",
    "operator_sign_ons: DELETE INSERT SELECT UPDATE",
    "operator_totp: DELETE INSERT SELECT UPDATE",
    "operators: INSERT SELECT UPDATE",
    "refresh_leases: INSERT SELECT UPDATE",
    "revocations: INSERT SELECT UPDATE",
    "tenants: INSERT SELECT UPDATE (frozen_at, frozen_by, frozen_reason)",
    "token_holdings: SELECT UPDATE (issues, last_issued_at, narrowed_at, narrowed_scopes)",
    "token_repeats: DELETE INSERT SELECT",
    "webhook_deliveries: DELETE INSERT SELECT UPDATE",
    "webhook_endpoints: DELETE INSERT SELECT UPDATE",
    "webhook_events: DELETE INSERT SELECT",
    "webhook_heads: INSERT SELECT UPDATE",
    "webhook_numbers: INSERT SELECT UPDATE",
    "webhook_secrets: DELETE INSERT SELECT UPDATE",
];

#[tokio::test]
async fn the_servers_role_has_the_grants_that_its_statements_use() -> Result<()> {
    let database = Database::fresh().await?;
    let sql = "WITH whole AS (
            SELECT c.oid, c.relname, a.privilege_type FROM pg_class c, aclexplode(c.relacl) a
            WHERE c.relnamespace = 'public'::regnamespace AND a.grantee = 'bowline_server'::regrole
        ), columns AS (
            SELECT c.oid, c.relname, a.privilege_type || ' (' || string_agg(t.attname, ', ' ORDER BY t.attname) || ')' AS privilege_type
            FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid, aclexplode(t.attacl) a
            WHERE c.relnamespace = 'public'::regnamespace AND a.grantee = 'bowline_server'::regrole
            GROUP BY c.oid, c.relname, a.privilege_type
        )
        SELECT relname || ': ' || string_agg(privilege_type, ' ' ORDER BY privilege_type)
        FROM (SELECT * FROM whole UNION ALL SELECT * FROM columns) g GROUP BY relname ORDER BY relname::text COLLATE \"C\"";
    let rows = database.rows(sql, &[]).await?;
    let granted: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(granted, GRANTS);
    Ok(())
}

/// Every table must be listed in `docs/sharding.md`.
#[tokio::test]
async fn the_guide_to_shards_names_every_table_and_function() -> Result<()> {
    let guide = include_str!("../../../docs/sharding.md");
    let between = |begin: &str, end: &str| {
        let rest = guide.split_once(begin).map(|(_, rest)| rest).unwrap_or_default();
        rest.split_once(end).map(|(part, _)| part.to_owned()).unwrap_or_default()
    };
    let names = |text: &str, quote: char| -> Vec<String> {
        text.split(quote).skip(1).step_by(2).map(str::to_owned).collect()
    };
    let rows: Vec<String> =
        between("| tables | by | on Citus |", "\n\n").lines().skip(2).map(str::to_owned).collect();
    let column = |at: usize| {
        let mut found = names(rows.get(at).and_then(|row| row.split('|').nth(1)).unwrap_or_default(), '`');
        found.sort();
        found
    };
    assert_eq!(column(1), ["tenants"]);
    let database = Database::fresh().await?;
    let tables = |has_tenant: bool| {
        let sql = format!(
            "SELECT c.relname::text FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
               AND c.relname <> 'tenants' AND {} EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id')
             ORDER BY c.relname COLLATE \"C\"",
            if has_tenant { "" } else { "NOT" }
        );
        let database = &database;
        async move {
            Ok::<Vec<String>, anyhow::Error>(
                database.rows(&sql, &[]).await?.iter().map(|row| row.get(0)).collect(),
            )
        }
    };
    let of_tenants = tables(true).await?;
    assert_eq!(column(0), of_tenants, "tables of a tenant");
    assert_eq!(column(2), tables(false).await?, "tables without a tenant");
    let mut distributed = names(&between("FROM unnest(ARRAY[", "])"), '\'');
    distributed.push("connectors".to_owned());
    distributed.sort();
    assert_eq!(distributed, of_tenants, "step 4");
    let step = between("**4. Distribute.**", "**5.");
    let functions: Vec<&str> = step
        .split("create_distributed_function(")
        .skip(1)
        .filter_map(|rest| rest.split('\'').nth(1))
        .collect();
    assert!(functions.len() >= 4, "{functions:?}");
    for function in functions {
        let found = database.rows("SELECT 1 WHERE to_regprocedure($1) IS NOT NULL", &[&function]).await?;
        assert_eq!(found.len(), 1, "{function}");
    }
    Ok(())
}
