//! Sealed values in the database: if they are moved, edited or restored they do not open, and a wrong key opens
//! nothing.

use anyhow::Result;
use bowline_api::AccountId;
use bowline_tests::{Person, Stack, Tenant};

use crate::common::{linked, set_token_life};

/// The token call fails, writes an audit event and discloses nothing.
async fn fails_loudly(stack: &Stack, tenant: &Tenant, account: AccountId, what: &str) -> Result<()> {
    let noted = format!(
        "SELECT count(*) FROM audit_events WHERE action = 'account.integrity_error' AND subject = '{account}'"
    );
    let before = stack.database.count(&noted).await?;
    let alarms = stack.logs().matches("\"alarm\":\"integrity\"").count();
    let answer = tenant.try_token(account).await?;
    assert_eq!(answer.refusal(), (500, "integrity_error".to_owned()), "{what}");
    assert!(!answer.text().contains("CANARY") && !answer.text().contains("sl."), "{what}");
    assert_eq!(stack.database.count(&noted).await?, before + 1, "{what}");
    assert!(stack.logs().matches("\"alarm\":\"integrity\"").count() > alarms, "{what}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sealed_token_in_another_row_column_or_tenant_opens_nothing() -> Result<()> {
    let (stack, acme, first) = linked().await?;
    let second = Person::new(&stack, "jonas@example.com").links(&stack, &acme, "user-2").await?;
    let other = Tenant::create(&stack, "other").await?;
    let foreign = Person::new(&stack, "amara@example.com").links(&stack, &other, "user-1").await?;
    stack.database.execute("CREATE TABLE kept AS SELECT * FROM accounts", &[]).await?;
    let (a, b, c) = (first.id.uuid(), second.id.uuid(), foreign.id.uuid());
    for (what, change) in [
        (
            "another row",
            format!("sealed_access_token = (SELECT sealed_access_token FROM kept WHERE id = '{b}')"),
        ),
        ("another column", "sealed_access_token = sealed_refresh_token".to_owned()),
        (
            "another tenant",
            format!("sealed_access_token = (SELECT sealed_access_token FROM kept WHERE id = '{c}')"),
        ),
        ("another user", "external_user_id = 'thief'".to_owned()),
        ("another account at Dropbox", "provider_account_id = 'dbid:thief'".to_owned()),
        ("another generation", "generation = generation + 1".to_owned()),
        (
            "a flipped bit",
            "sealed_access_token = set_bit(sealed_access_token, 300, 1 - get_bit(sealed_access_token, 300))"
                .to_owned(),
        ),
        ("a cut", "sealed_access_token = substr(sealed_access_token, 1, 20)".to_owned()),
        ("nothing", "sealed_access_token = ''".to_owned()),
        ("more", "sealed_access_token = sealed_access_token || 'x'::bytea".to_owned()),
    ] {
        assert_eq!(
            stack.database.execute(&format!("UPDATE accounts SET {change} WHERE id = '{a}'"), &[]).await?,
            1
        );
        fails_loudly(&stack, &acme, first.id, what).await?;
        acme.token(second.id).await?;
        other.token(foreign.id).await?;
        let back = format!("UPDATE accounts a SET sealed_access_token = k.sealed_access_token, external_user_id = k.external_user_id,
            provider_account_id = k.provider_account_id, generation = k.generation FROM kept k WHERE a.id = k.id AND a.id = '{a}'");
        stack.database.execute(&back, &[]).await?;
        acme.token(first.id).await?;
    }
    assert!(!stack.logs().contains("CANARY"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replayed_old_token_and_a_moved_refresh_token_do_not_open() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let second = Person::new(&stack, "jonas@example.com").links(&stack, &acme, "user-2").await?;
    stack.database.execute("CREATE TABLE kept AS SELECT * FROM accounts", &[]).await?;
    set_token_life(&stack, account.id, 0).await?;
    acme.token(account.id).await?;
    let (a, b) = (account.id.uuid(), second.id.uuid());
    let old = format!(
        "UPDATE accounts a SET sealed_access_token = k.sealed_access_token FROM kept k WHERE a.id = k.id AND a.id = '{a}'"
    );
    stack.database.execute(&old, &[]).await?;
    fails_loudly(&stack, &acme, account.id, "an old token put back").await?;

    let moved = format!(
        "UPDATE accounts SET access_expires_at = now(), sealed_refresh_token =
        (SELECT sealed_refresh_token FROM kept WHERE id = '{a}') WHERE id = '{b}'"
    );
    stack.database.execute(&moved, &[]).await?;
    fails_loudly(&stack, &acme, second.id, "a moved refresh token").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_a_wrong_key_or_none_nothing_starts() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    let wrong = stack.directory().join("wrong-keys.toml");
    let wrong = wrong.to_string_lossy();
    stack.command(&["keys", "init", "--file", &wrong, "--json"], None).await?;
    let checks = "SELECT count(*) FROM master_key_checks";
    let before = stack.database.count(checks).await?;
    for (ring, words) in [(&*wrong, "not the one"), ("/nowhere/keys.toml", "/nowhere/keys.toml")] {
        for command in [["serve"].as_slice(), &["tenant", "list", "--json"]] {
            let output = stack.try_command_with(&[("BOWLINE_KEY_RING_FILE", ring)], command, None).await?;
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(!output.status.success() && said.contains(words), "{command:?} with {ring}: {said}");
        }
    }
    // An existing key ring is never overwritten.
    assert!(!stack.try_command(&["keys", "init", "--json"], None).await?.status.success());
    assert_eq!(stack.database.count(checks).await?, before, "nothing was written");
    acme.token(account.id).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_could_bypass_row_level_security_does_not_start() -> Result<()> {
    let stack = Stack::start().await?;
    let owner = stack.database.owner_url()?;
    let output = stack.try_command_with(&[("BOWLINE_DATABASE__URL", &owner)], &["serve"], None).await?;
    assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

/// Runs the server with another key ring, which must be refused with this message, and nothing may be written.
async fn a_foreign_ring_is_refused(stack: &Stack, words: &str) -> Result<()> {
    let foreign = stack.directory().join("foreign-keys.toml");
    let foreign = foreign.to_string_lossy();
    if !stack.directory().join("foreign-keys.toml").exists() {
        stack.command(&["keys", "init", "--file", &foreign, "--json"], None).await?;
    }
    let checks = "SELECT count(*) FROM master_key_checks";
    let before = stack.database.count(checks).await?;
    for command in [["serve"].as_slice(), &["tenant", "list", "--json"]] {
        let output = stack.try_command_with(&[("BOWLINE_KEY_RING_FILE", &foreign)], command, None).await?;
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains(words), "{command:?}: {said}");
    }
    assert_eq!(stack.database.count(checks).await?, before, "something was written");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_check_values_nothing_starts_on_a_database_in_which_something_is_sealed() -> Result<()> {
    let (stack, acme, account) = linked().await?;
    stack.database.execute("CREATE TABLE kept AS SELECT * FROM master_key_checks", &[]).await?;
    stack.database.execute("DELETE FROM master_key_checks", &[]).await?;
    a_foreign_ring_is_refused(&stack, "no check value of a master key").await?;
    // The right ring is not trusted blindly either.
    assert!(!stack.try_command(&["tenant", "list", "--json"], None).await?.status.success());
    // Without data keys, the rows still show that something was sealed.
    stack.database.execute("CREATE TABLE kept_keys AS SELECT version, kek_version, wrapped, created_at, tenant_id AS of_tenant FROM data_keys", &[]).await?;
    stack.database.execute("DELETE FROM data_keys", &[]).await?;
    a_foreign_ring_is_refused(&stack, "no check value of a master key").await?;
    stack.database.execute("INSERT INTO data_keys SELECT of_tenant, version, kek_version, wrapped, created_at FROM kept_keys", &[]).await?;
    stack.database.execute("INSERT INTO master_key_checks SELECT * FROM kept", &[]).await?;
    stack.command(&["tenant", "list", "--json"], None).await?;
    acme.token(account.id).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenant_whose_data_keys_were_deleted_is_an_alarm_and_an_entry_in_its_log() -> Result<()> {
    let (mut stack, acme, account) = linked().await?;
    let id = "(SELECT id FROM tenants LIMIT 1)";
    stack.database.execute(&format!("DELETE FROM data_keys WHERE tenant_id = {id}"), &[]).await?;
    // The running replica has them in memory; one that starts has none.
    stack.server_mut(0).kill().await?;
    stack.server_mut(0).start().await?;
    let alarms = stack.logs().matches("\"alarm\":\"integrity\"").count();
    let answer = acme.try_token(account.id).await?;
    assert_eq!(answer.refusal(), (500, "integrity_error".to_owned()));
    assert!(stack.logs().matches("\"alarm\":\"integrity\"").count() > alarms);
    let noted = "SELECT count(*) FROM audit_events e JOIN tenants t ON t.id = e.tenant_id
        WHERE e.action = 'tenant.integrity_error' AND e.subject LIKE 'tenant_%'";
    assert_eq!(stack.database.count(noted).await?, 1);
    Ok(())
}
