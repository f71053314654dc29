//! One line of progress for each step. What a step prints goes to a file, which is named when the step fails.

use std::fs::{self, DirBuilder, File, Permissions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Instant;

use anyhow::Context as _;
use bowline_stdio::eprintln;
use tempfile::TempDir;

/// How many lines of a step's output are shown if it fails.
const SHOWN_LINES: usize = 10;

/// The steps of one start, and the directory with their output.
#[derive(Debug)]
pub struct Steps {
    directory: PathBuf,
    /// Deleted at the end, unless a step failed.
    temporary: Mutex<Option<TempDir>>,
}

impl Steps {
    /// Output goes to a new private directory, which is deleted when this is dropped unless [`Steps::keep`] was called.
    ///
    /// # Errors
    /// If the directory cannot be created.
    pub fn temporary() -> anyhow::Result<Self> {
        let private = Permissions::from_mode(0o700);
        let made = tempfile::Builder::new().prefix("bowline-demo-log-").permissions(private).tempdir();
        let made = made.context("cannot make a directory for the output of the steps")?;
        Ok(Self { directory: made.path().to_owned(), temporary: Mutex::new(Some(made)) })
    }

    /// Output goes to `directory`, which is created if necessary, and is kept.
    ///
    /// # Errors
    /// If the directory cannot be created.
    pub fn kept(directory: &Path) -> anyhow::Result<Self> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(directory);
        made.with_context(|| format!("cannot make {}", directory.display()))?;
        Ok(Self { directory: directory.to_owned(), temporary: Mutex::new(None) })
    }

    /// A file in the directory, such as `server.log`.
    pub fn file(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// Keeps the files, so that the cause of a failure can be found.
    pub fn keep(&self) {
        if let Some(temporary) = self.temporary.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _: PathBuf = temporary.keep();
        }
    }

    /// Begins a step: shows its name; its outcome follows on the same line.
    pub fn begin(&self, name: &'static str) -> Step<'_> {
        // A terminal that cannot be written to does not stop the demo.
        let _: std::io::Result<()> = write!(std::io::stderr().lock(), "  {name:<18} ");
        let log = self.file(&format!("{}.log", name.to_lowercase().replace(' ', "-")));
        Step { steps: self, name, log, started: Instant::now(), is_open: true }
    }
}

/// A step in progress.
#[derive(Debug)]
pub struct Step<'s> {
    steps: &'s Steps,
    name: &'static str,
    log: PathBuf,
    started: Instant,
    is_open: bool,
}

impl Step<'_> {
    /// The file for the output of the step.
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// Opens the file for the output of the step for appending.
    ///
    /// # Errors
    /// If it cannot be opened.
    pub fn output(&self) -> anyhow::Result<File> {
        let opened = File::options().create(true).append(true).open(&self.log);
        opened.with_context(|| format!("cannot open {}", self.log.display()))
    }

    /// Ends the step and its line; `what` describes a success. A failure names the file with the step's output and
    /// shows its last lines.
    ///
    /// # Errors
    /// The failure of the step.
    pub fn end<T>(
        mut self,
        outcome: anyhow::Result<T>,
        what: impl FnOnce(&T) -> String,
    ) -> anyhow::Result<T> {
        self.is_open = false;
        match outcome {
            Ok(value) => {
                eprintln!("{} ({:.1} s)", what(&value), self.started.elapsed().as_secs_f64());
                Ok(value)
            }
            Err(error) => {
                eprintln!("failed");
                self.steps.keep();
                Err(self.failure(&error))
            }
        }
    }

    fn failure(&self, error: &anyhow::Error) -> anyhow::Error {
        let printed = fs::read_to_string(&self.log).unwrap_or_default();
        let mut text =
            format!("{}: {error:#}\nWhat this step printed is in {}", self.name, self.log.display());
        if printed.trim().is_empty() {
            // The file gets only the error. If it cannot be written, the error is still on the screen.
            fs::write(&self.log, format!("{error:#}\n")).unwrap_or_default();
            return anyhow::anyhow!(text);
        }
        text.push_str("; the last lines are:");
        let lines: Vec<&str> = printed.lines().collect();
        for line in lines.iter().skip(lines.len().saturating_sub(SHOWN_LINES)) {
            text.push_str("\n  ");
            text.push_str(line);
        }
        anyhow::anyhow!(text)
    }
}

impl Drop for Step<'_> {
    fn drop(&mut self) {
        // The step was cancelled because the demo stops; the line must still be ended.
        if self.is_open {
            eprintln!();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_step_names_the_file_with_its_output_and_keeps_it() {
        let steps = Steps::temporary().unwrap();
        let step = steps.begin("some step");
        writeln!(step.output().unwrap(), "the cause").unwrap();
        let log = step.log().to_owned();
        let outcome: anyhow::Result<()> = step.end(Err(anyhow::anyhow!("it broke")), |()| String::new());
        let said = outcome.unwrap_err().to_string();
        drop(steps);
        assert!(said.starts_with("some step: it broke\n"), "{said}");
        assert!(said.contains(log.to_str().unwrap()) && said.ends_with("\n  the cause"), "{said}");
        assert!(log.exists(), "whoever reads the message can read the file");
        fs::remove_dir_all(log.parent().unwrap()).unwrap();
    }

    #[test]
    fn nothing_is_left_of_a_start_that_went_well() {
        let steps = Steps::temporary().unwrap();
        let step = steps.begin("some step");
        writeln!(step.output().unwrap(), "chatter").unwrap();
        let log = step.log().to_owned();
        step.end(Ok(()), |()| "done".to_owned()).unwrap();
        drop(steps);
        assert!(!log.exists());
    }
}
