//! The Python client: generated from the document as it is, typed, and tested against the real server.

use anyhow::{Context as _, Result, ensure};
use bowline_tests::{Python, Stack, Tenant, scratch};
use tokio::process::Command;

use super::example::links_lists_files_and_hears_of_the_end;
use super::{a_message, folder, said};

/// Python in the client's folder, which writes nothing there.
fn in_its_folder(python: &Python, arguments: &[&str]) -> Command {
    let mut command = python.program("python");
    command.current_dir(folder("python")).args(arguments).env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_python_client_is_generated_from_the_document_and_typed() -> Result<()> {
    let python = Python::with_client().await?;
    said(&mut in_its_folder(&python, &["generate.py", "--check"])).await?;
    said(&mut in_its_folder(&python, &["-m", "ruff", "check", "--no-cache", "."])).await?;
    said(&mut in_its_folder(&python, &["-m", "ruff", "format", "--no-cache", "--check", "."])).await?;
    let cache = scratch("client-mypy")?.display().to_string();
    let mypy = ["-m", "mypy", "--strict", "--cache-dir", &cache, "src", "tests", "generate.py"];
    said(&mut in_its_folder(&python, &mypy)).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_python_client_does_with_the_real_server_what_it_says() -> Result<()> {
    let python = Python::with_client().await?;
    let stack = Stack::builder().setting("BOWLINE_WEBHOOKS__ALLOW_LOOPBACK", true).start().await?;
    let acme = Tenant::create(&stack, "acme").await?;
    let mut pytest = in_its_folder(&python, &["-m", "pytest", "-q", "-p", "no:cacheprovider"]);
    pytest
        .env("BOWLINE_URL", stack.public_url())
        .env("BOWLINE_API_KEY", &acme.api_key)
        .env("DROPBOX_SIM_URL", stack.dropbox.http_url())
        .env("APP_KEY", &acme.app_key)
        .env("RETURN_URL", &acme.return_url)
        .env("MESSAGE", a_message(&acme).await?.to_string());
    let said = said(&mut pytest).await?;
    let summary = said.lines().last().context("pytest says nothing")?;
    ensure!(summary.contains(" passed") && !summary.contains("skipped"), "{said}");
    Ok(())
}

/// The lines of the example that are neither empty nor a comment nor an import.
fn own_lines(source: &str) -> usize {
    let is_own = |line: &&str| {
        let line = line.trim_start();
        let other = ["#", "\"\"\"", "import ", "from "];
        !line.is_empty() && !other.iter().any(|beginning| line.starts_with(beginning))
    };
    source.lines().filter(is_own).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_example_in_flask_links_lists_files_and_hears_of_the_end() -> Result<()> {
    let example = folder("examples/flask");
    let lines = own_lines(&std::fs::read_to_string(example.join("app.py"))?);
    ensure!((20..=25).contains(&lines), "the example has {lines} lines of its own");
    let python = Python::with_client().await?;
    links_lists_files_and_hears_of_the_end(|port| {
        let mut flask: Command = python.program("flask");
        flask.args(["--app", "app", "run", "--port", &port.to_string()]);
        flask.current_dir(example).env("PYTHONDONTWRITEBYTECODE", "1");
        flask
    })
    .await
}
