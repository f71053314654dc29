//! The tools of tenants' back ends: curl with the token API, and Dropbox's own Python package with the tokens.

use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use bowline_tests::{Person, Python, Stack, Tenant, TenantOptions};
use dropbox_sim::{AccountType, Operation, UserConfig};
use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use crate::common::{linked, set_token_life};

async fn run(command: &mut Command, input: &str) -> Result<String> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().context("the program could not be started")?;
    child.stdin.take().context("the program has no standard input")?.write_all(input.as_bytes()).await?;
    let output = child.wait_with_output().await?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    ensure!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
    Ok(text(&output.stdout))
}

/// A script that knows Dropbox's package, and the certificate authority as its first argument.
fn script(python: &Python, stack: &Stack, text: &str) -> Result<Command> {
    let ca = stack.directory().join("dropbox-ca.pem");
    std::fs::write(&ca, stack.dropbox.ca_pem())?;
    let host = stack.dropbox.https_url().replace("https://", "");
    let mut command = python.program("python");
    command.arg("-c").arg(text).arg(&ca);
    for name in ["API", "WEB", "API_CONTENT", "API_NOTIFY"] {
        command.env(format!("DROPBOX_{name}_HOST"), &host);
    }
    for name in
        ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
    {
        command.env_remove(name);
    }
    Ok(command)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn curl_gets_a_token_and_dropboxs_own_package_lists_files_with_it() -> Result<()> {
    let python = Python::with("dropbox>=12,<13").await?;
    let (stack, acme, account) = linked().await?;
    set_token_life(&stack, account.id, 0).await?;
    // The key is passed on standard input, because every user of the machine can read arguments.
    let curl = format!(
        "url = \"{}/v1/users/user-1/token\"\nrequest = \"POST\"\nheader = \"Authorization: Bearer {}\"\nfail-with-body\nsilent\nnoproxy = \"*\"\n",
        stack.public_url(),
        acme.api_key
    );
    let answer: Value =
        serde_json::from_str(&run(Command::new("curl").args(["--config", "-"]), &curl).await?)?;
    let token = answer["access_token"].as_str().context("the answer has no token")?;
    assert_eq!(stack.dropbox.count(Operation::TokenRefresh), 1, "the old one had expired");

    let mut command = script(&python, &stack, include_str!("list_files.py"))?;
    let said: Value = serde_json::from_str(&run(&mut command, token).await?)?;
    assert_eq!(said["email"], "amara@example.com");
    let files = said["files"].as_array().context("the answer has no files")?;
    assert!(files.iter().any(|name| name == "Notes of amara.txt"), "{files:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dropboxs_own_package_acts_for_a_member_of_a_linked_team() -> Result<()> {
    let python = Python::with("dropbox>=12,<13").await?;
    let stack = Stack::start().await?;
    let scopes =
        ["account_info.read", "files.metadata.read", "members.read", "team_data.member", "team_info.read"];
    let scopes = scopes.map(str::to_owned).to_vec();
    let options = TenantOptions { scopes: scopes.clone(), app_scopes: scopes, ..TenantOptions::default() };
    let acme = Tenant::create_with(&stack, "acme", options).await?;
    let ken = UserConfig::new("Ken Ito", "ken@acme.example");
    stack.dropbox.add_user(&UserConfig { account_type: AccountType::Business, ..ken });
    let team = Person::new(&stack, "priya@acme.example").links(&stack, &acme, "user-1").await?;
    let token = acme.token(team.id).await?.access_token;
    let mut command = script(&python, &stack, include_str!("team.py"))?;
    command.arg("ken@acme.example");
    let said: Value = serde_json::from_str(&run(&mut command, &token).await?)?;
    assert_eq!(said["email"], "ken@acme.example", "not the administrator who has linked the team");
    let members = said["members"].as_array().context("the answer has no members")?;
    assert!(members.iter().any(|email| email == "priya@acme.example"), "{members:?}");
    let files = said["files"].as_array().context("the answer has no files")?;
    assert!(files.iter().any(|name| name == "Notes of ken.txt"), "{files:?}");
    assert_eq!(said["refused"], "invalid_select_user");
    Ok(())
}
