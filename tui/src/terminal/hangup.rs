//! Whether the terminal is gone. The crate that reads keys does not notice: it would read the end of the input for ever.

use std::io::stdin;
use std::os::fd::{AsFd, BorrowedFd};
use std::process::exit;
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::thread;
use std::time::Duration;

use futures_util::stream::poll_fn;
use futures_util::{Stream, StreamExt as _};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// The exit code of a program whose terminal was closed: 128 + SIGHUP.
pub(super) const HUNG_UP: u8 = 128 + 1;

/// How long a program without a terminal may take to end by itself.
const HANGUP_GRACE: Duration = Duration::from_secs(1);

/// Whether the other side of the terminal was closed.
pub(super) fn is_hung_up() -> bool {
    reports_hangup(stdin().as_fd(), PollTimeout::ZERO).unwrap_or(false)
}

/// The input until the terminal is gone.
pub(super) fn until_hung_up<T>(mut input: impl Stream<Item = T> + Unpin) -> impl Stream<Item = T> + Unpin {
    let reading = Reading::begin();
    poll_fn(move |task| {
        let _reading = &reading;
        if is_hung_up() { Poll::Ready(None) } else { input.poll_next_unpin(task) }
    })
}

/// How many places read keys.
static KEY_READERS: AtomicUsize = AtomicUsize::new(0);

/// Somebody reads keys.
struct Reading;

impl Reading {
    fn begin() -> Self {
        KEY_READERS.fetch_add(1, Ordering::SeqCst);
        end_when_hung_up();
        Self
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        KEY_READERS.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Ends the process some time after the terminal is gone, if keys are still being read then. A terminal that is closed while keys are
/// being read leaves the crate that reads them in an endless loop, on a thread that can then neither see the end of the input nor handle
/// SIGHUP. A command that has asked its question goes on.
fn end_when_hung_up() {
    static HANGUP_WATCHED: Once = Once::new();
    HANGUP_WATCHED.call_once(|| {
        thread::spawn(|| {
            if wait_until_hung_up(stdin().as_fd()) {
                thread::sleep(HANGUP_GRACE);
                if KEY_READERS.load(Ordering::SeqCst) > 0 {
                    exit(HUNG_UP.into());
                }
            }
        });
    });
}

/// Waits without using the processor. Returns `false` if the terminal cannot be watched.
fn wait_until_hung_up(terminal: BorrowedFd<'_>) -> bool {
    loop {
        match reports_hangup(terminal, PollTimeout::NONE) {
            Err(Errno::EINTR) => {}
            seen => return seen.unwrap_or(false),
        }
    }
}

/// Whether a hangup is reported within the time. Another report, such as that the descriptor is closed, ends the wait too.
fn reports_hangup(terminal: BorrowedFd<'_>, timeout: PollTimeout) -> nix::Result<bool> {
    // A hangup is reported without being asked for.
    let mut fds = [PollFd::new(terminal, PollFlags::empty())];
    poll(&mut fds, timeout)?;
    Ok(fds[0].revents().is_some_and(|seen| seen.contains(PollFlags::POLLHUP)))
}

#[cfg(test)]
mod tests {
    use std::io::{Write as _, pipe};

    use super::*;

    #[test]
    fn a_hangup_is_noticed_and_what_is_typed_is_not_taken_for_one() {
        let (input, mut keyboard) = pipe().unwrap();
        keyboard.write_all(b"keys").unwrap();
        assert_eq!(reports_hangup(input.as_fd(), PollTimeout::ZERO), Ok(false));
        let watch = thread::spawn(move || wait_until_hung_up(input.as_fd()));
        drop(keyboard);
        assert!(watch.join().unwrap());
    }
}
