//! Every program on the command line: it identifies itself, ends quietly if its output is closed, and creates nothing
//! that it cannot show.

use std::fs::File;
use std::io::Read as _;
use std::process::{Command, ExitStatus, Output, Stdio};

use anyhow::{Context as _, Result, ensure};
use bowline_tests::{Stack, program};
use serde_json::Value;
use tempfile::TempDir;

/// All programs of the workspace, with the names that `--version` prints.
const PROGRAMS: [(&str, &str); 9] = [
    ("bowline", "bowline"),
    ("bowline-demo", "cargo demo"),
    ("bowline-faults", "cargo faults"),
    ("bowline-launch", "cargo demo"),
    ("bowline-load", "cargo load"),
    ("bowline-postgres", "bowline-postgres"),
    ("bowline-server", "bowline-server"),
    ("bowline-verify", "cargo verify"),
    ("dropbox-sim", "dropbox-sim"),
];
/// 128 + SIGPIPE.
const CLOSED_PIPE: Option<i32> = Some(141);

fn run(name: &str, arguments: &[&str], directory: &TempDir) -> Result<Output> {
    let mut command = Command::new(program(name)?);
    command.args(arguments).current_dir(directory.path()).stdin(Stdio::null());
    command.output().with_context(|| name.to_owned())
}

#[test]
fn every_program_says_what_it_is_and_makes_nothing() -> Result<()> {
    let directory = tempfile::tempdir()?;
    for (name, called) in PROGRAMS {
        for word in ["--help", "-h", "--version"] {
            let output = run(name, &[word], &directory)?;
            ensure!(output.status.success(), "{name} {word} ended with {}", output.status);
            let said = String::from_utf8(output.stdout)?;
            let usage = format!("Usage: {called} ");
            let fits = if word == "--version" { said.starts_with(called) } else { said.contains(&usage) };
            ensure!(fits, "{name} {word} says {said}");
        }
        let output = run(name, &["--no-such-option"], &directory)?;
        ensure!(output.status.code() == Some(2), "{name} accepts an unknown option: {}", output.status);
    }
    ensure!(std::fs::read_dir(directory.path())?.next().is_none(), "a program has created a file");
    Ok(())
}

/// `/dev/full`, to which every write fails.
fn full() -> Result<Stdio> {
    Ok(File::options().write(true).open("/dev/full")?.into())
}

#[test]
fn help_that_cannot_be_shown_is_a_failure() -> Result<()> {
    for (name, called) in PROGRAMS {
        for word in ["--help", "-h", "--version"] {
            let mut command = Command::new(program(name)?);
            let output = command.arg(word).stdin(Stdio::null()).stdout(full()?).output()?;
            let said = String::from_utf8(output.stderr)?;
            ensure!(output.status.code() == Some(1), "{name} {word} ended with {}: {said}", output.status);
            ensure!(said.starts_with(&format!("{called}: standard output cannot be written: ")), "{said}");
            let (status, said) = unread(&mut command, 0)?;
            ensure!(status.code() == CLOSED_PIPE && said.is_empty(), "{name} {word}: {status}: {said}");
        }
        // A usage error stays one even if its message cannot be written.
        let mut command = Command::new(program(name)?);
        let status = command.arg("--no-such-option").stdin(Stdio::null()).stderr(full()?).status()?;
        ensure!(status.code() == Some(2), "{name}: {status}");
    }
    Ok(())
}

/// Runs a program whose standard output is a pipe without a reader, or whose reader stops after `bytes`.
fn unread(command: &mut Command, bytes: usize) -> Result<(ExitStatus, String)> {
    let (mut reader, writer) = std::io::pipe()?;
    command.stdin(Stdio::null()).stderr(Stdio::piped());
    let child = if bytes == 0 {
        drop(reader);
        command.stdout(writer).spawn()?
    } else {
        let child = command.stdout(writer).spawn()?;
        reader.read_exact(&mut vec![0; bytes])?;
        drop(reader);
        child
    };
    let output = child.wait_with_output()?;
    Ok((output.status, String::from_utf8(output.stderr)?))
}

