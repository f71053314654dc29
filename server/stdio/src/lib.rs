//! Standard output and error as all programs here use them: what cannot be written is an error instead of a panic, and a closed pipe
//! ends a program quietly.
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

/// How a program ends whose output nobody reads any more: what a shell shows for one that SIGPIPE (13) ended, 128 + 13.
pub const CLOSED_PIPE: u8 = 141;

/// Standard output could not be written.
#[derive(Debug, thiserror::Error)]
#[error("standard output cannot be written")]
pub struct Unwritable(#[from] io::Error);

impl Unwritable {
    /// Whether whoever read it has stopped reading.
    pub fn is_closed_pipe(&self) -> bool {
        self.0.kind() == ErrorKind::BrokenPipe
    }
}

/// Writes a line to standard output and sees to it that it is out; [`println!`] is made of this.
///
/// # Errors
/// Where it cannot be written: the pipe is closed, the disk is full.
pub fn line(text: Arguments<'_>) -> Result<(), Unwritable> {
    let mut out = io::stdout().lock();
    // In one piece, so that nobody reads half of it.
    out.write_all(format!("{text}\n").as_bytes())?;
    Ok(out.flush()?)
}

/// Writes a line to standard error, as far as that can be written; [`eprintln!`] is made of this.
pub fn note(text: Arguments<'_>) {
    // There is nobody left to tell.
    let _: io::Result<()> = io::stderr().lock().write_all(format!("{text}\n").as_bytes());
}

/// Like the macro of the standard library, but gives an error where that panics.
#[macro_export]
macro_rules! println {
    ($($words:tt)*) => { $crate::line(::std::format_args!($($words)*)) };
}

/// Like the macro of the standard library, but goes on where that panics.
#[macro_export]
macro_rules! eprintln {
    () => { $crate::note(::std::format_args!("")) };
    ($($words:tt)*) => { $crate::note(::std::format_args!($($words)*)) };
}

/// How a program ends that `error` stopped: quietly with [`CLOSED_PIPE`] where nobody reads its output any more, else with the error
/// and its causes on standard error, and status 1.
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

/// The arguments of this process, which calls itself `program`. Where they are a question (`--help`, `--version`) or a mistake, this
/// answers and ends the process: with 0 where the answer could be shown, with 2 after a mistake, else like [`failed`].
pub fn arguments<A: clap::Parser>(program: &str) -> A {
    arguments_from(program, std::env::args_os())
}

/// The same for other words than those of this process; the first is the name that it was called by.
pub fn arguments_from<A: clap::Parser>(program: &str, words: impl IntoIterator<Item = OsString>) -> A {
    A::try_parse_from(words).unwrap_or_else(|answer| {
        let shown = answer.print().and_then(|()| io::stdout().lock().flush());
        let code = match shown {
            // Whether anybody reads standard error changes nothing about a mistake.
            _ if answer.use_stderr() => answer.exit_code(),
            Ok(()) => answer.exit_code(),
            Err(error) => failure(program, &Unwritable(error)).into(),
        };
        std::process::exit(code)
    })
}

/// Whether standard output goes to `/dev/null`, or was closed when the program began, which Rust makes the same: nobody will see
/// what is written.
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
