//! Sandboxes: tenants with test keys, whose connectors speak to the simulator that runs beside the server.

mod modes;
mod script;
mod states;

use anyhow::{Context as _, Result};
use bowline_api::v1::{Account, ApprovedSandboxLink, SandboxAccount};
use bowline_tests::{Answer, Returned, Stack, Tenant, TenantOptions};
use reqwest::Method;
use serde_json::{Value, json};

/// A stack with a simulator for sandboxes, and a sandbox.
async fn sandbox() -> Result<(Stack, Tenant)> {
    let stack = Stack::builder().sandbox().setting("BOWLINE_WEBHOOKS__ALLOW_LOOPBACK", true).start().await?;
    let acme = sandbox_of(&stack, "acme-sandbox").await?;
    Ok((stack, acme))
}

/// A sandbox called `slug`.
async fn sandbox_of(stack: &Stack, slug: &str) -> Result<Tenant> {
    Tenant::create_with(stack, slug, TenantOptions { sandbox: true, ..TenantOptions::default() }).await
}

/// Links a user of the simulator, without a browser.
async fn links(tenant: &Tenant, external_user: &str, user: &str) -> Result<Account> {
    let link = tenant.begin_link(external_user).await?;
    let path = format!("/v1/sandbox/link-sessions/{}/approve", link.id);
    let approved: ApprovedSandboxLink =
        tenant.call(Method::POST, &path, Some(json!({ "user": user }))).await?.good()?;
    tenant.complete(&link, &Returned::read(&approved.return_url)?).await
}

/// Puts an account into a state.
async fn put(tenant: &Tenant, account: &Account, state: &str) -> Result<()> {
    let path = format!("/v1/sandbox/accounts/{}/state", account.id);
    let put: SandboxAccount =
        tenant.call(Method::PUT, &path, Some(json!({ "state": state }))).await?.good()?;
    anyhow::ensure!(put.state.as_str() == state && put.account_id == account.id, "{put:?}");
    Ok(())
}

/// What a check of the account says.
async fn check(tenant: &Tenant, account: &Account) -> Result<Answer> {
    tenant.call(Method::POST, &format!("/v1/accounts/{}/check", account.id), None).await
}

/// What the simulator answers to a call for files with the account's token.
async fn list_files(stack: &Stack, tenant: &Tenant, account: &Account) -> Result<(u16, Value)> {
    let token = tenant.token(account.id).await?;
    let url = stack.sandbox.as_ref().context("no simulator")?.http_url();
    let call = stack.http().post(format!("{url}/2/files/list_folder")).bearer_auth(&token.access_token);
    let answer = call.json(&json!({ "path": "" })).send().await?;
    Ok((answer.status().as_u16(), answer.json().await?))
}
