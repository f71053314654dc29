//! The clients of `clients/` and their examples, against the real server.

mod curl;
pub(crate) mod example;
pub(crate) mod node;
pub(crate) mod python;
mod runtimes;
mod rust;

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use bowline_api::v1::NewWebhookEndpoint;
use bowline_tests::{Receiver, Tenant};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::process::Command;

/// A folder of `clients/`.
pub(crate) fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../clients").join(name)
}

/// Lets a program reach this machine's own addresses without the proxies that the environment names.
pub(crate) fn without_proxies(command: &mut Command) {
    for name in ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
        command.env_remove(name);
    }
}

/// What a program printed, which must succeed.
async fn said(command: &mut Command) -> Result<String> {
    let output = command.output().await?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    Ok(said)
}

/// A message that the server has sent, with the secret of its endpoint.
async fn a_message(acme: &Tenant) -> Result<Value> {
    let receiver = Receiver::start().await?;
    let body = json!({ "url": receiver.url() });
    let new: NewWebhookEndpoint =
        acme.call(Method::POST, "/v1/webhook-endpoints", Some(body)).await?.good()?;
    acme.call(Method::POST, &format!("/v1/webhook-endpoints/{}/test", new.endpoint.id), None).await?;
    Ok(receiver.gets_a("endpoint.test").await?.to_verify(&new.secret))
}
