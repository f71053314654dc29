//! Runs the steps one after another, and reports at the end how each went and how long it took.

use bowline_stdio::eprintln;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

/// The results of the steps so far.
#[derive(Debug, Default)]
pub(crate) struct Runner {
    done: Vec<(&'static str, Duration, bool)>,
}

impl Runner {
    /// Runs a step and reports an error; returns whether it passed.
    pub(crate) fn step(&mut self, name: &'static str, work: impl FnOnce() -> anyhow::Result<()>) -> bool {
        eprintln!("\n── {name} {}", "─".repeat(60_usize.saturating_sub(name.len())));
        let started = Instant::now();
        let outcome = work();
        if let Err(error) = &outcome {
            eprintln!("{name} failed: {error:#}");
        }
        self.done.push((name, started.elapsed(), outcome.is_ok()));
        outcome.is_ok()
    }

    /// Prints the table and fails if any step failed.
    pub(crate) fn finish(self) -> anyhow::Result<()> {
        eprintln!();
        for (name, took, passed) in &self.done {
            eprintln!(
                "{} {name:<22} {:>7.1} s",
                if *passed { "ok    " } else { "FAILED" },
                took.as_secs_f64()
            );
        }
        let failed: Vec<&str> =
            self.done.iter().filter(|(_, _, passed)| !passed).map(|(name, ..)| *name).collect();
        if failed.is_empty() {
            return Ok(());
        }
        bail!("failed: {}", failed.join(", "))
    }
}

/// A cargo command of this toolchain; `words` are split at spaces.
pub(crate) fn cargo(words: &str) -> Command {
    let mut command = bowline_verify::cargo::command();
    command.args(words.split_whitespace());
    command
}

/// Runs a command with visible output.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<()> {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default().display().to_string();
    let words: Vec<_> = command.get_args().map(|word| word.to_string_lossy().into_owned()).collect();
    eprintln!("$ {program} {}", words.join(" "));
    let status = command.status().with_context(|| format!("cannot run {program}"))?;
    if !status.success() {
        bail!("{program} ended with {status}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_failed_step_fails_the_whole_and_the_others_still_run() {
        let mut runner = Runner::default();
        assert!(!runner.step("first", || bail!("broken")));
        assert!(runner.step("second", || Ok(())));
        assert_eq!(runner.finish().unwrap_err().to_string(), "failed: first");
    }

    #[test]
    fn all_passed_is_a_success() {
        let mut runner = Runner::default();
        runner.step("first", || Ok(()));
        runner.finish().unwrap();
    }
}
