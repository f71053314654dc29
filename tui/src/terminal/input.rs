//! What has arrived from the terminal and was not read yet, and how a paste is told from typing.

use std::future::poll_fn;
use std::io::{self, stdin};
use std::task::Poll;

use crossterm::event::Event;
use futures_util::{Stream, StreamExt as _};
use nix::sys::termios::{FlushArg, tcflush};

/// This many characters that arrive together were not typed by hand. Two may come together from somebody who types fast
/// over a slow line.
pub(super) const BURST: usize = 3;

/// The next event, if one has arrived. This task polls the stream, not `now_or_never`, because crossterm wakes whoever
/// polled first.
pub(super) async fn pending(
    input: &mut (impl Stream<Item = io::Result<Event>> + Unpin),
) -> Poll<Option<io::Result<Event>>> {
    poll_fn(|task| Poll::Ready(input.poll_next_unpin(task))).await
}

/// Discards what the terminal holds that was not read yet.
pub(super) fn discard() {
    // Without a terminal there is nothing to discard.
    let _ = tcflush(stdin(), FlushArg::TCIFLUSH);
}
