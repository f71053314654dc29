//! Secrets that are shown once: they are asked for only where somebody will see them.

use std::fs::File;
use std::io::{self, IsTerminal as _, stdout};
use std::os::fd::AsFd as _;
use std::os::unix::fs::FileTypeExt as _;

use super::CliError;

/// Fails if standard output is a device that keeps nothing, such as `/dev/null`: a secret that is shown once would be lost there. To be
/// called before the secret is made.
pub(super) fn must_be_seen() -> Result<(), CliError> {
    let output = stdout();
    let is_device = File::from(output.as_fd().try_clone_to_owned()?).metadata()?.file_type().is_char_device();
    if is_device && !output.is_terminal() {
        return Err(CliError::Usage(
            "standard output keeps nothing, and the secret is shown only once: run this at a terminal, or write it to a file that \
             only you may read, such as with (umask 077; bowline … > FILE). Nothing was changed"
                .to_owned(),
        ));
    }
    Ok(())
}

/// What to say if the secret was made and could not be written; `what_now` says what to do.
pub(super) fn lost(what_now: impl Into<String>) -> impl Fn(io::Error) -> CliError {
    let what_now = what_now.into();
    move |error| {
        CliError::Other(anyhow::anyhow!(
            "standard output cannot be written ({error}), so the secret is lost, and it is not shown again: {what_now}"
        ))
    }
}
