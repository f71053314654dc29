//! The OpenAPI document and the running server agree: schemathesis generates requests from the document and sends them
//! to the server.

use anyhow::{Result, ensure};
use bowline_tests::{Operator, Python, Stack, Tenant, scratch};

/// The checks of every answer: no 5xx, and nothing that the document does not describe.
const CHECKS: &str =
    "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";
/// A fixed seed, so that a failure can be reproduced.
const SEED: &str = "1";

/// Sends generated requests to everything below `path`.
async fn fuzz(name: &str, base: &str, path: &str, bearer: &str) -> Result<()> {
    let python = Python::with("schemathesis>=4.3,<5").await?;
    let header = format!("Authorization: Bearer {bearer}");
    let mut command = python.program("schemathesis");
    command
        .current_dir(scratch(name)?)
        .args(["run", &format!("{base}/openapi.json"), "--url", base, "--header", &header])
        .args(["--include-path-regex", path, "--checks", CHECKS, "--max-examples", "10", "--seed", SEED])
        // Logging out or changing the own password would end the session in use; a stream of events has no end.
        .args([
            "--exclude-path-regex",
            "sessions/current|/password|/disable|/events",
            "--phases",
            "coverage,fuzzing",
            "--no-color",
        ]);
    let output = command.output().await?;
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    ensure!(said.contains("generated"), "nothing was sent:\n{said}");
    Ok(())
}

#[tokio::test]
async fn tenants_find_what_the_document_says() -> Result<()> {
    let stack = Stack::start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    fuzz("specification-v1", &stack.server(0).public_url(), "^/v1", &acme.api_key).await
}

/// Sends requests as an operator who may do everything.
async fn fuzz_as_operator(name: &str, path: &str) -> Result<()> {
    let stack = Stack::start().await?;
    Tenant::create(&stack, "acme").await?;
    let mut operator = Operator::create(&stack, "ops-1", "admin").await?;
    operator.log_in().await?;
    fuzz(name, &stack.server(0).internal_url(), path, operator.session()).await
}

#[tokio::test]
async fn operators_find_at_tenants_what_the_document_says() -> Result<()> {
    fuzz_as_operator("specification-tenants", "^/admin/v1/tenants").await
}

#[tokio::test]
async fn operators_find_elsewhere_what_the_document_says() -> Result<()> {
    fuzz_as_operator("specification-admin", "^/admin/(?!v1/tenants)").await
}