#[test]
fn a_closed_pipe_ends_a_program_quietly() -> Result<()> {
    let directory = tempfile::tempdir()?;
    let config = directory.path().display().to_string();
    let programs: [(&str, &[&str], usize); 8] = [
        ("bowline-server", &["openapi"], 1),
        ("bowline-server", &["openapi"], 0),
        ("bowline-server", &["keys", "init", "--file", "keys.toml"], 0),
        ("bowline", &["keys", "--config-dir", &config], 0),
        ("bowline", &["completions", "bash"], 0),
        ("bowline-faults", &["--list"], 0),
        ("bowline-postgres", &[], 0),
        ("dropbox-sim", &[], 0),
    ];
    for (name, arguments, bytes) in programs {
        let mut command = Command::new(program(name)?);
        command.args(arguments).current_dir(directory.path()).env("BOWLINE_CONFIG_DIR", directory.path());
        let (status, said) = unread(&mut command, bytes)?;
        ensure!(status.code() == CLOSED_PIPE, "{name} {arguments:?} ended with {status}: {said}");
        // Rocket's messages about the running simulator are not complaints.
        let said: Vec<&str> = said.lines().filter(|line| !line.contains("rocket::")).collect();
        ensure!(said.is_empty(), "{name} {arguments:?} printed an error: {said:?}");
    }
    ensure!(!directory.path().join("keys.toml").exists(), "a key ring was created unseen");
    Ok(())
}

#[test]
fn a_closed_standard_error_causes_no_panic() -> Result<()> {
    for arguments in [["keys", "init", "--file", "/no/such/directory/keys.toml"].as_slice(), &["doctor"]] {
        let mut command = Command::new(program("bowline-server")?);
        let mut child = command
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        drop(child.stderr.take());
        let status = child.wait()?;
        ensure!(status.code() == Some(1), "{arguments:?} ended with {status}");
    }
    Ok(())
}

/// The existing items of each kind that can be created.
async fn made(stack: &Stack) -> Result<Vec<Value>> {
    let lists: [&[&str]; 4] = [
        &["tenant", "list", "--json"],
        &["connector", "list", "--tenant", "acme", "--json"],
        &["api-key", "list", "--tenant", "acme", "--json"],
        &["operator", "list", "--json"],
    ];
    let mut all = Vec::new();
    for list in lists {
        all.push(stack.command(list, None).await?);
    }
    Ok(all)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_object_that_cannot_be_printed_is_not_created() -> Result<()> {
    let stack = Stack::builder().start().await?;
    stack.command(&["tenant", "add", "--slug", "acme", "--name", "Acme", "--json"], None).await?;
    let before = made(&stack).await?;
    let connector: &[&str] = &[
        "connector",
        "add",
        "--tenant",
        "acme",
        "--name",
        "C",
        "--app-key",
        "key",
        "--app-secret-stdin",
        "--scope",
        "files.metadata.read",
        "--return-url",
        "https://acme.example/back",
    ];
    let making: [(&[&str], &str); 4] = [
        (&["tenant", "add", "--slug", "other", "--name", "Other"], ""),
        (connector, "secret-of-an-app"),
        (&["api-key", "add", "--tenant", "acme", "--name", "back end"], ""),
        (&["operator", "add", "--name", "ada", "--role", "viewer"], "correct horse battery staple\n"),
    ];
    for (arguments, input) in making {
        for json in [&[][..], &["--json"]] {
            let arguments = [arguments, json].concat();
            let output = stack.try_command_to(full()?, &arguments, input).await?;
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            ensure!(output.status.code() == Some(1), "{arguments:?} ended with {}: {said}", output.status);
            ensure!(said.contains("nothing was made") && !said.contains("panicked"), "{arguments:?}: {said}");
        }
    }
    // Output to /dev/null would not show the secret either.
    let nobody = stack
        .try_command_to(Stdio::null(), &["api-key", "add", "--tenant", "acme", "--name", "x"], "")
        .await?;
    ensure!(nobody.status.code() == Some(1), "a key was created whose secret nobody can see");
    assert_eq!(made(&stack).await?, before);
    // If the output can be shown, the item is created.
    for (arguments, input) in making {
        stack.command(&[arguments, &["--json"]].concat(), Some(input)).await?;
    }
    let after = made(&stack).await?;
    assert!(before.iter().zip(&after).all(|(before, after)| before != after));
    Ok(())
}
