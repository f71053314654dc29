//! Whether the terminal is gone. The crate that reads keys does not notice: it would read the end of the input for ever.

use std::io::stdin;
use std::os::fd::AsFd as _;
use std::task::Poll;

use futures_util::stream::poll_fn;
use futures_util::{Stream, StreamExt as _};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// Whether the other side of the terminal was closed.
pub(super) fn is_hung_up() -> bool {
    let input = stdin();
    let mut fds = [PollFd::new(input.as_fd(), PollFlags::POLLIN)];
    let found = poll(&mut fds, PollTimeout::ZERO).is_ok_and(|ready| ready > 0);
    found && fds[0].revents().is_some_and(|seen| seen.contains(PollFlags::POLLHUP))
}

/// The input until the terminal is gone.
pub(super) fn until_hung_up<T>(mut input: impl Stream<Item = T> + Unpin) -> impl Stream<Item = T> + Unpin {
    poll_fn(move |task| if is_hung_up() { Poll::Ready(None) } else { input.poll_next_unpin(task) })
}
