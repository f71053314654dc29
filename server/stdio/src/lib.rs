//! Standard output and error for all programs of the workspace: a failed write is an error instead of a panic, and a
//! closed pipe ends a program quietly.
//!
//! ```
//! use bowline_stdio::{eprintln, println};
//!
//! fn run() -> Result<(), bowline_stdio::Unwritable> {
//!     eprintln!("working");
//!     println!("done")
//! }
//!
//! fn main() -> std::process::ExitCode {
//!     match run() {
//!         Ok(()) => std::process::ExitCode::SUCCESS,
//!         Err(error) => bowline_stdio::failed("example", &error),
//!     }
//! }
//! ```

use std::error::Error;
use std::ffi::OsString;
use std::fmt::Arguments;
use std::io::{self, ErrorKind, Write as _};
use std::process::ExitCode;

/// The exit code of a program whose output nobody reads any longer. A shell shows the same for one that SIGPIPE (13)
/// ended: 128 + 13.
pub const CLOSED_PIPE: u8 = 141;

/// Standard output could not be written.
#[derive(Debug, thiserror::Error)]
#[error("standard output cannot be written")]
pub struct Unwritable(#[from] io::Error);

impl Unwritable {
    /// Whether the reader has closed the pipe.
    pub fn is_closed_pipe(&self) -> bool {
        self.0.kind() == ErrorKind::BrokenPipe
    }
}

/// Writes a line to standard output and flushes it; [`println!`] calls this.
///
/// # Errors
/// If it cannot be written: the pipe is closed, or the disk is full.
pub fn line(text: Arguments<'_>) -> Result<(), Unwritable> {
    let mut out = io::stdout().lock();
    // The line is written in one piece, so that no reader gets half of it.
    out.write_all(format!("{text}\n").as_bytes())?;
    Ok(out.flush()?)
}

/// Writes a line to standard error and ignores failures; [`eprintln!`] calls this.
pub fn note(text: Arguments<'_>) {
    // A failure cannot be reported anywhere else.
    let _: io::Result<()> = io::stderr().lock().write_all(format!("{text}\n").as_bytes());
}

/// Like the macro of the standard library, but returns an error where that one panics.
#[macro_export]
macro_rules! println {
    ($($words:tt)*) => { $crate::line(::std::format_args!($($words)*)) };
}

/// Like the macro of the standard library, but ignores failures where that one panics.
#[macro_export]
macro_rules! eprintln {
    () => { $crate::note(::std::format_args!("")) };
    ($($words:tt)*) => { $crate::note(::std::format_args!($($words)*)) };
}

/// Ends a program that failed with `error`: quietly with [`CLOSED_PIPE`] if nobody reads its output any longer,
/// otherwise with the error and its causes on standard error, and status 1.
pub fn failed(program: &str, error: &(dyn Error + 'static)) -> ExitCode {
    ExitCode::from(failure(program, error))
}

fn failure(program: &str, error: &(dyn Error + 'static)) -> u8 {
    let causes = || std::iter::successors(Some(error), |error| (*error).source());
    if causes().any(|cause| cause.downcast_ref::<Unwritable>().is_some_and(Unwritable::is_closed_pipe)) {
        return CLOSED_PIPE;
    }
    let words: Vec<String> = causes().map(ToString::to_string).collect();
    note(format_args!("{program}: {}", words.join(": ")));
    1
}

/// The arguments of this process, which calls itself `program`. If they ask for `--help` or `--version` or are wrong,
/// this prints the answer and ends the process: with 0 if the answer could be printed, with 2 if the arguments are
/// wrong, otherwise like [`failed`].
pub fn arguments<A: clap::Parser>(program: &str) -> A {
    arguments_from(program, std::env::args_os())
}

/// Like [`arguments`], for other words than those of this process. The first word is the name of the program.
pub fn arguments_from<A: clap::Parser>(program: &str, words: impl IntoIterator<Item = OsString>) -> A {
    A::try_parse_from(words).unwrap_or_else(|answer| {
        let shown = answer.print().and_then(|()| io::stdout().lock().flush());
        let code = match shown {
            // Wrong arguments stay an error even if nobody reads standard error.
            _ if answer.use_stderr() => answer.exit_code(),
            Ok(()) => answer.exit_code(),
            Err(error) => failure(program, &Unwritable(error)).into(),
        };
        std::process::exit(code)
    })
}

/// Whether nobody will see the output, because standard output is `/dev/null` or was closed at startup, for which Rust
/// opens `/dev/null`.
pub fn is_discarded() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let device = |path| std::fs::metadata(path).ok().map(|found| found.rdev());
    device("/dev/null").is_some_and(|null| device("/dev/stdout") == Some(null))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_pipe_is_told_from_a_full_disk() {
        assert!(Unwritable(ErrorKind::BrokenPipe.into()).is_closed_pipe());
        assert!(!Unwritable(ErrorKind::StorageFull.into()).is_closed_pipe());
    }
}
