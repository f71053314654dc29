//! The Python client: generated from the document as it is, typed, and tested against the real server.

use anyhow::{Context as _, Result, ensure};
use bowline_tests::{Python, Stack, Tenant, scratch};
use tokio::process::Command;

use super::example::{App, all_link_list_files_and_hear_of_the_end};
use super::{a_message, folder, said};

/// Python in the client's folder.
fn in_its_folder(python: &Python, arguments: &[&str]) -> Command {
    let mut command = python.program("python");
    command.current_dir(folder("python")).args(arguments);
    command
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_python_client_is_generated_from_the_document_and_typed() -> Result<()> {
    let python = Python::with_client().await?;
    said(&mut in_its_folder(&python, &["generate.py", "--check"])).await?;
    said(&mut in_its_folder(&python, &["-m", "ruff", "check", "--no-cache", "."])).await?;
    let format = ["-m", "ruff", "format", "--no-cache", "--check", "--config", "pyproject.toml"];
    said(&mut in_its_folder(&python, &[&format[..], &[".", "../examples"]].concat())).await?;
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

/// The lines of an example that are neither empty nor a comment nor an import.
fn own_lines(source: &str) -> usize {
    let is_own = |line: &&str| {
        let line = line.trim_start();
        let other = ["#", "\"\"\"", "import ", "from "];
        !line.is_empty() && !other.iter().any(|beginning| line.starts_with(beginning))
    };
    source.lines().filter(is_own).count()
}

/// An example, served by these arguments of Python. The port is the last one.
fn app(python: &Python, name: &'static str, arguments: &'static [&'static str]) -> App {
    let mut program = python.program("python");
    program.args(arguments).current_dir(folder("examples").join(name));
    let at_port = move |port: u16| {
        program.arg(port.to_string());
        program
    };
    (name, Box::new(at_port))
}

/// The example in Flask.
pub(crate) fn flask(python: &Python) -> App {
    app(python, "flask", &["-m", "flask", "--app", "app", "run", "--host", "localhost", "--port"])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_examples_in_python_link_list_files_and_hear_of_the_end() -> Result<()> {
    let lines = own_lines(&std::fs::read_to_string(folder("examples/flask/app.py"))?);
    ensure!((20..=25).contains(&lines), "the example in Flask has {lines} lines of its own");
    let python = Python::with_client().await?;
    let apps = vec![
        flask(&python),
        app(&python, "fastapi", &["-m", "uvicorn", "app:app", "--no-access-log", "--port"]),
        app(&python, "django", &["manage.py", "runserver", "--noreload"]),
    ];
    all_link_list_files_and_hear_of_the_end(apps).await
}
