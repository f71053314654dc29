//! The audit log on the command line: a checkpoint reveals what the log itself cannot.

use anyhow::{Context as _, Result};
use bowline_api::TenantId;
use bowline_tests::{Stack, Tenant};
use serde_json::Value;

use crate::common::linked;

/// Runs `audit verify`; returns whether it succeeded, and its output.
async fn verify(stack: &Stack, more: &[&str]) -> Result<(bool, Vec<Value>)> {
    let output = stack.try_command(&[&["audit", "verify", "--json"], more].concat(), None).await?;
    let printed = serde_json::from_slice(&output.stdout)
        .with_context(|| String::from_utf8_lossy(&output.stderr).into_owned())?;
    Ok((output.status.success(), printed))
}

/// The findings per log.
fn findings(printed: &[Value]) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or("the service").to_owned();
    let broken = printed.iter().filter(|one| one["intact"] == false);
    broken.map(|one| (text(&one["tenant_id"]), text(&one["finding"]))).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_a_checkpoint_reveals_a_log_that_was_truncated_or_restored_with_its_head() -> Result<()> {
    let (stack, acme, _) = linked().await?;
    let other = Tenant::create(&stack, "other").await?;
    let checkpoint = stack.command(&["audit", "checkpoint"], None).await?;
    let file = stack.directory().join("checkpoint.json");
    std::fs::write(&file, checkpoint.to_string())?;
    let file = file.to_string_lossy().into_owned();
    let since = ["--since", &file];
    let (good, printed) = verify(&stack, &since).await?;
    assert!(good && printed.len() == 3, "{printed:?}");

    // The log may grow after the checkpoint.
    stack.command(&["api-key", "add", "--tenant", &other.slug, "--name", "more", "--json"], None).await?;
    assert!(verify(&stack, &since).await?.0);

    // The log is cut and its head moved accordingly: it is consistent but shorter than before.
    let rows = stack.database.rows("SELECT id FROM tenants WHERE slug = $1", &[&acme.slug]).await?;
    let id: uuid::Uuid = rows.first().context("the tenant has no row")?.get(0);
    let of = format!("WHERE tenant_id = '{id}'");
    let id = TenantId::from(id).to_string();
    let cut = format!(
        "WITH cut AS (DELETE FROM audit_events {of} AND sequence > 2 RETURNING 1)
         UPDATE audit_heads SET sequence = 2, hash = (SELECT hash FROM audit_events {of} AND sequence = 2) {of}
             AND EXISTS (SELECT FROM cut)"
    );
    assert_eq!(stack.database.execute(&cut, &[]).await?, 1);
    assert!(verify(&stack, &[]).await?.0, "the database alone does not reveal it");
    let (good, printed) = verify(&stack, &since).await?;
    assert!(!good);
    assert_eq!(findings(&printed), [(id.clone(), "cut".to_owned())]);

    // The server continues from there until the log has its former length.
    for n in 0..9 {
        let name = format!("key {n}");
        let add = ["api-key", "add", "--tenant", &acme.slug, "--name", &name, "--json"];
        stack.command(&add, None).await?;
    }
    assert!(verify(&stack, &[]).await?.0);
    let (good, printed) = verify(&stack, &["--tenant", &acme.slug, "--since", &file]).await?;
    assert!(!good);
    assert_eq!(findings(&printed), [(id.clone(), "replaced".to_owned())]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_checkpoint_that_was_changed_or_that_another_key_signed_is_refused() -> Result<()> {
    let stack = Stack::start().await?;
    Tenant::create(&stack, "acme").await?;
    let mut checkpoint = stack.command(&["audit", "checkpoint"], None).await?;
    let file = stack.directory().join("checkpoint.json");
    let path = file.to_string_lossy().into_owned();
    checkpoint["checkpoint"]["heads"][0]["sequence"] = 1.into();
    std::fs::write(&file, checkpoint.to_string())?;
    let refused = async |words: &str| -> Result<()> {
        let output = stack.try_command(&["audit", "verify", "--since", &path], None).await?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(words), "{said}");
        assert!(output.stdout.is_empty());
        Ok(())
    };
    refused("its signature is wrong").await?;
    std::fs::write(&file, "{}")?;
    refused("it is not a checkpoint").await?;
    std::fs::remove_file(&file)?;
    refused("cannot read").await
}
