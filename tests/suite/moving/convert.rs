//! Connections of Nango and a table of refresh tokens, converted and imported as the guide shows it.

use anyhow::Result;
use bowline_tests::{Stack, Tenant};
use serde_json::{Value, json};

use super::{Folder, Former};

/// What `GET /connections/{connectionId}` of Nango answers.
fn connection(former: &Former, number: usize) -> Value {
    json!({
        "id": number, "connection_id": format!("connection-{number}"), "provider_config_key": "dropbox", "provider": "dropbox",
        "errors": [], "end_user": { "id": former.user, "display_name": "Ada", "email": "ada@acme.example", "organization": null },
        "tags": null, "metadata": { "plan": "team" }, "connection_config": {}, "last_fetched_at": null,
        "created_at": "2026-01-01T00:00:00.000Z", "updated_at": "2026-01-02T00:00:00.000Z",
        "credentials": {
            "type": "OAUTH2", "access_token": "sl.CANARY_old", "refresh_token": former.refresh_token,
            "expires_at": "2026-01-02T04:00:00.000Z",
            "raw": {
                "token_type": "bearer", "scope": "account_info.read files.content.read files.metadata.read",
                "account_id": former.dropbox_id
            }
        }
    })
}

/// Imports what a converter printed.
async fn pipe(stack: &Stack, convert: &[&str], input: Option<&str>) -> Result<Value> {
    let converted = stack.try_command(convert, input).await?;
    anyhow::ensure!(converted.status.success(), "{}", String::from_utf8_lossy(&converted.stderr));
    let lines = String::from_utf8(converted.stdout)?;
    stack.command(&["import", "-", "--tenant", "acme", "--json"], Some(&lines)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_of_nango_and_rows_of_a_table_become_accounts() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let folder = Folder::new()?;
    let formers: Vec<Former> = (0..4).map(|number| Former::new(&stack, &acme, number)).collect();
    let connections: String = formers[..2]
        .iter()
        .enumerate()
        .map(|(number, former)| connection(former, number).to_string())
        .collect();
    let counts = pipe(&stack, &["convert", "nango", "-"], Some(&connections)).await?;
    assert_eq!((&counts["imported"], &counts["refused"]), (&json!(2), &json!({})), "{counts}");
    let rows = |former: &Former| format!("{};{};team;note\n", former.user, former.refresh_token);
    let table: String = formers[2..].iter().map(rows).collect();
    let file = folder.path("tokens.csv");
    std::fs::write(&file, format!("uid;token;metadata.plan;remark\n{table}"))?;
    let file = file.display().to_string();
    let mut convert = vec!["convert", "table", &file, "--delimiter", ";"];
    let unnamed = stack.try_command(&convert, None).await?;
    assert!(!unnamed.status.success() && unnamed.stdout.is_empty());
    convert.extend([
        "--column",
        "external_user_id=uid",
        "--column",
        "refresh_token=token",
        "--ignore",
        "remark",
    ]);
    let counts = pipe(&stack, &convert, None).await?;
    assert_eq!((&counts["imported"], &counts["refused"]), (&json!(2), &json!({})), "{counts}");
    let accounts = acme.accounts().await?;
    assert_eq!(accounts.len(), 4);
    for account in accounts {
        assert_eq!(account.metadata["plan"], "team");
        acme.token(account.id).await?;
    }
    Ok(())
}
