//! The OpenAPI document and the running server agree: schemathesis generates requests from the document and sends them
//! to the server.

use anyhow::{Result, ensure};
use bowline_tests::{Operator, Python, Stack, Tenant, TenantOptions, scratch};
use reqwest::Response;

/// The checks of every answer: no 5xx, and nothing that the document does not describe.
const CHECKS: &str =
    "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";
/// A fixed seed, so that a failure can be reproduced.
const SEED: &str = "1";

/// Sends generated requests to everything below `path`, as the document at `described` describes it.
async fn fuzz(name: &str, described: &str, base: &str, path: &str, bearer: &str) -> Result<()> {
    let python = Python::with("schemathesis>=4.3,<5").await?;
    let header = format!("Authorization: Bearer {bearer}");
    let mut command = python.program("schemathesis");
    command
        .current_dir(scratch(name)?)
        .args(["run", &format!("{described}/openapi.json"), "--url", base, "--header", &header])
        .args(["--include-path-regex", path, "--checks", CHECKS, "--max-examples", "10", "--seed", SEED])
        .args(["--phases", "coverage,fuzzing", "--no-color"]);
    let output = command.output().await?;
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    ensure!(said.contains("generated"), "nothing was sent:\n{said}");
    Ok(())
}

/// A stack in which everybody may follow one stream of events. A stream has no end, so the caller opens [one](stream): those that
/// schemathesis asks for are refused then.
async fn stack_with_one_stream() -> Result<Stack> {
    let limits = ["TENANT_STREAMS", "OPERATOR_STREAMS"].map(|name| format!("BOWLINE_LIMITS__{name}"));
    let builder = limits.iter().fold(Stack::builder(), |builder, name| builder.setting(name, 1));
    builder.start().await
}

/// An open stream of events.
async fn stream(stack: &Stack, url: &str, bearer: &str) -> Result<Response> {
    Ok(stack.http().get(url).bearer_auth(bearer).send().await?.error_for_status()?)
}

#[tokio::test]
async fn tenants_find_what_the_document_says() -> Result<()> {
    let stack = stack_with_one_stream().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let base = stack.server(0).public_url();
    let _stream = stream(&stack, &format!("{base}/v1/events"), &acme.api_key).await?;
    fuzz("specification-v1", &base, &base, "^/v1", &acme.api_key).await
}

#[tokio::test]
async fn tenants_find_in_a_sandbox_what_the_document_says() -> Result<()> {
    let stack = Stack::builder().sandbox().start().await?;
    let options = TenantOptions { sandbox: true, ..TenantOptions::default() };
    let acme = Tenant::create_with(&stack, "acme", options).await?;
    let base = stack.server(0).public_url();
    fuzz("specification-sandbox", &base, &base, "^/v1/sandbox", &acme.api_key).await
}

#[tokio::test]
async fn dropbox_finds_what_the_document_says_about_its_notices() -> Result<()> {
    let stack = Stack::start().await?;
    // The public document describes what tenants call.
    let (described, base) = (stack.server(0).internal_url(), stack.server(0).public_url());
    fuzz("specification-notices", &described, &base, "^/notices", "nobody").await
}

/// Sends requests as an operator who may do everything, to each of these paths in turn.
async fn fuzz_as_operator(name: &str, paths: &[&str]) -> Result<()> {
    let stack = stack_with_one_stream().await?;
    Tenant::create(&stack, "acme").await?;
    let mut operator = Operator::create(&stack, "ops-1", "admin").await?;
    operator.log_in().await?;
    let base = stack.server(0).internal_url();
    let _stream = stream(&stack, &format!("{base}/admin/v1/events"), operator.session()).await?;
    for path in paths {
        fuzz(name, &base, &base, path, operator.session()).await?;
    }
    Ok(())
}

#[tokio::test]
async fn operators_find_at_tenants_what_the_document_says() -> Result<()> {
    fuzz_as_operator("specification-tenants", &["^/admin/v1/tenants"]).await
}

#[tokio::test]
async fn operators_find_elsewhere_what_the_document_says() -> Result<()> {
    // Logging out comes last, because it ends the session in use.
    let paths = ["^/admin/(?!v1/tenants|v1/sessions/current)", "^/admin/v1/sessions/current"];
    fuzz_as_operator("specification-admin", &paths).await
}
