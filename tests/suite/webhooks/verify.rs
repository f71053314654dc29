//! The official packages of Standard Webhooks verify what is sent.

use std::path::Path;
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use bowline_api::v1::NewWebhookEndpoint;
use bowline_tests::{Python, Received, scratch};
use bowline_verify::node;
use reqwest::Method;
use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use super::{call, told};

/// Reads JSON with secret, headers and body; prints the type, or why the message is refused.
pub(super) const PYTHON: &str = "
import json, sys
from standardwebhooks import Webhook, WebhookVerificationError
said = json.load(sys.stdin)
try:
    print(Webhook(said['secret']).verify(said['body'], said['headers'])['type'])
except WebhookVerificationError as error:
    print(f'refused: {error}')
";

/// Runs a program that reads `input`, and returns what it prints.
pub(super) async fn run(mut command: Command, input: &Value) -> Result<String> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn()?;
    child.stdin.take().context("no standard input")?.write_all(input.to_string().as_bytes()).await?;
    let output = child.wait_with_output().await?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// A message while two secrets overlap, and these, the new one first.
async fn a_message() -> Result<(Received, [String; 2])> {
    let (_stack, acme, receiver, new) = told().await?;
    let path = "/rotate-secret";
    let rotated: NewWebhookEndpoint = call(&acme, Method::POST, new.endpoint.id, path, None).await?.good()?;
    call(&acme, Method::POST, new.endpoint.id, "/test", None).await?;
    Ok((receiver.gets_a("endpoint.test").await?, [rotated.secret, new.secret]))
}

/// Each secret verifies the message; another secret, another body and another id do not.
async fn verifies(command: impl Fn() -> Command) -> Result<()> {
    let (message, secrets) = a_message().await?;
    for secret in &secrets {
        assert_eq!(run(command(), &message.to_verify(secret)).await?, "endpoint.test");
    }
    let foreign = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let mut changed = message.clone();
    changed.text = changed.text.replace("endpoint.test", "account.linked");
    let mut renamed = message.clone();
    renamed.id = String::from("evt_other");
    for (message, secret) in [(&message, foreign), (&changed, &secrets[0]), (&renamed, &secrets[0])] {
        let said = run(command(), &message.to_verify(secret)).await?;
        assert!(said.starts_with("refused"), "{said}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_official_package_of_python_verifies_messages() -> Result<()> {
    let python = Python::with("standardwebhooks>=1.1,<2").await?;
    verifies(|| {
        let mut command = python.program("python");
        command.arg("-c").arg(PYTHON);
        command
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_official_package_of_javascript_verifies_messages() -> Result<()> {
    let home = scratch("webhook-receiver")?;
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("webhook-receiver");
    let installed = home.clone();
    tokio::task::spawn_blocking(move || node::packages(&source, &installed)).await??;
    verifies(|| {
        let mut command = Command::new("node");
        command.arg(home.join("verify.mjs"));
        command
    })
    .await
}
