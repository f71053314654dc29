//! The launcher of `cargo demo`, which shows the compiler's output on one line, with a scripted compiler.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use bowline_tests::{Terminal, program};
use portable_pty::CommandBuilder;
use tempfile::TempDir;
use tokio::task::spawn_blocking;

/// A terminal that runs the launcher, with `script` in place of cargo.
fn launch(script: &str, arguments: &[&str]) -> Result<(TempDir, Terminal)> {
    let directory = tempfile::tempdir()?;
    let cargo = directory.path().join("cargo");
    std::fs::write(&cargo, format!("#!/bin/sh\n{script}\n"))?;
    std::fs::set_permissions(&cargo, PermissionsExt::from_mode(0o755))?;
    let mut command = CommandBuilder::new(program("bowline-launch")?);
    command.args(arguments);
    command.env("CARGO", &cargo);
    command.env("TMPDIR", directory.path());
    command.env("NO_COLOR", "1");
    Ok((directory, Terminal::run(command)?))
}

async fn ended(terminal: Terminal) -> Result<(u32, String)> {
    let (code, said) = spawn_blocking(move || terminal.end_with_output()).await??;
    Ok((code, String::from_utf8_lossy(&said).replace("\r\n", "\n")))
}

#[tokio::test]
async fn what_the_compiler_prints_is_not_shown_and_the_demo_goes_on() -> Result<()> {
    // The demo's error about a port in use proves that the launcher has started it.
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    // It is the last of the demo's five ports.
    let port = (taken.local_addr()?.port() - 4).to_string();
    let (directory, terminal) = launch("echo noise; echo more noise >&2", &["--port", &port])?;
    let (code, said) = ended(terminal).await?;
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("--port names the first of five free ports") && !said.contains("noise"), "{said}");
    let lines: Vec<&str> = said.lines().take(2).collect();
    let is_step = |line: &str, name: &str| line.starts_with(&format!("  {name} ")) && line.ends_with(" s)");
    assert!(is_step(lines[0], "packages") && is_step(lines[1], "programs"), "{said}");
    assert_eq!(std::fs::read_dir(directory.path())?.count(), 1, "only the script is left");
    Ok(())
}

#[tokio::test]
async fn a_mistake_is_told_before_anything_is_built() -> Result<()> {
    for arguments in
        [&["--no-such-option"][..], &["--app", "Mine"], &["--", "--return-url", "http://localhost/"]]
    {
        let (_directory, terminal) = launch("exit 1", arguments)?;
        let (code, said) = ended(terminal).await?;
        assert!(code == 2 && said.contains("Usage: cargo demo") && !said.contains("packages"), "{said}");
    }
    let url = "http://localhost/";
    for (arguments, why) in [
        (&["--port", "0"][..], "not in 1..=65531"),
        (&["--port", "65532"], "not in 1..=65531"),
        (&["--app", " ", "--return-url", url], "an app needs a name"),
        (&["--app", "Mine", "--return-url", "localhost:5000/linked"], "begins with http://"),
        (&["add-app", "Mine", "--return-url", "ftp://localhost/linked"], "begins with http://"),
    ] {
        let (_directory, terminal) = launch("exit 1", arguments)?;
        let (code, said) = ended(terminal).await?;
        assert!(code == 2 && said.contains(why) && !said.contains("packages"), "{said}");
    }
    Ok(())
}

#[tokio::test]
async fn a_build_that_fails_names_the_file_with_all_that_the_compiler_printed() -> Result<()> {
    let (_directory, terminal) = launch("seq 100; echo 'error: no linker' >&2; exit 101", &[])?;
    let (code, said) = ended(terminal).await?;
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("failed\n") && said.ends_with("error: no linker\n"), "{said}");
    let (_, after) = said.split_once("What this step printed is in ").context("the message names no file")?;
    let file = PathBuf::from(after.split(';').next().context("the name of the file has no end")?);
    let printed = std::fs::read_to_string(file)?;
    assert!(printed.starts_with("1\n2\n") && printed.ends_with("error: no linker\n"), "{printed}");
    Ok(())
}

#[tokio::test]
async fn ctrl_c_during_the_build_ends_it_and_is_no_failure() -> Result<()> {
    let script =
        "trap 'echo told > \"$TMPDIR/told\"; exit 1' INT; echo $$ > \"$TMPDIR/runs\"; sleep 600; exit 1";
    let (directory, mut terminal) = launch(script, &[])?;
    bowline_tests::until("the build to run", async || directory.path().join("runs").exists().then_some(()))
        .await?;
    terminal.press("\u{3}")?;
    let (code, said) = ended(terminal).await?;
    assert_eq!(code, 0, "{said}");
    assert!(!said.contains("cargo demo:") && directory.path().join("told").exists(), "{said}");
    Ok(())
}
