//! An import that is killed goes on where it was, and no account is made twice.

use std::process::Stdio;

use anyhow::Result;
use bowline_tests::{Stack, Tenant, until};
use serde_json::json;

use super::{Folder, Former, import, recorded};

const ALL: usize = 60;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_import_goes_on_and_makes_no_account_twice() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let folder = Folder::new()?;
    let formers: Vec<Former> = (0..ALL).map(|number| Former::new(&stack, &acme, number)).collect();
    // Twice the same grant in one file.
    let lines = formers.iter().chain(&formers[..5]).map(Former::line);
    let file = folder.grants("grants.jsonl", lines)?;
    let path = file.display().to_string();
    let run = ["import", &path, "--tenant", "acme", "--calls-per-second", "30"];
    let mut child = stack.begin_command(&[], Stdio::null(), &run)?;
    until("ten accounts", async || {
        let made = stack.database.count("SELECT count(*) FROM accounts").await;
        made.ok().filter(|made| *made >= 10)
    })
    .await?;
    child.kill().await?;
    let made = stack.database.count("SELECT count(*) FROM accounts").await?;
    assert!(made < 60, "it was killed too late");

    let counts = import(&stack, &acme, &file, &[]).await?.good()?;
    // A transaction may have been committed after its process was gone.
    let (imported, unchanged) = (counts["imported"].as_i64(), counts["unchanged"].as_i64());
    assert!(imported <= Some(60 - made) && unchanged >= Some(made + 5), "{counts}");
    assert_eq!(
        imported.zip(unchanged).map(|(imported, unchanged)| imported + unchanged),
        Some(65),
        "{counts}"
    );
    assert_eq!(counts["refused"], json!({}));
    assert_eq!(stack.database.count("SELECT count(*) FROM accounts WHERE generation = 1").await?, 60);
    assert_eq!(recorded(&stack, "account.imported").await?, 60);
    assert_eq!(stack.database.count("SELECT count(*) FROM revocations").await?, 0);
    assert_eq!(stack.live_grants(), ALL);
    Ok(())
}
