//! Moving in and out: `bowline-server import`, `export` and `convert`, with the real programs and a simulated Dropbox.

mod convert;
mod pace;
mod resume;
mod round_trip;
mod standing;

use std::path::{Path, PathBuf};
use std::process::Output;

use anyhow::{Context as _, Result};
use bowline_tests::{Stack, Tenant};
use dropbox_sim::{PlantedGrant, Secret, UserConfig};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A user of the tenant's former system, who has granted its app access.
struct Former {
    user: String,
    dropbox_id: String,
    refresh_token: String,
    grant: u64,
}

impl Former {
    /// A user with a grant that only the former system knows.
    fn new(stack: &Stack, acme: &Tenant, number: usize) -> Self {
        let user = UserConfig::new(format!("User {number}"), format!("user-{number}@example.com"));
        let dropbox_id = stack.dropbox.add_user(&user);
        Self::of(stack, acme, number, dropbox_id, "first")
    }

    /// Another grant of the same Dropbox account.
    fn again(&self, stack: &Stack, acme: &Tenant, number: usize) -> Self {
        Self::of(stack, acme, number, self.dropbox_id.clone(), "second")
    }

    fn of(stack: &Stack, acme: &Tenant, number: usize, dropbox_id: String, which: &str) -> Self {
        let refresh_token = format!("CANARY_former_{number}_{which}");
        let grant = stack.dropbox.plant_grant(&PlantedGrant {
            app_key: acme.app_key.clone(),
            account_id: dropbox_id.clone(),
            scopes: "account_info.read files.content.read files.metadata.read".to_owned(),
            refresh_token: Secret::new(&refresh_token),
            access_token: None,
        });
        Self { user: format!("user-{number}"), dropbox_id, refresh_token, grant }
    }

    /// The line of the file.
    fn line(&self) -> Value {
        json!({ "external_user_id": self.user, "refresh_token": self.refresh_token })
    }
}

/// A folder for files with tokens, apart from what the servers write.
struct Folder(TempDir);

impl Folder {
    fn new() -> Result<Self> {
        Ok(Self(tempfile::tempdir()?))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file of grants, one in each line.
    fn grants(&self, name: &str, lines: impl IntoIterator<Item = Value>) -> Result<PathBuf> {
        let lines: Vec<String> = lines.into_iter().map(|line| line.to_string()).collect();
        let text = lines.join("\n") + "\n";
        std::fs::write(self.path(name), text)?;
        Ok(self.path(name))
    }
}

/// The outcome of a command.
struct Ran {
    good: bool,
    report: Value,
    said: String,
}

impl Ran {
    fn of(output: &Output) -> Self {
        let report = serde_json::from_slice(&output.stdout).unwrap_or_default();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        Self { good: output.status.success(), report, said }
    }

    /// The report of a success.
    fn good(self) -> Result<Value> {
        anyhow::ensure!(self.good, "the command failed: {} {}", self.report, self.said);
        Ok(self.report)
    }
}

async fn import(stack: &Stack, acme: &Tenant, file: &Path, more: &[&str]) -> Result<Ran> {
    let file = file.to_str().context("a path in UTF-8")?;
    let run = ["import", file, "--tenant", &acme.slug, "--json"];
    let pace: &[&str] =
        if more.contains(&"--calls-per-second") { &[] } else { &["--calls-per-second", "1000"] };
    Ok(Ran::of(&stack.try_command(&[&run[..], pace, more].concat(), None).await?))
}

/// The number of entries of the audit log with this action.
async fn recorded(stack: &Stack, action: &str) -> Result<i64> {
    stack.database.count(&format!("SELECT count(*) FROM audit_events WHERE action = '{action}'")).await
}
