//! `cargo demo`, first part: brings packages, builds the programs, then becomes the demo itself.
//!
//! It is a program of its own because it has few dependencies: a newcomer sees the first line after seconds, not after
//! everything has been compiled.

use std::ffi::OsStr;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

use anyhow::{Context as _, bail};
use bowline_launch::{Arguments, Steps};
use bowline_stdio::eprintln;
use bowline_verify::packages::{self, Need};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// Whether this program has been asked to stop.
static STOP: AtomicBool = AtomicBool::new(false);
/// The process group of the build while it runs, otherwise 0.
static BUILD: AtomicI32 = AtomicI32::new(0);

fn main() -> ExitCode {
    let outcome = prepare();
    match outcome {
        // A requested stop is a success, whatever it interrupted.
        _ if STOP.load(Ordering::SeqCst) => ExitCode::SUCCESS,
        Ok(demo) => {
            // `exec` gives the demo our process id, so that signals reach it.
            let error = Command::new(&demo).args(std::env::args_os().skip(1)).exec();
            eprintln!("cargo demo: cannot run {}: {error}", demo.display());
            ExitCode::FAILURE
        }
        Err(error) => bowline_stdio::failed("cargo demo", error.as_ref()),
    }
}

/// Prepares everything that the demo needs, and returns the path of its program.
fn prepare() -> anyhow::Result<PathBuf> {
    let arguments = Arguments::read();
    let own = std::env::current_exe()?;
    let demo = own.parent().context("this program has no directory")?.join("bowline-demo");
    if arguments.command.is_none() || !demo.exists() {
        stop_on_signals()?;
        let steps = Steps::temporary()?;
        bring_packages(&steps)?;
        let wants_build = !demo.exists() || !arguments.no_build;
        if wants_build && !STOP.load(Ordering::SeqCst) {
            build(&steps)?;
        }
    }
    Ok(demo)
}

fn bring_packages(steps: &Steps) -> anyhow::Result<()> {
    let step = steps.begin("packages");
    let outcome = step.output().and_then(|output| packages::ensure_quietly(&Need::DEMO, &output));
    step.end(outcome, |()| "all there".to_owned())
}

fn build(steps: &Steps) -> anyhow::Result<()> {
    let step = steps.begin("programs");
    let outcome = step.output().and_then(|output| {
        let mut command = cargo();
        command.args(["build", "--workspace", "--bins"]).stdin(Stdio::null());
        command.stdout(output.try_clone()?).stderr(output);
        let mut child = command.spawn().context("cannot run cargo; call this as `cargo demo`")?;
        BUILD.store(child.id().try_into()?, Ordering::SeqCst);
        if STOP.load(Ordering::SeqCst) {
            end_build();
        }
        let status = child.wait()?;
        BUILD.store(0, Ordering::SeqCst);
        if !status.success() {
            bail!("`cargo build --workspace --bins` failed");
        }
        Ok(())
    });
    step.end(outcome, |()| "built".to_owned())
}

/// Cargo of this toolchain in a process group of its own, which ends when this program does.
fn cargo() -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = bowline_postgres::tied_to_parent("INT", Path::new(&cargo));
    command.process_group(0);
    // `cargo run` sets these variables for this program; a build script would see them as a change.
    for (name, _) in std::env::vars_os() {
        let is_ours = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
        if OsStr::to_str(&name).is_some_and(is_ours) {
            command.env_remove(name);
        }
    }
    command
}

/// Stops on Ctrl-C and SIGTERM: ends a running build and lets an installation finish.
fn stop_on_signals() -> anyhow::Result<()> {
    // Handlers instead of a mask, because cargo and the demo would inherit a mask.
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    std::thread::spawn(move || {
        for _ in &mut signals {
            STOP.store(true, Ordering::SeqCst);
            end_build();
        }
    });
    Ok(())
}

fn end_build() {
    let build = BUILD.load(Ordering::SeqCst);
    if build != 0 {
        // The build may have ended at this moment.
        let _: nix::Result<()> = killpg(Pid::from_raw(build), Signal::SIGINT);
    }
}
