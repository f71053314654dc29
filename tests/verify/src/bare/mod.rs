//! `cargo verify --bare`: tests the README's instructions in a minimal Debian.
//!
//! The root file system is in a temporary directory. Its mounts are in a mount namespace and its processes in a PID
//! namespace. When the first process of the namespace ends, the kernel ends the others and removes the mounts, so
//! nothing is left behind in any case.

mod demo;
mod machine;
mod readme;
mod root;
mod stop;

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail, ensure};
use bowline_verify::packages::{self, Need};
use nix::unistd::geteuid;
use tempfile::TempDir;

use crate::arguments::Arguments;
use crate::runner::Runner;
use machine::Machine;
use root::Root;
use stop::{LOOK, Stop};

/// Starts this program again in its own namespaces, waits for it, and deletes its files.
pub(crate) fn run(repository: &Path, arguments: &Arguments) -> anyhow::Result<()> {
    ensure!(geteuid().is_root(), "a bare root can be made by root only: run `sudo -E cargo verify --bare`");
    let stop = Stop::on_signal()?;
    packages::ensure(&Need::BARE)?;
    let directory = tempfile::Builder::new().prefix("bowline-bare-").tempdir()?;
    ensure!(!directory.path().starts_with(repository), "set TMPDIR to a directory outside of the repository");
    let mut command = bowline_postgres::tied_to_parent("KILL", Path::new("unshare"));
    command
        .args(["--mount", "--pid", "--fork", "--mount-proc", "--kill-child"])
        .arg(std::env::current_exe()?);
    command.arg("--bare").arg("--inside").arg(directory.path());
    if arguments.demo_only {
        command.arg("--demo-only");
    }
    if let Some(filter) = &arguments.filter {
        command.arg("--filter").arg(filter);
    }
    let outcome = wait(&mut command, &stop);
    delete(directory)?;
    outcome
}

fn wait(command: &mut Command, stop: &Stop) -> anyhow::Result<()> {
    let mut child = command.spawn().context("cannot run unshare")?;
    loop {
        if let Some(status) = child.try_wait()? {
            stop.check()?;
            ensure!(status.success(), "the run in the bare root failed: see above");
            return Ok(());
        }
        if stop.is_set() {
            // This kills the first process of the namespace, and with it all others.
            child.kill()?;
            child.wait()?;
            bail!("interrupted");
        }
        std::thread::sleep(LOOK);
    }
}

/// Deletes the root. Its last processes may still be ending.
fn delete(directory: TempDir) -> anyhow::Result<()> {
    let path = directory.keep();
    let mut outcome = Ok(());
    for _ in 0..50 {
        outcome = std::fs::remove_dir_all(&path);
        if outcome.is_ok() {
            break;
        }
        std::thread::sleep(LOOK);
    }
    outcome.with_context(|| format!("cannot delete {}", path.display()))
}

/// The part that runs inside the namespaces: creates the root and runs the README's commands in it.
pub(crate) fn run_inside(repository: &Path, directory: &Path, arguments: &Arguments) -> anyhow::Result<()> {
    let stop = Stop::on_signal()?;
    let commands = readme::commands(&std::fs::read_to_string(repository.join("README.md"))?)?;
    let mut runner = Runner::default();
    let mut root = None;
    let make_root = || {
        root = Some(Root::make(directory, &Machine::look()?, repository)?);
        stop.check()
    };
    if !runner.step("bare root", make_root) {
        return runner.finish();
    }
    let root = root.context("there is no root")?;
    if !runner.step("cargo demo", || demo::run(&root, &commands.demo, &stop)) || arguments.demo_only {
        return runner.finish();
    }
    runner.step("cargo verify", || verify(&root, &commands.verify, arguments.filter.as_deref(), &stop));
    runner.finish()
}

fn verify(root: &Root, words: &[String], filter: Option<&str>, stop: &Stop) -> anyhow::Result<()> {
    let mut command = root.command(words);
    command.args(filter.map(|filter| ["--filter", filter]).into_iter().flatten());
    let status = command.status().context("cannot run chroot")?;
    stop.check()?;
    ensure!(status.success(), "`{}` ended with {status}", words.join(" "));
    Ok(())
}
