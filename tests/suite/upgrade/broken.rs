//! Old databases that contain something the server did not write.

use anyhow::Result;
use bowline_tests::{Operator, Person, Stack};
use serde_json::{Value, json};

use super::{leave_old, logs_hold, no_server_begins, old_rows, upgrade};
use crate::common::linked;

async fn findings(stack: &Stack) -> Result<Vec<String>> {
    let output = stack.try_command(&["audit", "verify", "--json"], None).await?;
    let found: Vec<Value> = serde_json::from_slice(&output.stdout)?;
    Ok(found.iter().filter_map(|one| one["finding"].as_str().map(str::to_owned)).collect())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_does_not_open_is_named_and_left_and_the_rest_is_upgraded() -> Result<()> {
    let (mut stack, acme, damaged) = linked().await?;
    let whole = Person::new(&stack, "jonas@example.com").links(&stack, &acme, "user-2").await?;
    leave_old(&mut stack).await?;
    let damage = "UPDATE accounts SET sealed_refresh_token = set_byte(sealed_refresh_token, 40, get_byte(sealed_refresh_token, 40) # 1)
        WHERE id = $1";
    stack.database.execute(damage, &[&damaged.id.uuid()]).await?;

    let (good, report) = upgrade(&stack, &[]).await?;
    assert!(!good && report["is_finished"] == false && report["accounts"] == 1, "{report}");
    let tenant = report["broken"][0]["tenant_id"].clone();
    let named = json!([{ "tenant_id": tenant, "id": damaged.id, "column": "accounts.refresh_token", "finding": "does_not_open" }]);
    assert_eq!(report["broken"], named);
    assert_eq!(old_rows(&stack).await?, 2, "the damaged account is unchanged");
    no_server_begins(&mut stack).await?;

    // An administrator who cannot restore the data must say so.
    let said = stack.try_command(&["upgrade-seals"], None).await?;
    let words = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(!said.status.success() && words.contains("--leave-broken"), "{words}");
    let (good, report) = upgrade(&stack, &["--leave-broken"]).await?;
    assert!(good && report["is_finished"] == true && report["broken"] == named, "{report}");
    stack.server_mut(0).start().await?;
    acme.token(whole.id).await?;
    assert_eq!(acme.try_token(damaged.id).await?.refusal(), (500, "integrity_error".to_owned()));
    let noted = "SELECT count(*) FROM audit_events WHERE action = 'account.integrity_error'";
    assert_eq!(stack.database.count(noted).await?, 2, "one by the upgrade, one by the call");
    assert!(logs_hold(&stack).await?);
    Ok(())
}

/// Connectors in the old form are of OAuth 2. Resealing one that names a service would send its app secret there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_of_oauth_1_in_an_old_connector_is_not_sealed_in() -> Result<()> {
    let (mut stack, ..) = linked().await?;
    leave_old(&mut stack).await?;
    let edit = "UPDATE connectors SET protocol = 'oauth1a', oauth1_service = '{}'";
    stack.database.execute(edit, &[]).await?;
    let (good, report) = upgrade(&stack, &[]).await?;
    assert!(!good && report["is_finished"] == false && report["connectors"] == 0, "{report}");
    assert_eq!(report["broken"][0]["column"], "connectors.app_secret", "{report}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_with_an_edited_entry_is_reported_and_not_signed_until_it_is_restored() -> Result<()> {
    let (mut stack, acme, account) = linked().await?;
    leave_old(&mut stack).await?;
    let edit = "UPDATE audit_events SET actor_name = coalesce(actor_name, '') || $1 WHERE sequence = 2";
    stack.database.execute("CREATE TABLE kept AS SELECT id, actor_name FROM audit_events", &[]).await?;
    assert_eq!(stack.database.execute(edit, &[&"x"]).await?, 1);
    let (good, report) = upgrade(&stack, &[]).await?;
    assert!(
        !good && report["is_finished"] == false && report["accounts"] == 1 && report["logs"] == 0,
        "{report}"
    );
    assert_eq!(report["broken"].as_array().map(Vec::len), Some(1), "{report}");
    assert_eq!(
        (&report["broken"][0]["column"], &report["broken"][0]["finding"]),
        (&"audit_events.hash".into(), &"edited".into())
    );
    let signed = "SELECT count(*) FROM audit_events WHERE key_version IS NOT NULL";
    assert_eq!(stack.database.count(signed).await?, 0);

    let back = "UPDATE audit_events e SET actor_name = k.actor_name FROM kept k WHERE k.id = e.id";
    stack.database.execute(back, &[]).await?;
    let (good, report) = upgrade(&stack, &[]).await?;
    assert!(good && report["is_finished"] == true && report["logs"] == 2, "{report}");
    stack.server_mut(0).start().await?;
    acme.token(account.id).await?;
    assert!(logs_hold(&stack).await?);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn logs_that_stay_edited_are_found_by_every_later_check() -> Result<()> {
    let (mut stack, acme, account) = linked().await?;
    Operator::create(&stack, "ada", "admin").await?;
    Operator::create(&stack, "bob", "viewer").await?;
    leave_old(&mut stack).await?;
    // The tenant's log and the service's own.
    let edit = "UPDATE audit_events SET actor_name = 'nobody' WHERE sequence = 1";
    assert_eq!(stack.database.execute(edit, &[]).await?, 2);
    let (good, report) = upgrade(&stack, &["--leave-broken"]).await?;
    assert!(good && report["is_finished"] == true && report["logs"] == 0, "{report}");
    assert_eq!(report["broken"].as_array().map(Vec::len), Some(2), "{report}");
    let signed_over = "SELECT count(*) FROM audit_events WHERE action = 'audit.signed_over'";
    assert_eq!(stack.database.count(signed_over).await?, 0);
    let noted = "SELECT count(*) FROM audit_events WHERE action = 'audit.integrity_error' AND tenant_id = '00000000-0000-0000-0000-000000000000'";
    assert_eq!(stack.database.count(noted).await?, 2);
    stack.server_mut(0).start().await?;
    acme.token(account.id).await?;
    assert_eq!(findings(&stack).await?, ["edited", "edited"]);
    Ok(())
}
